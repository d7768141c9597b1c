import type { Explanation } from "../core/results/explanation.js";
import type { ResultOf } from "../core/results/result-of.js";
import type { Task, TaskName, TaskOfName } from "../core/results/task.js";
import type { Evaluation } from "../inference/evaluation.js";
import type { Handle, SentInputs, Trained, TrainedFile } from "./messages.js";
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
  /** Language of the report. The Chinese sentences are loaded on demand. Default "en". */
  readonly lang?: "en" | "zh";
}

/**
 * A worker that stays, with the functions of this module as methods. The runtime is loaded and compiled once. Calls may overlap: each
 * step of the runtime waits for the one before. Several models and sessions may be open, and closing one frees that one.
 */
export type Connection = ReturnType<typeof openConnection>;

/** `train` on a connection. */
interface Train {
  <N extends TaskName>(
    data: WebData,
    options: OnConnection<WebTrainOptions> & { readonly task: N },
  ): Promise<WebTraining<TaskOfName<N>>>;
  (data: WebData, options?: OnConnection<WebTrainOptions>): Promise<WebTraining>;
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
  return openConnection(setup);
}

/** Returns the calls of a worker, which starts with the first. */
function openConnection(given: WebSetup) {
  const client = new WorkerClient(given);
  const { device } = given;
  const setupFor = (report?: boolean) => sentSetup(given, report);
  const opened = (source: ModelSource) => ({ setup: setupFor(), source: sentSource(source) });
  const train = async (data: WebData, options: OnConnection<WebTrainOptions> = {}) => {
    const { base, initFrom, test, name, report, onEvent, signal, ...others } = options;
    const inputs = await sentInputs(data, options);
    const recorded = { ...others, ...(device && { device }) };
    const request = { setup: setupFor(report), inputs, name, options: recorded };
    return finished(await client.request("train", request, { onEvent, signal }));
  };
  return {
    train: train as Train,
    async openSession(source: ModelSource, options: OnConnection<WebSessionOptions> = {}) {
      const { onEvent, signal, ...others } = options;
      const request = { ...opened(source), options: others };
      return remote<WebSession>(client, await client.request("openSession", request, { onEvent, signal }));
    },
    async resume(name: string, data: WebData, options: OnConnection<WebResumeOptions> = {}) {
      const { report, ...hooks } = options;
      const request = { setup: setupFor(report), inputs: await sentInputs(data, options), name };
      return finished(await client.request("resume", request, hooks));
    },
    async load(source: ModelSource) {
      return remote<WebModel>(client, await client.request("load", opened(source)));
    },
    async evaluate(source: ModelSource, data: WebData, options: OnConnection<WebEvaluateOptions> = {}) {
      const { onEvent, signal, ...others } = options;
      const request = { ...opened(source), options: others, data: await sentData(data) };
      return (await client.request("evaluate", request, { onEvent, signal })) as Evaluation;
    },
    async *explain(
      source: ModelSource,
      items: Iterable<unknown>,
      { signal, ...options }: OnConnection<WebExplainOptions> = {},
    ): AsyncGenerator<Explanation> {
      const request = { ...opened(source), options, items: Array.from(items) };
      yield* await client.request("explain", request, { signal });
    },
    async inspectData(data: WebData, { signal, ...options }: OnConnection<WebInspectOptions> = {}) {
      return client.request("inspectData", { data: await sentData(data), options }, { signal });
    },
    listRuns: () => client.request("runs", {}),
    removeRun: (name: string): Promise<void> => client.request("remove", { name }),
    report: (name: string, { pictures, lang }: WebReportOptions = {}) =>
      client.request("report", { name, pictures, lang }),
    readPredictions: (name: string) => client.request("predictions", { name }),
    readEvents: (name: string) => client.request("events", { name }),
    /** Ends the worker, its models and its sessions, and frees their memory. Unfinished calls fail. */
    close: () => client.close(),
  };
}

/** Returns a model or a session of the worker: each method calls that of the worker. */
function remote<T>(client: WorkerClient, { handle, facts, methods }: Handle): T {
  const calls = methods.map((method) => {
    const call = (...given: readonly unknown[]) => client.request("callHandle", { handle, method, given });
    return [method, method === "generate" ? streamed(client, call) : call];
  });
  return { ...facts, ...Object.fromEntries(calls) } as T;
}

/** Returns a method that yields what the worker yields, piece by piece. */
const streamed = (client: WorkerClient, open: (...given: readonly unknown[]) => Promise<unknown>) =>
  async function* (...given: readonly unknown[]): AsyncGenerator<unknown, unknown> {
    const stream = remote<AsyncGenerator & { close(): Promise<void> }>(
      client,
      (await open(...given)) as Handle,
    );
    try {
      for (;;) {
        const { done, value } = await stream.next();
        if (done) return value;
        yield value;
      }
    } finally {
      // A closed worker has ended it already.
      await stream.close().catch(() => undefined);
    }
  };

/**
 * Runs a call on a connection of its own, and closes it: WebAssembly frees memory only then.
 * @param stays true for a call that opens a model or a session, which closes the connection
 */
export async function withConnection<Options extends WebSetup, T>(
  options: Options,
  call: (connection: Connection, others: OnConnection<Options>) => Promise<T>,
  stays = false,
): Promise<T> {
  const { ort, worker, device, threads, ...others } = options;
  const connection = openConnection({ ort, worker, device, threads });
  try {
    const result = await call(connection, others);
    if (!stays) connection.close();
    return result;
  } catch (error) {
    connection.close();
    throw error;
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
