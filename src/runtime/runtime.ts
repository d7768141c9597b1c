import type { TensorType } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";

/**
 * What runs graphs. State belongs to the session: nothing above this layer sees a state buffer unless it asks
 * for a copy. Every failure is an EngraftError; requests to one runtime are answered in the order they came.
 */
export interface Runtime {
  /** For manifests and cache keys: "onnxruntime-node", "onnxruntime-web". */
  readonly name: string;
  /** Version of that package. */
  readonly version: string;
  /** Threads that one operator may use. */
  readonly threads: number;
  /** Load a model for inference: weights are in the model. @throws ModelError when it cannot be loaded. */
  session(model: Uint8Array, options?: SessionOptions): Promise<Session>;
  /** Load a training graph made by `loopModel()` or `stepModel()`, see graph/to-onnx-loop.ts and to-onnx-step.ts. */
  training(model: Uint8Array, spec: TrainingSpec): Promise<TrainingSession>;
  /**
   * Channels that its blocked convolutions keep side by side: 16 or 8, 1 where it has none. Where this is not
   * given there are none. For `blockForOrt()`.
   */
  blockSize?(): Promise<number>;
  /**
   * Whether a run costs at most one copy of its outputs and none of its inputs: then a large state is carried by a graph of one
   * step for less memory, and about the same time, than by a Loop over a few.
   */
  readonly copiesOnce?: boolean;
  /**
   * Whether the state of a graph of one step stays on a device from step to step, where a Loop carries it there and back at
   * every step. Then steps are run one by one whatever the state's size.
   */
  readonly keepsState?: boolean;
  /** Bytes that it can address, where that may be less than the machine has. */
  readonly memoryBytes?: number;
  /** What was measured of it on this machine. Where this is not given, nothing is measured. */
  readonly costs?: CostStore;
  /** A graph in the form that it runs whole and right. Where this is not given every graph is as it should be. */
  fit?(graph: Graph): Graph;
  /** Wait for what is under way, then free everything. */
  close(): Promise<void>;
}

/** Milliseconds of each way to compute the same thing, by what it is and in what sizes. */
export type CostTable = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Keeps what was measured of a runtime on this machine, for later trainings. */
export interface CostStore {
  load(): Promise<CostTable>;
  /** A table that cannot be kept is measured again next time: it does not throw. */
  save(table: CostTable): Promise<void>;
}

export interface SessionOptions {
  /** How messages call the model: `base "resnet50.onnx"`. Default "the model". */
  readonly label?: string;
  /** How far the runtime may rewrite the graph. Default "all". */
  readonly optimization?: "all" | "basic" | "disabled";
  /** Plan one block of memory for a run from the run before: faster inference, more memory. Default true, in training false. */
  readonly memoryPattern?: boolean;
  /** Keep freed memory for the next run. Default true. */
  readonly memoryArena?: boolean;
  /** Threads wait busily for the next piece of work: faster alone, slower beside other work. Default true. */
  readonly spinning?: boolean;
  /** Write the runtime's own profile to a file that begins with this. */
  readonly profile?: string;
  /** true: the model's bytes are given away, and may be empty (detached) afterwards. Default false: copied where need be. */
  readonly transfer?: boolean;
}

/** An input or output of a model. */
export interface Port {
  readonly name: string;
  readonly type: TensorType;
}

export interface RunOptions {
  /**
   * true: the tensors' buffers are given away: handed to the runtime's thread where there is one, and then empty
   * (detached) here. Default false: they are copied, and stay the caller's.
   */
  readonly transfer?: boolean;
}

export interface Session {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /**
   * Compute outputs from feeds.
   * @param feeds exactly one tensor for each input.
   * @param fetches names of the outputs to return, by default all.
   * @throws ShapeError when a feed is missing, unknown, or of another type than its input.
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: readonly string[],
    options?: RunOptions,
  ): Promise<Record<string, Tensor>>;
  dispose(): Promise<void>;
}

export interface TrainingSpec {
  /** Initial values by the name of the graph input; the graph's output `stateOutput(name)` is the value after the steps. */
  readonly state: ReadonlyMap<string, Tensor>;
  /**
   * Values by the name of the graph input that never change. What is in a model's file is held up to four times while it
   * is loaded, and again by each evaluator; these are held once, for the steps and for every evaluator that names them.
   */
  readonly frozen?: ReadonlyMap<string, Tensor>;
  readonly options?: SessionOptions;
  /** true: the state's buffers are given away, and may be empty (detached) afterwards. Default false: copied. */
  readonly transfer?: boolean;
}

export interface TrainingSession {
  /** What each call of `steps` is fed: `[K, …]`. The state and `steps` itself are not among them. */
  readonly inputs: readonly Port[];
  /** What each call of `steps` returns: `[K, …]`. */
  readonly outputs: readonly Port[];
  /**
   * Run `count` steps and keep the state they lead to.
   * If it throws, the state is as it was before the call, or where it is written over itself lost, which is then said.
   * @param feeds each stacked: `[count, …]`.
   * @returns the scan outputs, each stacked: `[count, …]`.
   */
  steps(
    feeds: Readonly<Record<string, Tensor>>,
    count: number,
    options?: RunOptions,
  ): Promise<Record<string, Tensor>>;
  /**
   * Put the state back to what it was before the last call of `steps`; possible once after each, and not after
   * `writeState`. It costs nothing: the state before is there until the next steps begin.
   * @throws OptionError when there is nothing to put back.
   */
  undo?(): Promise<void>;
  /**
   * Whether the state is written over itself, see `overwriteState()`. Then nothing can be undone; but a step with a scalar
   * that is not finite is refused: it gives its scalars, the state stays as it was before, and the block ends there, the
   * outputs of its further steps being those of this one.
   */
  readonly refuses?: boolean;
  /** A copy of the state as it is now. */
  readState(): Promise<Map<string, Tensor>>;
  /** Replace some or all of the state. @throws ShapeError for an unknown name or another shape or type. */
  writeState(state: ReadonlyMap<string, Tensor>, options?: RunOptions): Promise<void>;
  /**
   * Another graph whose inputs that carry names of the state read the state as it is when it runs, and those that carry
   * names of what is frozen read that: validation, calibration. Its `inputs` are the others.
   */
  evaluator(model: Uint8Array, options?: SessionOptions): Promise<Session>;
  /**
   * Another training graph over the same state, of the same names, types and shapes: the steps of either move it, and no
   * byte of it is copied. It ends with the session that it is made of.
   */
  sharing(model: Uint8Array, options?: SessionOptions): Promise<TrainingSession>;
  dispose(): Promise<void>;
}
