// Node's runtime: onnxruntime-node in a worker thread. Only this file and its neighbours import `node:` modules.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { EngraftError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import { collect } from "../platform/node-collect.js";
import { coresToUse } from "../platform/node-cores.js";
import { disableTelemetry } from "../platform/node-telemetry.js";
import { findBlockSize } from "./block-size.js";
import { type Adapter, adapterIn, type Device, printsAdapter } from "./device.js";
import { checkCount, checkFeeds, checkFetches } from "./feeds.js";
import { findOrtPackage, type OrtPackage, type OrtPackageName, wasmWarning } from "./ort-node-package.js";
import { closed, Thread } from "./ort-node-thread.js";
import { type Answers, type Opened, pack, type Requests, worthCollecting } from "./protocol.js";
import type {
  Ahead,
  CostStore,
  Port,
  RunOptions,
  Runtime,
  Session,
  SessionOptions,
  StepsOptions,
  TrainingSession,
  TrainingSpec,
} from "./runtime.js";

export interface NodeRuntimeOptions {
  /** Threads that one operator may use. Default: ENGRAFT_THREADS, or those available to this process. */
  readonly threads?: number;
  /** Where it computes. A GPU is used from a process of its own. Default "cpu". */
  readonly device?: Device;
  /** Returns the store of times measured on this machine, for a version of onnxruntime. Default: none. */
  readonly costs?: (version: string) => CostStore;
  /** The package to use. Default: onnxruntime-node if it is installed and loads, else onnxruntime-web. */
  readonly package?: OrtPackageName;
  /**
   * Called with one line if WebAssembly is used because the native package is missing or does not load, at the latest
   * with the first model. Default: writes the line to stderr, once per process.
   */
  readonly onWarning?: (message: string) => void;
}

/**
 * Creates a runtime in a worker thread: onnxruntime-node, or onnxruntime-web if there is no native code. The main
 * thread stays free. The thread keeps the process alive only during requests. If the process ends in the middle of a
 * run, the exit waits for the run. The thread starts with the first model, which throws an InternalError if the native
 * code cannot be loaded.
 * @throws OptionError for an invalid number of threads
 * @example
 * const runtime = await nodeRuntime({ threads: 2 });
 * const session = await runtime.session(await readFile("model.onnx"));
 */
export async function nodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const threads = options.threads ?? coresToUse();
  if (!Number.isInteger(threads) || threads < 1) {
    throw new EngraftError("OptionError", `threads is ${threads}`, {
      help: "give a whole number, at least 1",
    });
  }
  // Loaded only if needed: most runs compute on the CPU.
  const fit =
    options.device === "webgpu" ? (await import("../graph/passes/fit-webgpu.js")).fitWebGpu : undefined;
  const runtime = new NodeRuntime(threads, options, fit);
  // A GPU that is missing is noticed before any work.
  if (runtime.device !== "cpu") await runtime.open();
  return runtime;
}

let warned = false;

/** Writes the warning to stderr, once per process. */
function warnOnce(message: string): void {
  if (!warned) console.warn(`warning: ${message}`);
  warned = true;
}

/** Returns the bytes of a model for the thread: the same if they were given away and fill their buffer, else a copy. */
function owned(model: Uint8Array, { transfer = false }: SessionOptions): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = model;
  return transfer && buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? (model as Uint8Array<ArrayBuffer>)
    : new Uint8Array(model);
}

/**
 * Makes the thread load a model, and meanwhile frees what this side no longer needs of a large one: files that were
 * read.
 */
function loadInThread<C extends "session" | "training" | "evaluator" | "sharing">(
  thread: Thread,
  call: C,
  request: Requests[C] & { readonly model: Uint8Array<ArrayBuffer> },
  buffers: readonly ArrayBuffer[] = [],
): Promise<Answers[C]> {
  const large = request.model.byteLength + movedBytes(buffers) >= worthCollecting;
  const answer = thread.ask(call, request, [request.model.buffer, ...buffers]);
  if (large) collect();
  return answer;
}

const movedBytes = (buffers: readonly ArrayBuffer[]): number =>
  buffers.reduce((n, { byteLength }) => n + byteLength, 0);

