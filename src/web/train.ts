import type { ResultOf } from "../core/results/result-of.js";
import type { Task, TaskName, TaskOfName } from "../core/results/task.js";
import { sentData } from "./given.js";
import type { KeptRun, SentInputs, Trained, TrainedFile } from "./messages.js";
import type { WebData, WebResumeOptions, WebSetup, WebTrainOptions } from "./options.js";
import { inWorker, sentSetup, sentSource } from "./worker-client.js";

/** The result of a run, with what it made: a union that the field `task` narrows. */
export type WebTraining<T extends Task = Task> = ResultOf<T> & {
  /** The model folder: ONNX, config, preprocessing, card. Also kept in the run, for `load({ run })`. */
  readonly files: readonly TrainedFile[];
  /** One HTML page about the run. */
  readonly report: string | undefined;
};

/**
 * Fine-tunes a base on labelled data in a worker of this tab: the same run as in Node, kept in the browser's private
 * storage, where `resume` finds it after the tab was closed. The data decide the task, as in Node; the option `task` sets it.
 *
 * @param data rows, lists or files; each is read when it is needed
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
  const request = { setup, inputs: await sentInputs(data, options), name, options: others };
  return finished(await inWorker(options, (client) => client.ask("train", request, { onEvent, signal })));
}

/**
 * Resumes a run that was stopped, or whose tab was closed. A finished run returns its result again.
 * @param name of the run
 * @param data the same data as before, because a browser keeps no access to them; their folder may be renamed
 * @throws RunError when there is no such run, or data or base are not the ones it was started with
 */
export async function resume(name: string, data: WebData, options: WebResumeOptions): Promise<WebTraining> {
  const { threads, report, onEvent, signal } = options;
  const setup = sentSetup(options, report);
  const request = { setup, inputs: await sentInputs(data, options), name, threads };
  return finished(await inWorker(options, (client) => client.ask("resume", request, { onEvent, signal })));
}

/** The runs in this browser's storage, the newest first. */
export function listRuns(setup: Pick<WebSetup, "worker"> = {}): Promise<readonly KeptRun[]> {
  return inWorker(setup, (client) => client.ask("runs", {}));
}

/**
 * Removes a run and its model from this browser's storage.
 * @throws RunError when another tab works on it
 */
export function removeRun(name: string, setup: Pick<WebSetup, "worker"> = {}): Promise<void> {
  return inWorker(setup, (client) => client.ask("remove", { name }));
}

/**
 * Makes the HTML page of a run in this browser's storage: of a finished run as it was, of any other what is known so far.
 * @throws RunError when there is no such run
 */
export function report(
  name: string,
  {
    pictures,
    ...setup
  }: Pick<WebSetup, "worker"> & {
    /** Show samples: pictures, texts, and the words of texts. Default: as the run was told. */
    readonly pictures?: boolean;
  } = {},
): Promise<string> {
  return inWorker(setup, (client) => client.ask("report", { name, pictures }));
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
