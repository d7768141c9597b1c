import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-common";
import { EngraftError } from "../core/errors.js";
import { isStatic, type StaticShape } from "../core/shape.js";
import { int64, type Tensor, zeros } from "../core/tensor.js";
import { overOutput, stateOutput, stepsInput, stopOutput } from "../graph/loop-names.js";
import { checkCount, checkFeeds, checkValue, describe } from "./feeds.js";
import {
  copyOf,
  freeOrt,
  type OrtModule,
  onDevice,
  portsOf,
  type RunOnce,
  toOrt,
  typed,
} from "./ort-tensors.js";
import type { Port, RunOptions, Session, SessionOptions, TrainingSession, TrainingSpec } from "./runtime.js";
import { rowOf, stackRows } from "./step-rows.js";
import { isRefusal, runInto } from "./write-in-place.js";

export type OrtTensors = ReadonlyMap<string, OrtTensor>;

/** The state of a training session, as evaluators see it. */
export interface StateView {
  readonly current: OrtTensors;
  /** Values that never change. */
  readonly frozen: OrtTensors;
}

/** The state of one or more training graphs. */
export interface SharedState extends StateView {
  current: OrtTensors;
  frozen: OrtTensors;
  /** The state before the last steps, until the next steps begin. */
  before?: OrtTensors | undefined;
  /** Memory of discarded states, by name: outputs are written into it. */
  readonly spare: Map<string, OrtTensor[]>;
  /** True if a step failed after it had begun to overwrite the state. */
  torn: boolean;
}

/** What a training session needs of its runtime. */
export interface TrainingHost {
  readonly ort: OrtModule;
  /** True if outputs are written into given memory, see {@link runInto}. */
  readonly inPlace: boolean;
  inOrder<T>(call: () => Promise<T>): Promise<T>;
  run<R>(native: InferenceSession, label: string, work: (run: RunOnce) => Promise<R>): Promise<R>;
  /** Returns the values of tensors; those on a device are copied. */
  read(values: readonly OrtTensor[]): Promise<Tensor[]>;
  evaluator(model: Uint8Array, options: SessionOptions, state: StateView): Promise<Session>;
  sharing(model: Uint8Array, options: SessionOptions, owner: LocalTraining): Promise<LocalTraining>;
  release(session: LocalTraining, native: InferenceSession): Promise<void>;
}

/** A training graph and its state: a Loop over the steps of a block, or a graph of one step that runs K times. */
export class LocalTraining implements TrainingSession {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private readonly label: string;
  /** Evaluators read it. */
  readonly held: SharedState;
  /** Other graphs that train this session's state. */
  private readonly sharers: LocalTraining[] = [];
  /** True if the graph runs all steps of a block by itself. */
  private readonly loops: boolean;
  /** The inputs that are state. */
  private readonly statePorts: ReadonlyMap<string, Port>;
  /** The inputs that never change; a graph that shares its state has only some of them. */
  private readonly fixed: readonly string[];
  private readonly fetches: readonly string[];
  /** The output that holds the next value of each state. */
  private readonly nexts: ReadonlyMap<string, string>;
  /** States that are overwritten in place. */
  private readonly over: ReadonlySet<string>;
  readonly refuses: boolean;
  /** Outputs of a step besides the state. */
  private readonly results: readonly Port[];
  /** True if outputs are written into given memory. */
  private readonly inPlace: boolean;
  private readonly countDims: readonly number[];
  /** The owner of the state, if it is another session. */
  private readonly owner: LocalTraining | undefined;

