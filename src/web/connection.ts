import type { OnEvent } from "../core/events/events.js";
import type { Explanation } from "../core/results/explanation.js";
import type { ResultOf } from "../core/results/result-of.js";
import type { Task, TaskName, TaskOfName } from "../core/results/task.js";
import type { Evaluation } from "../inference/evaluation.js";
import type { DataInspection } from "../tasks/inspect-data.js";
import type { KeptRun, Requests, SentInputs, Trained, TrainedFile } from "./messages.js";
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
import { sentData } from "./sent-data.js";
import type { WebSession } from "./web-session.js";
import { sentSetup, sentSource, WorkerClient } from "./worker-client.js";

/** Result of a run with its model files: a union that the field `task` narrows. */
export type WebTraining<T extends Task = Task> = ResultOf<T> & {
  /** Files of the model folder: ONNX, config, preprocessing, card. `load({ run })` reads them from the stored run. */
  readonly files: readonly TrainedFile[];
  /** HTML report of the run. */
  readonly report: string | undefined;
};

/** Options of `report`. */
export interface WebReportOptions {
  /** True to show samples: pictures, texts and words. Default: the setting of the run. */
  readonly pictures?: boolean;
}

/**
 * A worker that stays, with the functions of this module as methods. The runtime is loaded and compiled once. Calls may overlap: each
 * step of the runtime waits for the one before.
 */
export interface Connection {
  /** Opens a live session. Several may be open. */
  openSession(source: ModelSource, options?: OnConnection<WebSessionOptions>): Promise<WebSession>;
  train<N extends TaskName>(
    data: WebData,
    options: OnConnection<WebTrainOptions> & { readonly task: N },
  ): Promise<WebTraining<TaskOfName<N>>>;
  train(data: WebData, options?: OnConnection<WebTrainOptions>): Promise<WebTraining>;
  resume(name: string, data: WebData, options?: OnConnection<WebResumeOptions>): Promise<WebTraining>;
  /** Loads a model. Several may be loaded; closing one frees that one. */
  load(source: ModelSource): Promise<WebModel>;
  evaluate(
    source: ModelSource,
    data: WebData,
    options?: OnConnection<WebEvaluateOptions>,
  ): Promise<Evaluation>;
  explain(
    source: ModelSource,
    items: Iterable<unknown>,
    options?: OnConnection<WebExplainOptions>,
  ): AsyncGenerator<Explanation>;
  inspectData(data: WebData, options?: OnConnection<WebInspectOptions>): Promise<DataInspection>;
  listRuns(): Promise<readonly KeptRun[]>;
  removeRun(name: string): Promise<void>;
  report(name: string, options?: WebReportOptions): Promise<string>;
  /** Ends the worker, its models and its sessions, and frees their memory. Unfinished calls fail. */
  close(): void;
}

/**
 * Connects a page to one worker that stays. Each function of this module starts a worker for one call otherwise.
 *
 * @throws OptionError if neither `ort` nor `worker` is given
 * @example
 * const connection = connect({ ort: "/ort/ort.wasm.min.mjs" });
 * await connection.train(files, { name: "flowers", strategy: "probe" });
 * const model = await connection.load({ run: "flowers" });
 * console.log(await model.predict(file));
 * connection.close();
 */
export function connect(setup: WebSetup): Connection {
  sentSetup(setup);
  return new WorkerConnection(setup);
}

/** Runs a call on a connection of its own, and closes it: WebAssembly frees memory only then. */
export async function withConnection<Options extends WebSetup, T>(
  options: Options,
  call: (connection: Connection, others: OnConnection<Options>) => Promise<T>,
): Promise<T> {
  const { connection, others } = connectionFor(options);
  try {
    return await call(connection, others);
  } finally {
    connection.close();
  }
}

/** Returns a connection, and the options that are no setup. */
export function connectionFor<Options extends WebSetup>(options: Options) {
  const { ort, worker, device, threads, ...others } = options;
  return { connection: new WorkerConnection({ ort, worker, device, threads }), others };
}

/** Callback and signal of a call. */
interface Hooks {
  readonly onEvent?: OnEvent;
  readonly signal?: AbortSignal;
}

/** Connection through messages. */
class WorkerConnection implements Connection {
  readonly #client: WorkerClient;

  constructor(readonly setup: WebSetup) {
    this.#client = new WorkerClient(setup);
  }

  async openSession(source: ModelSource, options: OnConnection<WebSessionOptions> = {}) {
    const { onEvent, signal, ...others } = options;
    const content = { ...this.#opened(source), options: others };
    return (await this.#open("openSession", content, { onEvent, signal })) as unknown as WebSession;
  }

  /** @returns what the caller's options say */
  async train(data: WebData, options: OnConnection<WebTrainOptions> = {}): Promise<never> {
    const { base, initFrom, test, name, report, onEvent, signal, ...others } = options;
    const { device } = this.setup;
    const setup = sentSetup(this.setup, report);
    const inputs = await sentInputs(data, options);
    const request = { setup, inputs, name, options: { ...others, ...(device && { device }) } };
    return finished(await this.#client.request("train", request, { onEvent, signal })) as never;
  }

  async resume(name: string, data: WebData, options: OnConnection<WebResumeOptions> = {}) {
    const { report, onEvent, signal } = options;
    const request = { setup: sentSetup(this.setup, report), inputs: await sentInputs(data, options), name };
    return finished(await this.#client.request("resume", request, { onEvent, signal }));
  }

  async load(source: ModelSource) {
    return (await this.#open("load", this.#opened(source))) as unknown as WebModel;
  }

  async evaluate(source: ModelSource, data: WebData, options: OnConnection<WebEvaluateOptions> = {}) {
    const { onEvent, signal, ...others } = options;
    const request = { ...this.#opened(source), options: others, data: await sentData(data) };
    return (await this.#client.request("evaluate", request, { onEvent, signal })) as Evaluation;
  }

  async *explain(
    source: ModelSource,
    items: Iterable<unknown>,
    options: OnConnection<WebExplainOptions> = {},
  ): AsyncGenerator<Explanation> {
    const { signal, ...others } = options;
    const request = { ...this.#opened(source), options: others, items: Array.from(items) };
    yield* await this.#client.request("explain", request, { signal });
  }

  async inspectData(data: WebData, options: OnConnection<WebInspectOptions> = {}) {
    const { signal, ...others } = options;
    return this.#client.request("inspectData", { data: await sentData(data), options: others }, { signal });
  }

  listRuns() {
    return this.#client.request("runs", {});
  }

  removeRun(name: string) {
    return this.#client.request("remove", { name });
  }

  report(name: string, { pictures }: WebReportOptions = {}) {
    return this.#client.request("report", { name, pictures });
  }

  close(): void {
    this.#client.close();
  }

  #opened(source: ModelSource) {
    return { setup: sentSetup(this.setup), source: sentSource(source) };
  }

  /** Opens a model or a session in the worker, and returns it with methods that call those of the worker. */
  async #open<C extends "load" | "openSession">(call: C, content: Requests[C], hooks: Hooks = {}) {
    const { handle, facts, methods } = await this.#client.request(call, content, hooks);
    const callOf =
      (method: string) =>
      (...given: readonly unknown[]): Promise<unknown> =>
        this.#client.request("callHandle", { handle, method, given }, hooks);
    let closed: Promise<unknown> | undefined;
    const close = () => {
      closed ??= callOf("close")();
      return closed;
    };
    return { ...facts, ...Object.fromEntries(methods.map((method) => [method, callOf(method)])), close };
  }
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
