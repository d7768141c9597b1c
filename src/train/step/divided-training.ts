import { arrayOf } from "../../core/dtype.js";
import type { Undivided } from "../../core/messages/warning-en.js";
import { type Tensor, zeros } from "../../core/tensor.js";
import type { Value } from "../../graph/node.js";
import { type NextParts, onGpu } from "../../runtime/gpu/batch-parts.js";
import type { Ahead, Port, RunOptions, StepsOptions, TrainingSession } from "../../runtime/runtime.js";
import { appliesName } from "./accumulate.js";
import { feedNames, massScalar, partInput } from "./state-names.js";
import type { Step } from "./step.js";
import type { StepFeeds } from "./step-source.js";

export interface Division {
  /** The step of one part of a batch; it sums gradients. */
  readonly step: Step;
  /** Parts of a batch, from 1 on. */
  readonly parts: number;
  /** State that is zero between two steps, and that nobody outside sees. */
  readonly hidden: Step["state"];
  /** How the run can go on if the memory is too little for a part. */
  readonly next: () => NextParts | Exclude<Undivided, "not-a-batch">;
}

/**
 * A training on a GPU whose batches run in parts. Their gradients are summed, and the last part changes the weights:
 *
 * G = Σⱼ mⱼ gⱼ / Σⱼ mⱼ,   mⱼ the mass of part j
 *
 * So feeds, steps, state and scalars are those of whole batches. Parts that hold only padding rows are left out.
 */
export class DividedTraining implements TrainingSession {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly refuses: boolean;
  readonly ahead?: (feeds: Readonly<Record<string, Tensor>>, count: number) => Promise<Ahead>;
  private readonly rows: ReadonlySet<Value>;
  private readonly zeros: ReadonlyMap<Value, Tensor>;

  constructor(
    private readonly session: TrainingSession,
    private readonly division: Division,
  ) {
    const { step, parts, hidden } = division;
    this.rows = new Set(step.rows);
    this.inputs = session.inputs.map((port) => (this.rows.has(port.name) ? wholePort(port, parts) : port));
    this.outputs = session.outputs.filter(({ name }) => name !== massScalar);
    this.refuses = session.refuses === true;
    if (session.ahead) this.ahead = (feeds, count) => this.send(feeds, count);
    this.zeros = new Map(hidden.map(({ input, initial }) => [input, zeros("float32", initial.dims)]));
  }

  async steps(
    feeds: Readonly<Record<string, Tensor>>,
    count: number,
    options?: StepsOptions,
  ): Promise<Record<string, Tensor>> {
    const { parts, next } = this.division;
    if (parts === 1) return onGpu(() => this.session.steps(feeds, count, options), next);
    const sent = options?.ahead as PartsAhead | undefined;
    const taken = sent?.taken ?? this.partsTaken(feeds, count);
    const own = { transfer: true, ahead: sent?.inner };
    const outputs = await onGpu(
      () => this.session.steps(this.divided(feeds, taken), taken.length, own),
      next,
    );
    return joined(outputs, taken, count);
  }

  private async send(feeds: Readonly<Record<string, Tensor>>, count: number): Promise<Ahead> {
    if (this.division.parts === 1) return this.session.ahead!(feeds, count);
    const taken = this.partsTaken(feeds, count);
    const inner = await this.session.ahead!(this.divided(feeds, taken), taken.length);
    const sent: PartsAhead = { names: inner.names, taken, inner };
    return sent;
  }

  /** Returns the feeds of each part of one step, not stacked. */
  partsOf(feeds: StepFeeds): PartFeeds[] {
    if (this.division.parts === 1) return [{ feeds, firstRow: 0 }];
    const rows = feeds[feedNames("train").x]!.dims[0]! / this.division.parts;
    const stacked = Object.fromEntries(
      Object.entries(feeds).map(([name, t]) => [name, { ...t, dims: [1, ...t.dims] } as Tensor]),
    );
    const single = (t: Tensor): Tensor => ({ ...t, dims: t.dims.slice(1) });
    return this.partsTaken(stacked, 1).map((part) => ({
      feeds: Object.fromEntries(
        Object.entries(this.divided(stacked, [part])).map(([name, t]) => [name, single(t)]),
      ),
      firstRow: part.part * rows,
    }));
  }

  /** Returns the parts that hold a row that counts: at least one of each step. */
  private partsTaken(feeds: Readonly<Record<string, Tensor>>, count: number): Taken[] {
    const { parts } = this.division;
    const weights = feeds[feedNames("train").weights]!.data as Float32Array;
    const size = weights.length / count / parts;
    const taken: Taken[] = [];
    for (let step = 0; step < count; step++) {
      const first = taken.length;
      for (let part = 0; part < parts; part++) {
        const from = (step * parts + part) * size;
        if (weights.subarray(from, from + size).some((w) => w !== 0)) taken.push({ step, part, last: false });
      }
      if (taken.length === first) taken.push({ step, part: 0, last: false });
      taken[taken.length - 1] = { ...taken.at(-1)!, last: true };
    }
    return taken;
  }

