import type { TensorType } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import type { Device, DeviceDecision } from "./device.js";

/**
 * Runs graphs. State belongs to the session: code above this layer sees a copy of it at most. Every failure is an
 * EngraftError. Requests to one runtime are answered in order.
 */
export interface Runtime {
  /** Name of the package, for manifests and cache keys: "onnxruntime-node", "onnxruntime-web". */
  readonly name: string;
  /** Version of that package. */
  readonly version: string;
  /** Threads that one operator may use. */
  readonly threads: number;
  /** Where it computes. */
  readonly device: Device;
  /** Name of the GPU, if it computes on one and its driver tells it: "NVIDIA RTX A2000". */
  readonly adapter?: string;
  /** File of the GPU's driver, if it is known. */
  readonly driver?: string;
  /** Why it computes there, if `auto` decided it. */
  readonly decision?: DeviceDecision;
  /** Loads a model for inference, with weights in the model. @throws ModelError if it cannot be loaded */
  session(model: Uint8Array, options?: SessionOptions): Promise<Session>;
  /** Loads a training graph made by `loopModel()` or `stepModel()`, see graph/to-onnx-loop.ts and to-onnx-step.ts. */
  training(model: Uint8Array, spec: TrainingSpec): Promise<TrainingSession>;
  /**
   * Channels that its blocked convolutions store side by side: 16 or 8, or 1 if it has none. Default: none. For
   * `blockForOrt()`.
   */
  blockSize?(): Promise<number>;
  /**
   * True if a run copies its outputs at most once and its inputs never. Then a graph of one step carries a large state
   * with less memory than a short Loop, in about the same time.
   */
  readonly copiesOnce?: boolean;
  /**
   * True if the state of a one-step graph stays on a device between steps, while a Loop would copy it there and back at
   * every step. Then steps run one by one, whatever the state's size.
   */
  readonly keepsState?: boolean;
  /** Addressable bytes, if they may be fewer than the machine has. */
  readonly memoryBytes?: number;
  /**
   * Parts into which a batch is divided, because the GPU has too little memory for a whole one. The gradients of the parts are
   * summed. Default 1.
   */
  readonly batchParts?: number;
  /** Number of times that {@link goOn} opened it again. */
  readonly attempt?: number;
  /**
   * Opens the GPU again after it failed, with more {@link batchParts}, or the CPU. Then the computation can be repeated: its session loads the
   * model again. Default: the error ends the work.
   * @param attempt of the failed computation. Nothing is done if it is not the latest
   * @throws the error, if it is not that of a GPU
   */
  goOn?(error: unknown, attempt: number): Promise<void>;
  /** Bytes of the largest buffer of the GPU, if it is known. */
  readonly bufferBytes?: number;
  /** Times measured for this runtime on this machine. Default: nothing is measured. */
  readonly costs?: CostStore;
  /** Returns a graph in a form that it computes completely and correctly. Default: the graph itself. */
  readonly fit?: ((graph: Graph) => Graph) | undefined;
  /** Waits for running requests, then frees everything. */
  close(): Promise<void>;
}

/** Milliseconds of each form of a computation, by kind and sizes. */
export type CostTable = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Stores measured times of a runtime on this machine, for later trainings. */
export interface CostStore {
  load(): Promise<CostTable>;
  /** Saves a table. Does not throw: if it cannot be saved, it is measured again next time. */
  save(table: CostTable): Promise<void>;
}

export interface SessionOptions {
  /** Name of the model in messages: `base "resnet50.onnx"`. Default "the model". */
  readonly label?: string;
  /** How far the runtime may rewrite the graph. Default "all". */
  readonly optimization?: "all" | "basic" | "disabled";
  /** Plan one block of memory from the run before: faster inference, more memory. Default true, in training false. */
  readonly memoryPattern?: boolean;
  /** Keep freed memory for the next run. Default true. */
  readonly memoryArena?: boolean;
  /** Threads wait busily for work: faster alone, slower next to other programs. Default true. */
  readonly spinning?: boolean;
  /** false: refuse operators for which the device has no kernel. Default true: they run on the CPU. */
  readonly fallback?: boolean;
  /** Write the runtime's own profile to a file with this prefix. */
  readonly profile?: string;
  /**
   * true: the model's bytes are given away, and may be empty (detached) afterwards. Default false: copied if needed.
   */
  readonly transfer?: boolean;
  /** External files with weights, by their path in the model. Default: none. */
  readonly externalData?: ReadonlyMap<string, Uint8Array>;
}

