import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-common";
import { EngraftError } from "../core/errors.js";
import { int64, type Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import { stateOutput, stepsInput } from "../graph/loop-names.js";
import { checkCount, checkFeeds, checkFetches, checkValue, describe } from "./feeds.js";
import { explainOrt } from "./ort-errors.js";
import { copyOf, fromOrt, type OrtModule, portsOf, toOrt } from "./ort-tensors.js";
import type {
  Port,
  RunOptions,
  Runtime,
  Session,
  SessionOptions,
  TrainingSession,
  TrainingSpec,
} from "./runtime.js";

export interface LocalOptions {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  /** Options of every session, over those that this file chooses. */
  readonly sessionOptions?: InferenceSession.SessionOptions;
  /** Its form of a graph, where it has one. */
  readonly fit?: (graph: Graph) => Graph;
  /** Wraps every call that is busy inside native code. */
  readonly guard?: <T>(call: () => Promise<T>) => Promise<T>;
}

type OrtFeeds = Record<string, OrtTensor>;

/** 4: fatal errors only. What goes wrong is thrown, so the runtime need not print it as well. */
const quiet = 4;

/** A runtime in the thread that calls it, over any onnxruntime package. Calls run one after the other. */
export class LocalRuntime implements Runtime {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  readonly fit?: (graph: Graph) => Graph;
  private readonly sessions = new Set<LocalSession | LocalTraining>();
  /** The end of the line: the next call waits for it. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly ort: OrtModule,
    private readonly options: LocalOptions,
  ) {
    this.name = options.name;
    this.version = options.version;
    this.threads = options.threads;
    if (options.fit) this.fit = options.fit;
  }

  async session(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const native = await this.load(model, options, true);
    return this.keep(native, () => new LocalSession(this, native, options));
  }

  async training(model: Uint8Array, spec: TrainingSpec): Promise<TrainingSession> {
    const options = { label: "the training graph", ...spec.options };
    const native = await this.load(model, options, false);
    return this.keep(native, () => new LocalTraining(this, native, spec, options));
  }

  async close(): Promise<void> {
    for (const session of this.sessions) await session.dispose();
  }

  /** Remember the session, or free what it was made of when it cannot be used. */
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

  /** Do this when everything that was asked for before is done. */
  inOrder<T>(call: () => Promise<T>): Promise<T> {
    const guard = this.options.guard ?? ((run) => run());
    const result = this.last.then(() => guard(call));
    this.last = result.catch(() => undefined);
    return result;
  }

  async load(model: Uint8Array, options: SessionOptions, memoryPattern: boolean): Promise<InferenceSession> {
    const { profile } = options;
    const native: InferenceSession.SessionOptions = {
      graphOptimizationLevel: options.optimization ?? "all",
      // On, the first steps of a large training graph spend seconds on page faults and the peak doubles.
      enableMemPattern: options.memoryPattern ?? memoryPattern,
      enableCpuMemArena: options.memoryArena ?? true,
      executionMode: "sequential",
      logSeverityLevel: quiet,
      ...(options.spinning === false ? { extra: { session: { intra_op: { allow_spinning: "0" } } } } : {}),
      ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
      ...this.options.sessionOptions,
    };
    try {
      return await this.inOrder(() => this.ort.InferenceSession.create(model, native));
    } catch (error) {
      throw explainOrt(error, "load", options.label ?? "the model");
    }
  }

  /**
   * Run when it is this call's turn: only then the feeds are gathered, so that they hold the state that the
   * calls before it left. The results are the runtime's own new tensors: a preallocated one is not written on wasm.
   */
  async run<R>(
    native: InferenceSession,
    label: string,
    fetches: readonly string[],
    feeds: () => OrtFeeds,
    then: (results: InferenceSession.ReturnType) => R,
  ): Promise<R> {
    try {
      return await this.inOrder(async () =>
        then(await native.run(feeds(), fetches, { logSeverityLevel: quiet })),
      );
    } catch (error) {
      throw explainOrt(error, "run", label);
    }
  }
}

/** The state of a training session, as others may see it. */
interface StateView {
  readonly current: ReadonlyMap<string, OrtTensor>;
}

class LocalSession implements Session {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private readonly label: string;
  /** Inputs that read the state of a training session. */
  private readonly fromState: readonly string[];

  constructor(
    private readonly runtime: LocalRuntime,
    private readonly native: InferenceSession,
    options: SessionOptions,
    private readonly state: StateView = { current: new Map() },
  ) {
    this.label = options.label ?? "the model";
    const inputs = portsOf(native.inputMetadata, this.label);
    const { current } = state;
    this.inputs = inputs.filter((p) => !current.has(p.name));
    this.outputs = portsOf(native.outputMetadata, this.label);
    this.fromState = inputs.filter((p) => current.has(p.name)).map((p) => p.name);
    for (const port of inputs) {
      const value = current.get(port.name);
      if (value) checkValue(port, fromOrt(value), `${this.label}, fed with the state of the training`);
    }
  }

  async run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[] = this.outputs.map((p) => p.name),
  ): Promise<Record<string, Tensor>> {
    checkFeeds(this.inputs, feeds, this.label);
    checkFetches(this.outputs, fetches, this.label);
    const gather = (): OrtFeeds => {
      const all: OrtFeeds = {};
      for (const name of this.fromState) all[name] = this.state.current.get(name)!;
      for (const { name } of this.inputs) all[name] = toOrt(this.runtime.ort, feeds[name]!);
      return all;
    };
    return this.runtime.run(this.native, this.label, fetches, gather, (results) => pick(results, fetches));
  }

  async dispose(): Promise<void> {
    await this.runtime.release(this, this.native);
  }
}

