import { arrayOf, type TensorData } from "../core/dtype.js";
import { EngraftError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Schedule } from "../optim/index.js";
import type { Ahead, TrainingSession } from "../runtime/runtime.js";
import { appliesName } from "./step/accumulate.js";
import type { Clock } from "./step/clock.js";
import type { Step } from "./step/step.js";
import { type StepFeeds, StepSource } from "./step/step-source.js";

export type { StepFeeds } from "./step/step-source.js";

export interface LoopOptions {
  readonly session: TrainingSession;
  readonly step: Pick<Step, "perStep">;
  /** Steps of the whole run, which the schedule spans unless `clock` is given. */
  readonly totalSteps: number;
  /**
   * Returns the update of a step, and its position in the schedule. Default: each step is one update, of `totalSteps`.
   */
  readonly clock?: Clock;
  /**
   * First step of this call and the step before which it stops: an epoch, or the rest of it. The end may change while
   * it runs.
   */
  readonly from: number;
  readonly to: number | (() => number);
  readonly schedule: Schedule;
  /** Peak learning rate of each group. */
  readonly rates: readonly number[];
  /** First step in which each group trains: before, its rate is 0. Default: 0 for all. */
  readonly firstSteps?: readonly number[];
  /** Momentum or β₁ if the schedule does not set it. Default 0.9. */
  readonly momentum?: number;
  /** Data of the steps `from` … `to - 1`, in order. */
  readonly feeds: AsyncIterable<StepFeeds>;
  /** Target time of a block of steps in seconds, until Ctrl-C and the progress bar react. Default 0.5. */
  readonly blockSeconds?: number;
  /** Bytes of the state, which is copied into and out of the runtime once per block. Default 0. */
  readonly stateBytes?: number;
  /**
   * Explains why a step is not finite: called with the state before that step, the step's feeds, and the name of a
   * scalar that is NaN or infinite. Its result ends the message.
   */
  readonly explain?: (feeds: StepFeeds, scalar: string) => Promise<string | undefined>;
  /** Called after every block. It may be asynchronous (a checkpoint), and may throw to stop. */
  readonly onBlock?: (block: BlockReport) => Promise<void> | void;
}

export interface BlockReport {
  /** Steps done in the whole run. */
  readonly done: number;
  /** Mean of each scalar over the block's steps, by name. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Each scalar of each of the block's steps. */
  readonly each: Readonly<Record<string, Float32Array>>;
  /** Seconds of one step in this block. */
  readonly secondsPerStep: number;
  /** Factor of the peak rate in the block's last step. */
  readonly rate: number;
}

export interface LoopReport {
  /** Sums over all steps, by scalar. */
  readonly sums: Readonly<Record<string, number>>;
  readonly steps: number;
}

/** Most steps of a block: more stacked feeds would cost memory without benefit. */
const maxBlock = 64;

/** Longest block in seconds for a large state: the time until Ctrl-C and the progress bar react. */
const maxBlockSeconds = 6.5;
/**
 * Seconds to copy a byte of state in and out (`bench -- step` reports it as state_ms), and the largest share of a
 * block's time for it.
 */
const [moving, share] = [0.6e-9, 0.03];

/**
 * Steps of one run of the runtime: as many as take `blockSeconds`, and more if copying the state would otherwise take
 * over 3 % of the time, up to 6.5 s.
 */
export function stepsPerBlock(secondsPerStep: number, blockSeconds = 0.5, stateBytes = 0): number {
  const forState = Math.min(
    Math.ceil((stateBytes * moving) / (share * secondsPerStep)),
    Math.floor(maxBlockSeconds / secondsPerStep),
  );
  return Math.max(1, Math.min(maxBlock, Math.max(Math.round(blockSeconds / secondsPerStep), forState)));
}

/**
 * Trains over some steps, in blocks of K that the runtime runs without returning. While one block runs, the data of the
 * next is prepared. The division into blocks does not change any bit of the result.
 *
 * @throws NumericError if the loss, or another scalar, is not finite: the state is then the one before the block, or
 * before that step ({@link TrainingSession.refuses})
 */
