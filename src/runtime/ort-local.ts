import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-common";
import { EngraftError, messageOf } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import type { Device } from "./device.js";
import { checkFeeds, checkFetches, checkValue } from "./feeds.js";
import { fromOrt, type OrtModule, pick, portsOf, type RunOnce, toOrt, typed } from "./ort-tensors.js";
import type { LocalTraining, StateView } from "./ort-training.js";
import type { DeviceReader } from "./read-device.js";
import type { Port, Runtime, Session, SessionOptions, TrainingSession, TrainingSpec } from "./runtime.js";

export interface LocalOptions {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  /** Where it computes. Default "cpu". */
  readonly device?: Device;
  /** Name of the GPU, if it is known. */
  readonly adapter?: string;
  /** Options of every session; they override those of this file. */
  readonly sessionOptions?: InferenceSession.SessionOptions;
  /** Rewrites a graph for this runtime, if needed. */
  readonly fit?: (graph: Graph) => Graph;
  /** True if the state of a training and its losses stay on the device as tensors: WebGPU. */
  readonly keepsState?: boolean;
  /** True if outputs written in place are worth trying: a run copies its outputs and none of its inputs. */
  readonly inPlace?: boolean;
  /** Wraps every call into native code. */
  readonly guard?: <T>(call: () => Promise<T>) => Promise<T>;
}

/** Returns settings of a session that have names of their own in onnxruntime. */
function extra({ spinning, fallback }: SessionOptions): Pick<InferenceSession.SessionOptions, "extra"> {
  const session = {
    ...(spinning === false && { intra_op: { allow_spinning: "0" } }),
    ...(fallback === false && { disable_cpu_ep_fallback: "1" }),
  };
  return Object.keys(session).length > 0 ? { extra: { session } } : {};
}

/** 4: fatal errors only. Errors are thrown, so the runtime need not print them. */
const quiet = 4;

/** A runtime in the calling thread, for any onnxruntime package. Calls run one after the other. */
export class LocalRuntime implements Runtime {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  readonly device: Device;
  readonly adapter?: string;
  readonly fit?: (graph: Graph) => Graph;
  readonly keepsState: boolean;
  /** Known after the first training was loaded. */
  inPlace = false;
  private tried = false;
  private reader: DeviceReader | undefined;
  private readonly sessions = new Set<LocalSession | LocalTraining>();
  /** End of the queue: the next call waits for it. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly ort: OrtModule,
    private readonly options: LocalOptions,
  ) {
    this.name = options.name;
    this.version = options.version;
    this.threads = options.threads;
    this.device = options.device ?? "cpu";
    this.keepsState = options.keepsState === true;
    if (options.fit) this.fit = options.fit;
    if (options.adapter !== undefined) this.adapter = options.adapter;
  }

  async session(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const native = await this.load(model, options, true);
    return this.keep(native, () => new LocalSession(this, native, options));
  }

  async training(model: Uint8Array, spec: TrainingSpec): Promise<TrainingSession> {
    const options = { label: "the training graph", ...spec.options };
    // A page that only computes features loads no training code.
    const { LocalTraining } = await import("./ort-training.js");
    const native = await this.load(model, options, false, true);
    await this.tryInPlace();
    await this.openReader();
    return this.keep(native, () => new LocalTraining(this, native, spec, options));
  }

  /** Loads another graph that trains the state of a training session, with its frozen values. */
  async sharing(model: Uint8Array, options: SessionOptions, owner: LocalTraining): Promise<LocalTraining> {
    const named = { label: "the training graph", ...options };
    const { LocalTraining } = await import("./ort-training.js");
    const native = await this.load(model, named, false, true);
    return this.keep(native, () => new LocalTraining(this, native, owner, named));
  }

  private async tryInPlace(): Promise<void> {
    if (this.tried || this.options.inPlace !== true) return;
    this.tried = true;
    const { canWriteInPlace } = await import("./write-in-place.js");
    this.inPlace = await this.inOrder(() => canWriteInPlace(this.ort));
  }