/** Starts a thread that has loaded the runtime's package. */
async function startThread(hello: Requests["hello"]): Promise<{ thread: Thread; loaded: OrtPackage }> {
  await disableTelemetry();
  const thread = new Thread(workerFile(), { apart: hello.device !== "cpu", env: printsAdapter });
  try {
    return { thread, loaded: await thread.ask("hello", hello) };
  } catch (error) {
    await thread.end();
    throw error;
  }
}

/** The built worker: beside this file, or in dist/ if this file runs as TypeScript (in tests). */
function workerFile(): URL {
  const file = import.meta.url.endsWith(".ts")
    ? "../../dist/runtime/ort-node-worker.js"
    : "ort-node-worker.js";
  const url = new URL(file, import.meta.url);
  if (!existsSync(fileURLToPath(url))) {
    throw new EngraftError("InternalError", "the runtime's worker file is missing", {
      at: "dist/runtime/ort-node-worker.js",
      help: "in a checkout: npm run build; otherwise install the package again",
    });
  }
  return url;
}

class NodeRuntime implements Runtime {
  readonly device: Device;
  readonly keepsState: boolean;
  readonly costs?: CostStore;
  /** The installed package, and the loaded one from the first model on. */
  private using: OrtPackage;
  private readonly packages: readonly OrtPackageName[];
  private readonly onWarning: (message: string) => void;
  private blocks: Promise<number> | undefined;
  private started: Promise<Thread> | undefined;
  private over = false;
  private found: Adapter | undefined;

  constructor(
    readonly threads: number,
    { costs, device = "cpu", package: only, onWarning = warnOnce }: NodeRuntimeOptions,
    readonly fit: ((graph: Graph) => Graph) | undefined,
  ) {
    const { name, version, problem } = findOrtPackage();
    this.onWarning = onWarning;
    this.device = device;
    this.using = { name: only ?? name, version };
    this.keepsState = device === "webgpu";
    this.packages = only
      ? [only]
      : device !== "cpu"
        ? ["onnxruntime-node"]
        : name === "onnxruntime-node"
          ? [name, "onnxruntime-web"]
          : [name];
    // Forms are measured on the CPU; a GPU takes those of the rule.
    if (costs && this.native && device === "cpu") this.costs = costs(version);
    if (only === undefined && problem !== undefined) onWarning(wasmWarning({ name, version, problem }));
  }

  get name(): OrtPackageName {
    return this.using.name;
  }

  get version(): string {
    return this.using.version;
  }

  private get native(): boolean {
    return this.name === "onnxruntime-node";
  }

  get copiesOnce(): boolean {
    return this.native && this.device === "cpu";
  }

  /** Known from the first model on. */
  get adapter(): string | undefined {
    return this.found?.name;
  }

  get driver(): string | undefined {
    return this.found?.driver;
  }

  /** WebAssembly addresses 4 GiB. */
  get memoryBytes(): number | undefined {
    return this.native ? undefined : 2 ** 32;
  }

  async open(): Promise<void> {
    await this.thread();
  }

  /** Started on first use: a run whose features are cached needs none. */
  private async thread(): Promise<Thread> {
    if (this.over) throw closed();
    this.started ??= this.start();
    return this.started;
  }

  private async start(): Promise<Thread> {
    const { threads, packages, version, device } = this;
    const { thread, loaded } = await startThread({ threads, packages, version, device });
    this.using = loaded;
    if (device === "webgpu") this.found = adapterIn(thread.printed);
    if (loaded.problem !== undefined) this.onWarning(wasmWarning(loaded));
    return thread;
  }

  async session(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const thread = await this.thread();
    const opened = await loadInThread(thread, "session", { model: owned(model, options), options });
    return new NodeSession(thread, opened, options.label ?? "the model");
  }

  async training(model: Uint8Array, spec: TrainingSpec): Promise<TrainingSession> {
    const thread = await this.thread();
    const options = spec.options ?? {};
    const { packed: state, buffers } = pack(spec.state, spec.transfer ?? false);
    const { packed: frozen, buffers: more } = pack(spec.frozen ?? [], spec.transfer ?? false);
    const request = { model: owned(model, options), state, frozen, options };
    const given = [...buffers, ...more];
    const opened = await loadInThread(thread, "training", request, given);
    return new NodeTraining(
      thread,
      opened,
      options.label ?? "the training graph",
      movedBytes(given) >= worthCollecting,
    );
  }

  blockSize(): Promise<number> {
    this.blocks ??= this.findBlocks();
    return this.blocks;
  }