class LocalTraining implements TrainingSession {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private readonly label: string;
  /** The state as it is now; evaluators read it. */
  readonly current = new Map<string, OrtTensor>();
  /** The state before the last steps, until the next begin. */
  private before: ReadonlyMap<string, OrtTensor> | undefined;
  /** The inputs that are state. */
  private readonly statePorts: ReadonlyMap<string, Port>;
  private readonly fetches: readonly string[];
  private readonly countDims: readonly number[];

  constructor(
    private readonly runtime: LocalRuntime,
    private readonly native: InferenceSession,
    { state, transfer = false }: TrainingSpec,
    options: SessionOptions,
  ) {
    this.label = options.label ?? "the training graph";
    const inputs = portsOf(native.inputMetadata, this.label);
    const outputs = portsOf(native.outputMetadata, this.label);
    const steps = inputs.find((p) => p.name === stepsInput);
    const wanted = [...state.keys()].flatMap((name) => [
      ...(inputs.some((p) => p.name === name) ? [] : [`input "${name}"`]),
      ...(outputs.some((p) => p.name === stateOutput(name)) ? [] : [`output "${stateOutput(name)}"`]),
    ]);
    if (steps?.type.dtype !== "int64") wanted.push(`int64 input "${stepsInput}"`);
    if (!steps || wanted.length > 0) {
      throw new EngraftError("ModelError", `${this.label} has no ${wanted.slice(0, 8).join(" and no ")}`, {
        help: `make it with loopModel(); its inputs are ${describe(inputs)}`,
      });
    }
    this.statePorts = new Map(inputs.filter((p) => state.has(p.name)).map((p) => [p.name, p]));
    this.inputs = inputs.filter((p) => p !== steps && !state.has(p.name));
    const next = new Set([...state.keys()].map(stateOutput));
    this.outputs = outputs.filter((p) => !next.has(p.name));
    this.fetches = outputs.map((p) => p.name);
    this.countDims = (steps.type.shape?.length ?? 0) === 0 ? [] : [1];
    for (const [name, value] of state) this.current.set(name, this.owned(name, value, transfer));
  }

  /** A copy of our own, unless it was given away: what the caller does with it later must not move the weights. */
  private owned(name: string, value: Tensor, given: boolean): OrtTensor {
    const port = this.statePorts.get(name);
    if (!port) {
      throw new EngraftError("ShapeError", `${this.label}: "${name}" is not part of its state`, {
        help: `its state is ${describe([...this.statePorts.values()])}`,
      });
    }
    checkValue(port, value, this.label);
    return toOrt(this.runtime.ort, given ? value : copyOf(value));
  }

  async steps(feeds: Readonly<Record<string, Tensor>>, count: number): Promise<Record<string, Tensor>> {
    checkFeeds(this.inputs, feeds, this.label);
    checkCount(feeds, count, this.label);
    const gather = (): OrtFeeds => {
      this.before = undefined;
      const all: OrtFeeds = Object.fromEntries(this.current);
      for (const { name } of this.inputs) all[name] = toOrt(this.runtime.ort, feeds[name]!);
      all[stepsInput] = toOrt(this.runtime.ort, int64(this.countDims, [count]));
      return all;
    };
    return this.runtime.run(this.native, this.label, this.fetches, gather, (results) => {
      this.before = new Map(this.current);
      for (const name of this.current.keys()) this.current.set(name, results[stateOutput(name)]!);
      return pick(
        results,
        this.outputs.map((p) => p.name),
      );
    });
  }

  async undo(): Promise<void> {
    await this.runtime.inOrder(async () => {
      if (!this.before) {
        throw new EngraftError("OptionError", `${this.label}: there are no steps to undo`, {
          help: "one call of steps can be undone, before anything else writes the state",
        });
      }
      for (const [name, value] of this.before) this.current.set(name, value);
      this.before = undefined;
    });
  }

  async readState(): Promise<Map<string, Tensor>> {
    return this.runtime.inOrder(
      async () => new Map([...this.current].map(([name, value]) => [name, copyOf(fromOrt(value))])),
    );
  }

  async writeState(state: ReadonlyMap<string, Tensor>, { transfer = false }: RunOptions = {}): Promise<void> {
    const made = [...state].map(([name, value]) => [name, this.owned(name, value, transfer)] as const);
    await this.runtime.inOrder(async () => {
      this.before = undefined;
      for (const [name, value] of made) this.current.set(name, value);
    });
  }

  async evaluator(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    const named = { label: "the evaluation graph", ...options };
    const native = await this.runtime.load(model, named, false);
    return this.runtime.keep(native, () => new LocalSession(this.runtime, native, named, this));
  }

  async dispose(): Promise<void> {
    await this.runtime.release(this, this.native);
    this.before = undefined;
    this.current.clear();
  }
}

function pick(results: InferenceSession.ReturnType, names: readonly string[]): Record<string, Tensor> {
  return Object.fromEntries(names.map((name) => [name, fromOrt(results[name]!)]));
}