  constructor(
    private readonly host: TrainingHost,
    private readonly native: InferenceSession,
    given: TrainingSpec | LocalTraining,
    options: SessionOptions,
  ) {
    this.owner = given instanceof LocalTraining ? given : undefined;
    const state: ReadonlyMap<string, unknown> = this.owner?.held.current ?? (given as TrainingSpec).state;
    const frozen: ReadonlyMap<string, unknown> =
      this.owner?.held.frozen ?? (given as TrainingSpec).frozen ?? new Map();
    this.label = options.label ?? "the training graph";
    const inputs = portsOf(native.inputMetadata, this.label);
    const stops = native.outputNames.includes(stopOutput);
    const outputs = portsOf(
      native.outputMetadata.filter((m) => m.name !== stopOutput),
      this.label,
    );
    const steps = inputs.find((p) => p.name === stepsInput);
    const noInput = (name: string) => (inputs.some((p) => p.name === name) ? [] : [`input "${name}"`]);
    const wanted = this.owner ? [] : [...frozen.keys()].flatMap(noInput);
    const has = (name: string) => outputs.some((p) => p.name === name);
    for (const name of state.keys())
      wanted.push(
        ...noInput(name),
        ...([stateOutput(name), overOutput(name)].some(has) ? [] : [`output "${stateOutput(name)}"`]),
      );
    if (steps && steps.type.dtype !== "int64") wanted.push(`int64 input "${stepsInput}"`);
    if (wanted.length > 0) {
      throw new EngraftError("ModelError", `${this.label} has no ${wanted.slice(0, 8).join(" and no ")}`, {
        help: `make it with loopModel() or stepModel(); its inputs are ${describe(inputs)}`,
      });
    }
    this.loops = steps !== undefined;
    const inBlocks = (port: Port): Port => (this.loops ? port : stackedPort(port));
    const ports = (of: ReadonlyMap<string, unknown>) =>
      new Map(inputs.filter((p) => of.has(p.name)).map((p) => [p.name, p]));
    this.statePorts = ports(state);
    const frozenPorts = ports(frozen);
    this.fixed = [...frozenPorts.keys()];
    this.inputs = inputs
      .filter((p) => p !== steps && !state.has(p.name) && !frozen.has(p.name))
      .map(inBlocks);
    this.nexts = new Map(
      [...state.keys()].map((n) => [n, has(overOutput(n)) ? overOutput(n) : stateOutput(n)]),
    );
    const next = new Set(this.nexts.values());
    this.results = outputs.filter((p) => !next.has(p.name));
    this.outputs = this.results.map(inBlocks);
    this.inPlace = stops && host.inPlace && this.results.every((p) => isStatic(p.type.shape));
    const over = [...this.nexts]
      .filter(([name, output]) => output === overOutput(name))
      .map(([name]) => name);
    this.refuses = over.length > 0;
    this.over = new Set(this.inPlace ? over : []);
    this.fetches = outputs.map((p) => p.name);
    this.countDims = (steps?.type.shape?.length ?? 0) === 0 ? [] : [1];
    const owned = (values: ReadonlyMap<string, Tensor>, into: ReadonlyMap<string, Port>): OrtTensors => {
      const { transfer = false } = given as TrainingSpec;
      return new Map([...values].map(([name, value]) => [name, this.owned(name, value, transfer, into)]));
    };
    if (given instanceof LocalTraining) {
      this.held = given.held;
      for (const [name, port] of [...this.statePorts, ...frozenPorts])
        checkValue(port, typed((given.held.current.get(name) ?? given.held.frozen.get(name))!), this.label);
    } else
      this.held = {
        current: owned(given.state, this.statePorts),
        frozen: owned(given.frozen ?? new Map(), frozenPorts),
        spare: new Map(),
        torn: false,
      };
  }

  /**
   * Returns our own copy, unless the tensor was given away: later changes by the caller must not change the weights.
   */
  private owned(name: string, value: Tensor, given: boolean, ports = this.statePorts): OrtTensor {
    const port = ports.get(name);
    if (!port) {
      throw new EngraftError("ShapeError", `${this.label}: "${name}" is not part of its state`, {
        help: `its state is ${describe([...this.statePorts.values()])}`,
      });
    }
    checkValue(port, value, this.label);
    return toOrt(this.host.ort, given ? value : copyOf(value));
  }

  async steps(feeds: Readonly<Record<string, Tensor>>, count: number): Promise<Record<string, Tensor>> {
    checkFeeds(this.inputs, feeds, this.label);
    checkCount(feeds, count, this.label);
    return this.host.run(this.native, this.label, async (run) => {
      const { held } = this;
      this.checkWhole();
      const start = held.current;
      this.forget();
      try {
        const results = this.loops
          ? await this.loop(run, { ...feeds, [stepsInput]: int64(this.countDims, [count]) })
          : await this.oneByOne(run, feeds, count);
        if (!this.refuses) held.before = start;
        return results;
      } catch (error) {
        if (this.over.size > 0) held.torn = true;
        if (held.current !== start && !this.refuses) this.discard(held.current);
        held.current = start;
        throw error;
      }
    });
  }

