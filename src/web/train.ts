import type { ResultOf } from "../core/results/result-of.js";
import type { Task, TaskName, TaskOfName } from "../core/results/task.js";
import type { DataInspection } from "../tasks/inspect-data.js";
import type { KeptRun, SentInputs, Trained, TrainedFile } from "./messages.js";
import type { WebData, WebInspectOptions, WebResumeOptions, WebSetup, WebTrainOptions } from "./options.js";
import { sentData } from "./sent-data.js";
import { inWorker, sentSetup, sentSource } from "./worker-client.js";

/** Result of a run with its model files: a union that the field `task` narrows. */
export type WebTraining<T extends Task = Task> = ResultOf<T> & {
  /** Files of the model folder: ONNX, config, preprocessing, card. `load({ run })` reads them from the stored run. */
  readonly files: readonly TrainedFile[];
  /** HTML report of the run. */
  readonly report: string | undefined;
};

/**
 * Fine-tunes a base on labelled data in a worker of this tab, as in Node. The run is in the private storage of the browser,
 * so `resume` can continue it after the tab was closed. The task is detected from the data; the option `task` sets it.
 *
 * @param data rows, lists or files; each file is read on demand
 * @throws EngraftError as in Node; `Interrupted` after an abort, with the state saved
 * @example
 * const run = await train([{ text: "a fine book", label: "good" }, …], { ort: "/ort/ort.wasm.min.mjs", name: "reviews" });
 * if (run.task === "text-classification") console.log(run.test.accuracy, run.files);
 */
export async function train<N extends TaskName>(
  data: WebData,
  options: WebTrainOptions & { readonly task: N },
): Promise<WebTraining<TaskOfName<N>>>;
export async function train(data: WebData, options: WebTrainOptions): Promise<WebTraining>;
export async function train(data: WebData, options: WebTrainOptions): Promise<WebTraining> {
  const { base, initFrom, test, name, report, ort, worker, device, onEvent, signal, ...others } = options;
  const setup = sentSetup({ ort, worker, device }, report);
  const request = {
    setup,
    inputs: await sentInputs(data, options),
    name,
    options: { ...others, ...(device && { device }) },
  };
  return finished(await inWorker(options, (client) => client.request("train", request, { onEvent, signal })));
}

/**
 * Resumes a run that was stopped, or whose tab was closed. A finished run returns its result again.
 * @param name of the run
 * @param data the same data again, because a browser keeps no access to files; their folder may have another name
 * @throws RunError if there is no such run, or data or base have changed
 */
export async function resume(name: string, data: WebData, options: WebResumeOptions): Promise<WebTraining> {
  const { threads, report, onEvent, signal } = options;
  const setup = sentSetup(options, report);
  const request = { setup, inputs: await sentInputs(data, options), name, threads };
  return finished(
    await inWorker(options, (client) => client.request("resume", request, { onEvent, signal })),
  );
}

/**
 * Says what a training would learn from data, without a base and without training, as `inspectData` in Node does: the task, classes with
 * counts, columns, what is left out and why, copies, warnings.
 * @throws DataError for data that `train` cannot use
 * @example
 * const { task, classes, warnings } = await inspectData(input.files);
 */
export async function inspectData(
  data: WebData,
  { worker, signal, ...options }: WebInspectOptions = {},
): Promise<DataInspection> {
  const request = { data: await sentData(data), options };
  return inWorker({ ...(worker && { worker }) }, (client) =>
    client.request("inspectData", request, { signal }),
  );
}

/** Returns the runs in the storage of this browser, the newest first. */
export function listRuns(setup: Pick<WebSetup, "worker"> = {}): Promise<readonly KeptRun[]> {
  return inWorker(setup, (client) => client.request("runs", {}));
}

/**
 * Removes a run and its model from the storage of this browser.
 * @throws RunError if another tab uses the run
 */
export function removeRun(name: string, setup: Pick<WebSetup, "worker"> = {}): Promise<void> {
  return inWorker(setup, (client) => client.request("remove", { name }));
}

/**
 * Makes the HTML report of a run in the storage of this browser; for an unfinished run, of its state so far.
 * @throws RunError if there is no such run
 */
export function report(
  name: string,
  {
    pictures,
    lang,
    ...setup
  }: Pick<WebSetup, "worker"> & {
    /** True to show samples: pictures, texts and words. Default: the setting of the run. */
    readonly pictures?: boolean;
    /** Language of the report. The Chinese sentences are loaded on demand. Default "en". */
    readonly lang?: "en" | "zh";
  } = {},
): Promise<string> {
  return inWorker(setup, (client) => client.request("report", { name, pictures, lang }));
}

const finished = ({ result, files, report }: Trained): WebTraining =>
  ({ ...result, files, report }) as WebTraining;

async function sentInputs(
  data: WebData,
  { base, initFrom, test }: Pick<WebTrainOptions, "base" | "initFrom" | "test">,
): Promise<SentInputs> {
  return {
    data: await sentData(data),
    test: test === undefined ? undefined : await sentData(test),
    base: base === undefined ? undefined : sentSource(base),
    initFrom: initFrom === undefined ? undefined : sentSource(initFrom),
  };
}