  private async openReader(): Promise<void> {
    if (!this.keepsState || this.reader) return;
    const { DeviceReader } = await import("./read-device.js");
    this.reader ??= new DeviceReader((model) =>
      this.ort.InferenceSession.create(model, { logSeverityLevel: quiet, ...this.options.sessionOptions }),
    );
  }

  /** Returns the values of tensors; those on the device are copied. Call it inside {@link inOrder}. */
  async read(values: readonly OrtTensor[]): Promise<Tensor[]> {
    return this.reader ? this.reader.read(values) : values.map(fromOrt);
  }

  async close(): Promise<void> {
    for (const session of this.sessions) await session.dispose();
    await this.inOrder(async () => this.reader?.dispose());
  }

  /** Registers the session, or releases its parts if it cannot be used. */
  async keep<S extends LocalSession | LocalTraining>(native: InferenceSession, make: () => S): Promise<S> {
    try {
      const session = make();
      this.sessions.add(session);
      return session;
    } catch (error) {
      await this.inOrder(() => native.release());
      throw error;
    }
  }

  async release(session: LocalSession | LocalTraining, native: InferenceSession): Promise<void> {
    if (this.sessions.delete(session)) await this.inOrder(() => native.release());
  }

  /** Runs this after all earlier requests. */
  inOrder<T>(call: () => Promise<T>): Promise<T> {
    const guard = this.options.guard ?? ((run) => run());
    const result = this.last.then(() => guard(call));
    this.last = result.catch(() => undefined);
    return result;
  }

  /** @param stays true if the outputs stay on the device, if there is one */
  async load(
    model: Uint8Array,
    options: SessionOptions,
    memoryPattern: boolean,
    stays = false,
  ): Promise<InferenceSession> {
    const { profile, externalData = new Map<string, Uint8Array>() } = options;
    const native: InferenceSession.SessionOptions = {
      graphOptimizationLevel: options.optimization ?? "all",
      // If enabled, the first steps of a large training graph spend seconds on page faults, and peak memory doubles.
      enableMemPattern: options.memoryPattern ?? memoryPattern,
      enableCpuMemArena: options.memoryArena ?? true,
      executionMode: "sequential",
      logSeverityLevel: quiet,
      ...extra(options),
      ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
      ...(externalData.size > 0 && {
        externalData: [...externalData].map(([path, data]) => ({ path, data })),
      }),
      ...(this.keepsState && stays && { preferredOutputLocation: "gpu-buffer" }),
      ...this.options.sessionOptions,
    };
    try {
      return await this.inOrder(() => this.ort.InferenceSession.create(model, native));
    } catch (error) {
      throw await this.explained(error, "load", options.label ?? "the model");
    }
  }

  /** Returns the error of a call, in words for a user. */
  private async explained(error: unknown, doing: "load" | "run", label: string): Promise<EngraftError> {
    // The words of drivers are loaded with the first error of a GPU.
    const gpu = this.device === "cpu" ? undefined : await import("./gpu/device-memory.js");
    return gpu?.deviceErrorOf(error, label) ?? explainOrt(error, doing, label);
  }

  /**
   * Runs when it is this call's turn. Feeds are gathered only then, so that they hold the state after earlier calls.
   */
  async run<R>(native: InferenceSession, label: string, work: (run: RunOnce) => Promise<R>): Promise<R> {
    const once: RunOnce = (feeds, fetches) =>
      native.run(feeds, fetches as Record<string, OrtTensor | null>, { logSeverityLevel: quiet });
    try {
      return await this.inOrder(() => work(once));
    } catch (error) {
      throw await this.explained(error, "run", label);
    }
  }

  /** A session whose inputs with names of the state read the current state. */
  async evaluator(model: Uint8Array, options: SessionOptions, state: StateView): Promise<Session> {
    const named = { label: "the evaluation graph", ...options };
    const native = await this.load(model, named, false);
    return this.keep(native, () => new LocalSession(this, native, named, state));
  }
}

class LocalSession implements Session {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private readonly label: string;
  /** Inputs that read the state of a training session, or its frozen values. */
  private readonly fromState: readonly string[];