export async function runSteps(options: LoopOptions): Promise<LoopReport> {
  const { session, from, blockSeconds, stateBytes } = options;
  const { to } = options;
  const end = typeof to === "number" ? () => to : to;
  const source = new StepSource(options.feeds);
  const sums: Record<string, number> = {};
  let size = 1;
  let done = from;
  let secondsPerStep = Number.POSITIVE_INFINITY;
  const take = (): Promise<Taken> => sentAhead(options, source.take(Math.min(size, end() - done)));
  let next = take();
  try {
    while (done < end()) {
      const taken = await next;
      const rows = taken.rows.slice(0, end() - done);
      if (rows.length === 0) {
        throw new EngraftError("InternalError", `the data ended at step ${done} of ${end()}`, {
          help: "please report this",
        });
      }
      const first = done;
      done += rows.length;
      const begin = performance.now();
      // A block that is cut short is sent anew.
      const ahead = rows.length === taken.rows.length ? taken.ahead : undefined;
      const block = stackBlock(options, rows, first, ahead?.names);
      const running = session.steps(block, rows.length, { transfer: true, ahead });
      // The next block's data is decoded and sent while this one computes; an error there is thrown when it is awaited.
      next = take();
      next.catch(() => undefined);
      const outputs = await running;
      const seconds = (performance.now() - begin) / 1000 / rows.length;
      secondsPerStep = Math.min(secondsPerStep * 1.5, seconds);
      size = stepsPerBlock(secondsPerStep, blockSeconds, stateBytes);
      const bad = notFinite(outputs);
      if (bad) throw await diverged(options, rows, first, bad);
      const scalars = addUp(outputs, rows.length, sums);
      const { rate } = options.schedule(tickOf(options, done - 1).position);
      const each = Object.fromEntries(Object.entries(outputs).map(([n, t]) => [n, t.data as Float32Array]));
      await options.onBlock?.({ done, scalars, each, secondsPerStep: seconds, rate });
    }
  } finally {
    await source.end();
  }
  return { sums, steps: done - from };
}

/** Steps of a block, and their data if it was sent ahead. */
interface Taken {
  readonly rows: readonly StepFeeds[];
  readonly ahead?: Ahead;
}

/** Sends the data of the next block to a session that it has to travel to. The schedule's numbers follow: they may still change. */
async function sentAhead({ session, step }: LoopOptions, taking: Promise<StepFeeds[]>): Promise<Taken> {
  const rows = await taking;
  if (!session.ahead || rows.length === 0) return { rows };
  return { rows, ahead: await session.ahead(stackData(step, rows), rows.length) };
}

/** Returns the data of a block, stacked to [K, …]. */
function stackData({ perStep }: LoopOptions["step"], rows: readonly StepFeeds[]): Record<string, Tensor> {
  const names = Object.keys(rows[0]!).filter((name) => perStep.includes(name));
  return Object.fromEntries(names.map((name) => [name, stack(rows.map((row) => row[name]!))]));
}

function tickOf({ clock, totalSteps }: LoopOptions, step: number): ReturnType<Clock> {
  return clock?.(step) ?? { update: step, position: step / totalSteps, applies: true };
}

/**
 * Returns the feeds of a block: data stacked to [K, …], and rates, momentum and update number of each step.
 * @param sent names of data that was sent ahead: it is left out
 */