  /** Returns the feeds of parts, stacked. */
  private divided(feeds: Readonly<Record<string, Tensor>>, taken: readonly Taken[]): Record<string, Tensor> {
    const { parts, step } = this.division;
    const all: Record<string, Tensor> = {};
    for (const name of step.perStep) {
      // The schedule's numbers and the data may come in two calls.
      if (!(name in feeds) && name !== partInput) continue;
      if (name === partInput) {
        if (!(appliesName in feeds)) continue;
        all[name] = numbers(taken.map(({ part }) => part));
        continue;
      }
      const { dtype, dims, data } = feeds[name]!;
      const [count = 1, ...rest] = dims;
      const isRows = this.rows.has(name);
      const size = data.length / count / (isRows ? parts : 1);
      const made = new (arrayOf(dtype as "float32"))(taken.length * size);
      taken.forEach(({ step: k, part, last }, i) => {
        const from = isRows ? (k * parts + part) * size : k * size;
        if (name !== appliesName || last)
          made.set((data as Float32Array).subarray(from, from + size), i * size);
      });
      const own = isRows ? [rest[0]! / parts, ...rest.slice(1)] : rest;
      all[name] = { dtype, dims: [taken.length, ...own], data: made } as Tensor;
    }
    return all;
  }

  async undo(): Promise<void> {
    await this.session.undo?.();
  }

  async readState(): Promise<Map<string, Tensor>> {
    const state = await this.session.readState();
    for (const name of this.zeros.keys()) state.delete(name);
    return state;
  }

  writeState(state: ReadonlyMap<string, Tensor>, options?: RunOptions): Promise<void> {
    const own = [...this.zeros].map(([name, value]) => [name, zeros("float32", value.dims)] as const);
    return this.session.writeState(new Map<string, Tensor>([...state, ...own]), options);
  }

  evaluator(...given: Parameters<TrainingSession["evaluator"]>): ReturnType<TrainingSession["evaluator"]> {
    return this.session.evaluator(...given);
  }

  sharing(...given: Parameters<TrainingSession["sharing"]>): Promise<TrainingSession> {
    return this.session.sharing(...given);
  }

  dispose(): Promise<void> {
    return this.session.dispose();
  }
}

/** Feeds that were sent ahead, divided. */
interface PartsAhead extends Ahead {
  readonly taken: readonly Taken[];
  readonly inner: Ahead;
}

/** Feeds of a part of a batch, and the place of its first row in the batch. */
export interface PartFeeds {
  readonly feeds: StepFeeds;
  readonly firstRow: number;
}

/** A part that runs: its step within the block, its place in the batch, and whether it ends the step. */
interface Taken {
  readonly step: number;
  readonly part: number;
  readonly last: boolean;
}

/** Scalars of a step that are sums over its rows. */
const summed: ReadonlySet<string> = new Set(["correct", "count"]);
/** Scalars of the summed gradient: the last part has them. */
const ofUpdate: ReadonlySet<string> = new Set(["gradient_norm"]);

/** Returns the scalars of whole batches: sums, and means weighted by the parts' masses. */
function joined(
  { [massScalar]: mass, ...outputs }: Readonly<Record<string, Tensor>>,
  taken: readonly Taken[],
  count: number,
): Record<string, Tensor> {
  const masses = mass!.data as Float32Array;
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => {
      const found = new Array<number>(count).fill(0);
      const weights = new Array<number>(count).fill(0);
      taken.forEach(({ step, last }, i) => {
        const value = (data as Float32Array)[i]!;
        if (ofUpdate.has(name)) found[step] = last ? value : found[step]!;
        else found[step]! += summed.has(name) ? value : masses[i]! * value;
        weights[step]! += masses[i]!;
      });
      const isMean = !summed.has(name) && !ofUpdate.has(name);
      return [name, numbers(isMean ? found.map((v, k) => meanOf(v, weights[k]!)) : found)];
    }),
  );
}

/** A batch without mass has the mean 0, as its loss; NaN stays NaN. */
const meanOf = (sum: number, mass: number): number => (mass === 0 ? sum : sum / mass);

const numbers = (values: readonly number[]): Tensor => ({
  dtype: "float32",
  dims: [values.length],
  data: Float32Array.from(values),
});

/** Returns an input of parts as one of whole batches: [K, rows, …]. */
function wholePort({ name, type }: Port, parts: number): Port {
  const [block, rows, ...rest] = type.shape ?? [];
  if (block === undefined || typeof rows !== "number") return { name, type };
  return { name, type: { ...type, shape: [block, rows * parts, ...rest] } };
}