  private checkWhole(): void {
    if (this.held.torn)
      throw new EngraftError(
        "OptionError",
        `${this.label}: a step failed while it wrote the state, so the state is lost`,
        { help: "write a whole state, or resume from the last checkpoint" },
      );
  }

  /** Runs a graph that runs all steps by itself. */
  private async loop(run: RunOnce, feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const { results } = await this.step(run, feeds);
    const values = await this.host.read(results);
    freeOrt(results);
    return Object.fromEntries(this.outputs.map(({ name }, i) => [name, values[i]!]));
  }

  /** Runs a graph of one step `count` times. The outputs are read at the end, so that a device need not wait between steps. */
  private async oneByOne(
    run: RunOnce,
    feeds: Readonly<Record<string, Tensor>>,
    count: number,
  ): Promise<Record<string, Tensor>> {
    const rows: (readonly OrtTensor[])[] = [];
    let refused = false;
    for (let k = 0; k < count && !refused; k++) {
      const own = Object.entries(feeds).map(([name, value]) => [name, rowOf(value, k)] as const);
      const last = this.held.current;
      const made = await this.step(run, Object.fromEntries(own));
      rows.push(made.results);
      ({ refused } = made);
      // The state between two steps of a block is never restored, nor one that is overwritten.
      if ((k > 0 || this.refuses) && !refused) this.discard(last);
    }
    const values = await this.host.read(rows.flat());
    freeOrt(rows.flat());
    const width = this.outputs.length;
    // Steps that did not run repeat the outputs of the refused one.
    const at = (k: number): number => Math.min(k, rows.length - 1) * width;
    return Object.fromEntries(
      this.outputs.map(({ name }, i) => [
        name,
        stackRows(Array.from({ length: count }, (_, k) => values[at(k) + i]!)),
      ]),
    );
  }

  /** Runs the graph once: updates the state, unless the step was refused, and returns the other outputs. */
  private async step(
    run: RunOnce,
    feeds: Readonly<Record<string, Tensor>>,
  ): Promise<{ readonly results: readonly OrtTensor[]; readonly refused: boolean }> {
    const all: Record<string, OrtTensor> = Object.fromEntries(this.held.current);
    for (const name of this.fixed) all[name] = this.held.frozen.get(name)!;
    for (const [name, value] of Object.entries(feeds)) all[name] = toOrt(this.host.ort, value);
    const { made, refused } = this.inPlace ? await this.written(run, all) : await this.copied(run, all);
    if (!refused)
      this.held.current = new Map(
        [...this.held.current.keys()].map((name) => [name, made[this.nexts.get(name)!]!]),
      );
    return { results: this.outputs.map(({ name }) => made[name]!), refused };
  }

  /** Returns the outputs of a run, as the runtime gives them. */
  private async copied(run: RunOnce, feeds: Readonly<Record<string, OrtTensor>>): Promise<Made> {
    try {
      return { made: await run(feeds, this.fetches), refused: false };
    } catch (error) {
      if (!this.refuses || !isRefusal(error)) throw error;
      // A refused step has no outputs: some of these were not finite.
      const unknown = this.results.map(({ name, type }) => {
        const dims = (type.shape ?? []).map((d) => (typeof d === "number" ? d : 1));
        const value = zeros("float32", dims);
        value.data.fill(Number.NaN);
        return [name, toOrt(this.host.ort, value)];
      });
      return { made: Object.fromEntries(unknown), refused: true };
    }
  }