  constructor(
    private readonly runtime: LocalRuntime,
    private readonly native: InferenceSession,
    options: SessionOptions,
    private readonly state: StateView = { current: new Map(), frozen: new Map() },
  ) {
    this.label = options.label ?? "the model";
    const inputs = portsOf(native.inputMetadata, this.label);
    const { current, frozen } = state;
    const held = (name: string) => current.get(name) ?? frozen.get(name);
    this.inputs = inputs.filter((p) => !held(p.name));
    this.outputs = portsOf(native.outputMetadata, this.label);
    this.fromState = inputs.filter((p) => held(p.name)).map((p) => p.name);
    for (const port of inputs) {
      const value = held(port.name);
      if (value) checkValue(port, typed(value), `${this.label}, fed with the state of the training`);
    }
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[] = this.outputs.map((p) => p.name),
  ): Promise<Record<string, Tensor>> {
    checkFeeds(this.inputs, feeds, this.label);
    checkFetches(this.outputs, fetches, this.label);
    const gather = (): Record<string, OrtTensor> => {
      const all: Record<string, OrtTensor> = {};
      for (const name of this.fromState)
        all[name] = (this.state.current.get(name) ?? this.state.frozen.get(name))!;
      for (const { name } of this.inputs) all[name] = toOrt(this.runtime.ort, feeds[name]!);
      return all;
    };
    return this.runtime.run(this.native, this.label, async (run) =>
      pick(await run(gather(), fetches), fetches),
    );
  }

  async dispose(): Promise<void> {
    await this.runtime.release(this, this.native);
  }
}

/**
 * Explains an error of onnxruntime: which model, what happened, what to do. The runtime has no error codes in
 * JavaScript, so its message decides.
 */
export function explainOrt(error: unknown, doing: "load" | "run", label: string): EngraftError {
  if (error instanceof EngraftError) return error;
  const words = messageOf(error).trim().replace(/\s+/g, " ");
  const details = { onnxruntime: words };
  if (isOutOfMemory(words)) {
    return new EngraftError("ModelError", `${label}: there is not enough memory to ${doing} it`, {
      at: short(words),
      help: "use a smaller batch or smaller pictures, train fewer layers, or close other programs",
      code: "too-little-memory",
      details,
      cause: error,
    });
  }
  const node = /running (\w+) node\. Name:'([^']*)'/.exec(words);
  if (doing === "run") {
    return new EngraftError("ModelError", `${label}: onnxruntime could not run it: ${short(words)}`, {
      at: node ? `${node[1]} "${node[2]}"` : undefined,
      help: "the sizes that this node got do not fit it: check the shapes of the feeds against what the model expects",
      details,
      cause: error,
    });
  }
  if (/Protobuf parsing failed/i.test(words)) {
    return new EngraftError("ModelError", `${label}: this is not a complete ONNX file`, {
      help: "download or export it again; a file that was cut off has a smaller size than its source",
      details,
      cause: error,
    });
  }
  if (/NOT_IMPLEMENTED|Could not find an implementation|not a registered function\/op/i.test(words)) {
    return new EngraftError(
      "OperatorError",
      `${label}: onnxruntime has no implementation of one of its operators`,
      {
        at: short(words),
        help: "export the model with standard operators, or with another opset",
        details,
        cause: error,
      },
    );
  }
  return new EngraftError("ModelError", `${label}: onnxruntime cannot load it: ${short(words)}`, {
    help: "check the file with the tool that exported it, or export it with another opset",
    details,
    cause: error,
  });
}

function isOutOfMemory(words: string): boolean {
  // SafeIntOnOverflow: WebAssembly's sizes have 32 bits; a tensor of more than 4 GiB overflows them.
  return /bad.?alloc|failed to allocate memory|out of memory|allocation failed|SafeIntOnOverflow|exceeds maximum supported size/i.test(
    words,
  );
}

/** The first 300 characters: some messages of the runtime contain a whole model. */
function short(words: string): string {
  return words.length > 300 ? `${words.slice(0, 300)}…` : words;
}