export function stackBlock(
  options: LoopOptions,
  rows: readonly StepFeeds[],
  first: number,
  sent?: readonly string[],
): Record<string, Tensor> {
  const k = rows.length;
  const groups = options.rates.length;
  const rates = new Float32Array(k * groups);
  const momentum = new Float32Array(k);
  const step = new Float32Array(k);
  const applies = new Float32Array(k);
  for (let i = 0; i < k; i++) {
    const tick = tickOf(options, first + i);
    const now = options.schedule(tick.position);
    options.rates.forEach((peak, group) => {
      const moves = first + i >= (options.firstSteps?.[group] ?? 0);
      rates[i * groups + group] = moves ? peak * now.rate : 0;
    });
    momentum[i] = now.momentum ?? options.momentum ?? 0.9;
    step[i] = tick.update + 1;
    applies[i] = tick.applies ? 1 : 0;
  }
  const all: Record<string, Tensor> = {
    rates: { dtype: "float32", dims: [k, groups], data: rates },
    momentum: { dtype: "float32", dims: [k], data: momentum },
    step: { dtype: "float32", dims: [k], data: step },
    [appliesName]: { dtype: "float32", dims: [k], data: applies },
  };
  const data = sent ? {} : stackData(options.step, rows);
  const names = options.step.perStep.filter((name) => name in all || !sent);
  return Object.fromEntries(names.map((name) => [name, all[name] ?? data[name]!]));
}

/** Stacks tensors of one type and shape: K × [a, b] becomes [K, a, b]. */
export function stack(tensors: readonly Tensor[]): Tensor {
  const { dtype, dims, data } = tensors[0]!;
  if (dtype === "string") throw new EngraftError("InternalError", "strings cannot be stacked");
  const out = new (arrayOf(dtype))(data.length * tensors.length);
  tensors.forEach((t, i) => {
    (out as Float32Array).set(t.data as unknown as Float32Array, i * data.length);
  });
  return { dtype, dims: [tensors.length, ...dims], data: out as unknown as TensorData } as Tensor;
}

function addUp(
  outputs: Readonly<Record<string, Tensor>>,
  steps: number,
  sums: Record<string, number>,
): Record<string, number> {
  const means: Record<string, number> = {};
  for (const [name, { data }] of Object.entries(outputs)) {
    let sum = 0;
    for (const v of data as Float32Array) sum += v;
    sums[name] = (sums[name] ?? 0) + sum;
    means[name] = sum / steps;
  }
  return means;
}

/** A non-finite scalar of a block. */
interface Bad {
  readonly scalar: string;
  /** Step within the block. */
  readonly at: number;
  readonly number: number;
}

/** Returns the first step with a non-finite scalar; if there are several, the loss. */
function notFinite(outputs: Readonly<Record<string, Tensor>>): Bad | undefined {
  let first: Bad | undefined;
  for (const [scalar, { data }] of Object.entries(outputs)) {
    const numbers = data as Float32Array;
    const at = numbers.findIndex((v) => !Number.isFinite(v));
    if (at < 0 || (first && (first.at < at || (first.at === at && scalar !== "loss")))) continue;
    first = { scalar, at, number: numbers[at]! };
  }
  return first;
}

/** Restores the state at the start of the block, and reports which value of the bad step first was not finite. */
async function diverged(
  options: LoopOptions,
  rows: readonly StepFeeds[],
  first: number,
  { scalar, at, number }: Bad,
): Promise<EngraftError> {
  const { session, explain } = options;
  let why: string | undefined;
  const explained = async (): Promise<void> => {
    const feeds = stackBlock(options, [rows[at]!], first + at);
    const single = Object.entries(feeds).map(([name, t]) => [name, { ...t, dims: t.dims.slice(1) }]);
    why = await explain?.(Object.fromEntries(single) as StepFeeds, scalar);
  };
  if (session.refuses) await explained();
  else if (session.undo) {
    await session.undo();
    // The state before the bad step: run the good steps of the block again.
    const again = explain !== undefined && at > 0;
    if (again) await session.steps(stackBlock(options, rows.slice(0, at), first), at);
    await explained();
    if (again) await session.undo();
  }
  const what = scalar === "loss" ? "the loss" : `"${scalar}"`;
  return new EngraftError("NumericError", `${what} became ${number} at step ${first + at + 1}`, {
    at: why,
    help: "use a smaller learning rate (--lr), or look for broken items or labels",
    details: { step: first + at + 1, scalar, ...(why !== undefined && { why }) },
  });
}