  private async findBlocks(): Promise<number> {
    // On other processors the blocked operators exist without kernels, and trying them would crash the process.
    if (process.arch !== "x64" || this.device !== "cpu") return 1;
    await this.thread();
    return this.native ? findBlockSize(this) : 1;
  }

  async close(): Promise<void> {
    this.over = true;
    const thread = await this.started?.catch(() => undefined);
    await thread?.end();
  }
}

/** A session loaded in the thread, known here by a number. */
class Loaded {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  protected readonly on: number;

  constructor(
    protected readonly thread: Thread,
    opened: Opened,
    protected readonly label: string,
  ) {
    ({ on: this.on, inputs: this.inputs, outputs: this.outputs } = opened);
  }

  async dispose(): Promise<void> {
    await this.thread.ask("dispose", { on: this.on });
  }
}

class NodeSession extends Loaded implements Session {
  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[] = this.outputs.map((p) => p.name),
    options: RunOptions = {},
  ): Promise<Record<string, Tensor>> {
    checkFeeds(this.inputs, feeds, this.label);
    checkFetches(this.outputs, fetches, this.label);
    const { packed, buffers } = pack(Object.entries(feeds), options.transfer ?? false);
    return this.thread.ask("run", { on: this.on, feeds: Object.fromEntries(packed), fetches }, buffers);
  }
}

/** Feeds in the worker, and their types. */
interface SentAhead extends Ahead {
  readonly number: number;
  readonly types: Readonly<Record<string, Tensor>>;
}

class NodeTraining extends Loaded implements TrainingSession {
  readonly refuses: boolean;
  readonly ahead?: (feeds: Readonly<Record<string, Tensor>>) => Promise<SentAhead>;
  private sent = 0;

  constructor(
    thread: Thread,
    opened: Opened,
    label: string,
    /**
     * True if loading left much memory behind: the file, and copies that were given away. The steps need the memory.
     */
    private leftMuch = false,
  ) {
    super(thread, opened, label);
    this.refuses = opened.refuses === true;
    // A thread gets feeds without a copy.
    if (thread.apart) this.ahead = async (feeds) => this.send(feeds);
  }

  private send(feeds: Readonly<Record<string, Tensor>>): SentAhead {
    const number = ++this.sent;
    const { packed } = pack(Object.entries(feeds), true);
    // If it fails, so do the steps.
    this.thread
      .ask("ahead", { on: this.on, number, feeds: Object.fromEntries(packed) })
      .catch(() => undefined);
    const types = packed.map(([name, { dtype, dims }]) => [name, { dtype, dims }]);
    return { names: Object.keys(feeds), number, types: Object.fromEntries(types) };
  }

  async steps(
    feeds: Readonly<Record<string, Tensor>>,
    count: number,
    options: StepsOptions = {},
  ): Promise<Record<string, Tensor>> {
    const ahead = options.ahead as SentAhead | undefined;
    const all = { ...ahead?.types, ...feeds };
    checkFeeds(this.inputs, all, this.label);
    checkCount(all, count, this.label);
    if (this.leftMuch) collect();
    this.leftMuch = false;
    const { packed, buffers } = pack(Object.entries(feeds), options.transfer ?? false);
    const given = { on: this.on, feeds: Object.fromEntries(packed), count };
    return this.thread.ask("steps", { ...given, ahead: ahead?.number }, buffers);
  }

  async undo(): Promise<void> {
    await this.thread.ask("undo", { on: this.on });
  }

  async readState(): Promise<Map<string, Tensor>> {
    return new Map(await this.thread.ask("readState", { on: this.on }));
  }

  async writeState(state: ReadonlyMap<string, Tensor>, options: RunOptions = {}): Promise<void> {
    const { packed, buffers } = pack(state, options.transfer ?? false);
    await this.thread.ask("writeState", { on: this.on, state: packed }, buffers);
  }

  async evaluator(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const request = { on: this.on, model: owned(model, options), options };
    const opened = await loadInThread(this.thread, "evaluator", request);
    return new NodeSession(this.thread, opened, options.label ?? "the evaluation graph");
  }

  async sharing(model: Uint8Array, options: SessionOptions = {}): Promise<TrainingSession> {
    const request = { on: this.on, model: owned(model, options), options };
    const opened = await loadInThread(this.thread, "sharing", request);
    return new NodeTraining(this.thread, opened, options.label ?? "the training graph");
  }
}