/** An input or output of a model. */
export interface Port {
  readonly name: string;
  readonly type: TensorType;
}

export interface RunOptions {
  /**
   * true: the tensors' buffers are given away. They may be transferred to the runtime's thread, and are then empty
   * (detached) here. Default false: they are copied and stay the caller's.
   */
  readonly transfer?: boolean;
}

/** Feeds that were sent ahead, see {@link TrainingSession.ahead}. */
export interface Ahead {
  /** Names of those feeds. */
  readonly names: readonly string[];
}

export interface StepsOptions extends RunOptions {
  /** Feeds of this call that were sent ahead; they are not given again. */
  readonly ahead?: Ahead;
}

export interface Session {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /**
   * Computes outputs from feeds.
   * @param feeds exactly one tensor for each input.
   * @param fetches names of the outputs to return; default all.
   * @throws ShapeError if a feed is missing, unknown, or of another type than its input
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: readonly string[],
    options?: RunOptions,
  ): Promise<Record<string, Tensor>>;
  dispose(): Promise<void>;
}

export interface TrainingSpec {
  /**
   * Initial state by the name of the graph input; the graph's output `stateOutput(name)` is the value after the steps.
   */
  readonly state: ReadonlyMap<string, Tensor>;
  /**
   * Values that never change, by the name of the graph input. Values in a model's file are held up to four times while
   * it is loaded, and again by each evaluator. These are held once, for the steps and for every evaluator that names
   * them.
   */
  readonly frozen?: ReadonlyMap<string, Tensor>;
  readonly options?: SessionOptions;
  /** true: the state's buffers are given away, and may be empty (detached) afterwards. Default false: copied. */
  readonly transfer?: boolean;
}

export interface TrainingSession {
  /** Inputs of each call of `steps`: `[K, …]`, without the state and `steps` itself. */
  readonly inputs: readonly Port[];
  /** Outputs of each call of `steps`: `[K, …]`. */
  readonly outputs: readonly Port[];
  /**
   * Runs `count` steps and keeps the resulting state. If it throws, the state is as before the call; a state that is
   * overwritten in place may be lost, which the error says.
   * @param feeds each stacked: `[count, …]`.
   * @returns the scan outputs, each stacked: `[count, …]`.
   */
  steps(
    feeds: Readonly<Record<string, Tensor>>,
    count: number,
    options?: StepsOptions,
  ): Promise<Record<string, Tensor>>;
  /**
   * Sends some feeds of the next call of `steps` ahead, so that they travel while the earlier steps run. Nothing else changes. A later
   * call replaces feeds that were not used. Missing if feeds need not travel.
   */
  ahead?(feeds: Readonly<Record<string, Tensor>>, count: number): Promise<Ahead>;
  /**
   * Restores the state from before the last call of `steps`. Possible once after each call, and not after `writeState`.
   * It costs nothing: the earlier state is kept until the next steps begin.
   * @throws OptionError if there is nothing to undo
   */
  undo?(): Promise<void>;
  /**
   * True if the state is overwritten in place, see `overwriteState()`. Then nothing can be undone. But a step with a
   * non-finite scalar is refused: it returns its scalars, the state stays unchanged, and the block ends. The outputs of
   * the remaining steps repeat those of this one.
   */
  readonly refuses?: boolean;
  /** Returns a copy of the current state. */
  readState(): Promise<Map<string, Tensor>>;
  /** Replaces some or all of the state. @throws ShapeError for an unknown name or another shape or type */
  writeState(state: ReadonlyMap<string, Tensor>, options?: RunOptions): Promise<void>;
  /**
   * Loads another graph whose inputs with names of the state or of frozen values read their current values: validation,
   * calibration. Its `inputs` are the others.
   */
  evaluator(model: Uint8Array, options?: SessionOptions): Promise<Session>;
  /**
   * Loads another training graph over the same state, with the same names, types and shapes. The steps of both change
   * it, and nothing is copied. It ends with this session.
   */
  sharing(model: Uint8Array, options?: SessionOptions): Promise<TrainingSession>;
  dispose(): Promise<void>;
}
