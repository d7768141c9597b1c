import type { EngraftEvent } from "../core/events/events.js";
import type { Explanation } from "../core/results/explanation.js";
import type { defaultTask, TaskName, TaskOfName } from "../core/results/task.js";
import type { Evaluation } from "../inference/evaluation.js";
import type { TestPrediction } from "../run/test-predictions.js";
import type { DataInspection } from "../tasks/inspect-data.js";
import { type Connection, type WebReportOptions, type WebTraining, withConnection } from "./connection.js";
import type { KeptRun } from "./messages.js";
import type { WebModel } from "./model.js";
import type {
  ModelSource,
  OnConnection,
  WebData,
  WebEvaluateOptions,
  WebExplainOptions,
  WebInspectOptions,
  WebResumeOptions,
  WebSessionOptions,
  WebSetup,
  WebTrainOptions,
} from "./options.js";
import type { WebSession } from "./web-session.js";

// Each function is a method of `Connection`, on a connection of its own.

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
  return withConnection(options, (connection, others) => connection.train(data, others));
}

/**
 * Resumes a run that was stopped, or whose tab was closed. A finished run returns its result again.
 * @param name of the run
 * @param data the same data again, because a browser keeps no access to files; their folder may have another name
 * @throws RunError if there is no such run, or data or base have changed
 */
export async function resume(name: string, data: WebData, options: WebResumeOptions): Promise<WebTraining> {
  return withConnection(options, (connection, others) => connection.resume(name, data, others));
}

/**
 * Says what a training would learn from data, without a base and without training, as `inspectData` in Node does: the task, classes with
 * counts, columns, what is left out and why, copies, warnings.
 * @throws DataError for data that `train` cannot use
 * @example
 * const { task, classes, warnings } = await inspectData(input.files);
 */
export async function inspectData(data: WebData, options: WebInspectOptions = {}): Promise<DataInspection> {
  return withConnection(options, (connection, others) => connection.inspectData(data, others));
}

/** Returns the runs in the storage of this browser, the newest first. */
export async function listRuns(setup: Pick<WebSetup, "worker"> = {}): Promise<readonly KeptRun[]> {
  return withConnection(setup, (connection) => connection.listRuns());
}

/**
 * Removes a run and its model from the storage of this browser.
 * @throws RunError if another tab uses the run
 */
export async function removeRun(name: string, setup: Pick<WebSetup, "worker"> = {}): Promise<void> {
  return withConnection(setup, (connection) => connection.removeRun(name));
}

/**
 * Reads the predictions of a run in the storage of this browser for its test samples, as `readPredictions` in Node does.
 * @throws RunError for a damaged file
 */
export function readPredictions(
  name: string,
  setup: Pick<WebSetup, "worker"> = {},
): Promise<readonly TestPrediction[] | undefined> {
  return withConnection(setup, (connection) => connection.readPredictions(name));
}

/**
 * Reads the recorded events of a run in the storage of this browser, the earliest first.
 * @throws RunError if there is no such run, or its manifest is damaged
 */
export function readEvents(
  name: string,
  setup: Pick<WebSetup, "worker"> = {},
): Promise<readonly EngraftEvent[]> {
  return withConnection(setup, (connection) => connection.readEvents(name));
}

/**
 * Makes the HTML report of a run in the storage of this browser; for an unfinished run, of its state so far.
 * @throws RunError if there is no such run
 */
export async function report(
  name: string,
  options: Pick<WebSetup, "worker"> & WebReportOptions = {},
): Promise<string> {
  return withConnection(options, (connection, others) => connection.report(name, others));
}

/**
 * Loads a model that `train` made, in a browser or in Node, for any task.
 * @returns the model; its `task` says what `predict` takes and returns, as in Node. Pictures are blobs or pixels.
 * @throws ModelError for a folder without a model, and for a task that this version does not know
 * @example
 * const model = await load({ run: "flowers" }, { ort: "/ort/ort.wasm.min.mjs" });
 * if (model.task === "image-classification") console.log(await model.predict(file, { top: 3 }));
 * if (model.task === "text-classification") console.log(await model.predict(["a book I could not put down"]));
 * model.close();
 */
export async function load(source: ModelSource, setup: WebSetup): Promise<WebModel> {
  const opened = async (connection: Connection) => {
    return { ...(await connection.load(source)), close: () => connection.close() };
  };
  return withConnection(setup, opened, true);
}

/** Loads a model of image classification. @deprecated use `load(source, options)` */
export const loadModel = load as (
  ...given: Parameters<typeof load>
) => Promise<Extract<WebModel, { readonly task: typeof defaultTask }>>;

/**
 * Scores a model on data, as `evaluate` in Node does: on samples that were not used for training or validation.
 * @throws ModelError if the data do not fit the model; DataError if no sample is left to score
 * @example
 * const { test } = await evaluate({ run: "houses" }, moreHouses, { ort });
 */
export async function evaluate(
  source: ModelSource,
  data: WebData,
  options: WebEvaluateOptions,
): Promise<Evaluation> {
  return withConnection(options, (connection, others) => connection.evaluate(source, data, others));
}

/**
 * Explains predictions of a model, as `explain` in Node does.
 * @param items pictures as blobs; texts; rows as objects
 * @example
 * for await (const { label, columns } of explain({ run: "houses" }, rows, { ort })) console.log(label, columns);
 */
export async function* explain(
  source: ModelSource,
  items: Iterable<unknown>,
  options: WebExplainOptions,
): AsyncGenerator<Explanation> {
  yield* await withConnection(options, async (connection, others) => {
    const all: Explanation[] = [];
    for await (const one of connection.explain(source, items, others)) all.push(one);
    return all;
  });
}

/**
 * Opens a live session in a worker of its own, as `openSession` in Node does: a base that stays open, and a classifier that follows
 * samples as they come. On a `connect(…)`, sessions share its worker with trainings and models.
 *
 * @param source a base of pictures, texts or sounds, or `{ run }`: the model of a run is the base
 * @returns the session; close it at the end
 * @throws OptionError for an unknown option, ModelError for a base that cannot be used
 * @example
 * const session = await openSession("vision-open", { ort: "/ort/ort.wasm.min.mjs" });
 * await session.add([{ id: "1", input: file, label: "cup", group: "kitchen" }, …]);
 * const { score, reason } = await session.fit();
 * const [best] = await session.predict(bitmap);
 * await session.close();
 */
export async function openSession(source: ModelSource, options: WebSessionOptions): Promise<WebSession> {
  const opened = async (connection: Connection, others: OnConnection<WebSessionOptions>) => {
    const session = await connection.openSession(source, others);
    // A second call finds no worker.
    const close = () => session.close().catch(() => undefined);
    return { ...session, close: () => close().finally(() => connection.close()) };
  };
  return withConnection(options, opened, true);
}