  /** Returns the outputs of a run, in memory of an earlier state, or written over the state. */
  private async written(run: RunOnce, feeds: Readonly<Record<string, OrtTensor>>): Promise<Made> {
    const { current, frozen, spare } = this.held;
    const alone = aloneOf([...current.values(), ...frozen.values()]);
    const into: Record<string, OrtTensor> = {};
    for (const [name, value] of current)
      into[this.nexts.get(name)!] =
        this.over.has(name) && alone(value) ? value : (spare.get(name)?.pop() ?? this.room(typed(value)));
    for (const { name, type } of this.results)
      into[name] = this.room({ dtype: type.dtype, dims: type.shape as StaticShape });
    return { refused: !(await runInto(run, feeds, into)), made: into };
  }

  private room({ dtype, dims }: Pick<Tensor, "dtype" | "dims">): OrtTensor {
    return toOrt(this.host.ort, zeros(dtype as "float32", dims));
  }

  /** Recycles a state that is never restored. Tensors from outside may share their memory. */
  private discard(state: OrtTensors): void {
    freeOrt(state.values());
    if (!this.inPlace) return;
    const { spare } = this.held;
    for (const [name, value] of state) {
      if (this.held.current.get(name) === value) continue;
      const { buffer, byteLength } = value.data as Float32Array;
      if (buffer.byteLength === byteLength) spare.set(name, [...(spare.get(name) ?? []), value]);
    }
  }

  async undo(): Promise<void> {
    await this.host.inOrder(async () => {
      if (!this.held.before) {
        throw new EngraftError("OptionError", `${this.label}: there are no steps to undo`, {
          help: "one call of steps can be undone, before anything else writes the state",
        });
      }
      this.discard(this.held.current);
      this.held.current = this.held.before;
      this.held.before = undefined;
    });
  }

  /** Forgets the state before the last steps. */
  private forget(): void {
    if (this.held.before) this.discard(this.held.before);
    this.held.before = undefined;
  }

  async readState(): Promise<Map<string, Tensor>> {
    return this.host.inOrder(async () => {
      this.checkWhole();
      const { current } = this.held;
      const values = await this.host.read([...current.values()]);
      return new Map(
        [...current].map(([name, value], i) => [name, onDevice(value) ? values[i]! : copyOf(values[i]!)]),
      );
    });
  }

  async writeState(state: ReadonlyMap<string, Tensor>, { transfer = false }: RunOptions = {}): Promise<void> {
    const made = [...state].map(([name, value]) => [name, this.owned(name, value, transfer)] as const);
    await this.host.inOrder(async () => {
      this.forget();
      freeOrt(made.flatMap(([name]) => this.held.current.get(name) ?? []));
      this.held.current = new Map([...this.held.current, ...made]);
      if (made.length === this.held.current.size) this.held.torn = false;
    });
  }

  async evaluator(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    return this.host.evaluator(model, options, this.held);
  }

  async sharing(model: Uint8Array, options: SessionOptions = {}): Promise<LocalTraining> {
    const made = await this.host.sharing(model, options, this);
    this.sharers.push(made);
    return made;
  }

  async dispose(): Promise<void> {
    // The state belongs to its owner. Tensors on a device are freed through the session that made them.
    if (!this.owner)
      await this.host.inOrder(async () => {
        this.forget();
        freeOrt([...this.held.current.values(), ...this.held.frozen.values()]);
        this.held.current = new Map();
        this.held.frozen = new Map();
        this.held.spare.clear();
      });
    for (const one of this.sharers.splice(0)) await one.dispose();
    await this.host.release(this, this.native);
  }
}

/** Outputs of a run, by name; for a refused one without the state. */
interface Made {
  readonly made: Readonly<Record<string, OrtTensor>>;
  readonly refused: boolean;
}

/** Returns which tensors own their memory: only these may be overwritten. */
function aloneOf(tensors: readonly OrtTensor[]): (value: OrtTensor) => boolean {
  const bufferOf = (value: OrtTensor) => (value.data as Float32Array).buffer;
  const users = new Map<unknown, number>();
  for (const t of tensors) users.set(bufferOf(t), (users.get(bufferOf(t)) ?? 0) + 1);
  return (value) =>
    users.get(bufferOf(value)) === 1 &&
    bufferOf(value).byteLength === (value.data as Float32Array).byteLength;
}

/** A port of a step, as the caller of a block sees it. */
function stackedPort({ name, type }: Port): Port {
  return { name, type: { ...type, shape: type.shape && ["K", ...type.shape] } };
}
