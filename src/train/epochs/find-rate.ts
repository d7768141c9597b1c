import { EngraftError, stopIf } from "../../core/errors.js";
import type { Tensor } from "../../core/tensor.js";
import type { Value } from "../../graph/node.js";
import type { Schedule } from "../../optim/index.js";
import type { FitOptions } from "../fit-options.js";
import { type LoopOptions, type StepFeeds, stackBlock } from "../loop.js";
import { StepSource } from "../step/step-source.js";

/** The sweep of fastai's `lr_find`, callback/schedule.py. */
const sweep = { from: 1e-7, to: 10, updates: 100, stopAt: 4, dropFirst: 0.1, dropLast: 5 } as const;

/** Steps that run at once; a non-finite loss loses at most these. */
const most = 8;

/** Result of a sweep. */
export interface RateSweep {
  /** Suggested peak rate of the fastest group; the other rates keep their ratio to it. */
  readonly suggested: number;
  /** Rates of the updates, and the smoothed loss after each. */
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly seconds: number;
}

/**
 * Finds a learning rate: 100 updates with a rate that grows geometrically from 1e-7 to 10, until the smoothed loss is
 * four times its lowest or not finite. The first tenth and the last five are dropped. The suggestion is the middle of
 * the longest falling run of losses ("valley": a third of it, plus half a third). All groups' rates grow together, with
 * their ratios. The state is restored bit for bit.
 *
 * rate_i = 1e-7 · (10 / 1e-7)^(i / 100),   loss_i smoothed with β = .98 and bias-corrected
 * @throws NumericError if the loss is not finite at the start: then no rate helps
 * @see Smith, "Cyclical Learning Rates for Training Neural Networks", 2017; fastai `Learner.lr_find`
 */
export async function findRate(
  fit: Pick<FitOptions, "feeds" | "rates" | "stepsPerEpoch" | "accumulate" | "signal" | "onEvent">,
  loop: Pick<LoopOptions, "session" | "step">,
): Promise<RateSweep> {
  const { accumulate = 1, stepsPerEpoch, signal } = fit;
  const { session } = loop;
  const begin = performance.now();
  const before = await session.readState();
  const peak = Math.max(...fit.rates);
  const schedule: Schedule = (p) => ({ rate: sweep.from * (sweep.to / sweep.from) ** p });
  const total = sweep.updates * accumulate;
  const options: LoopOptions = {
    ...loop,
    schedule,
    rates: fit.rates.map((rate) => rate / peak),
    totalSteps: total,
    from: 0,
    to: total,
    feeds: endless(fit.feeds, stepsPerEpoch),
    clock: (step) => ({
      update: Math.floor(step / accumulate),
      position: Math.floor(step / accumulate) / sweep.updates,
      applies: step % accumulate === accumulate - 1,
    }),
  };
  const source = new StepSource(options.feeds);
  const raw: number[] = [];
  let smooth: number[] = [];
  try {
    while (raw.length < total && !over(smooth)) {
      stopIf(signal);
      const rows = await source.take(Math.min(most, total - raw.length));
      const out = await session.steps(stackBlock(options, rows, raw.length), rows.length, { transfer: true });
      for (const loss of out.loss!.data as Float32Array) raw.push(loss);
      fit.onEvent?.({ event: "progress", phase: "rate", done: raw.length, total, unit: "steps" });
      smooth = smoothed(meansOf(raw, accumulate));
    }
  } finally {
    await source.end();
    await session.writeState(before as ReadonlyMap<Value, Tensor>);
  }
  if (raw.length < total)
    fit.onEvent?.({ event: "progress", phase: "rate", done: total, total, unit: "steps" });
  const stop = smooth.findIndex((_, i) => over(smooth.slice(0, i + 1)));
  const losses = stop < 0 ? smooth : smooth.slice(0, Number.isFinite(smooth[stop]) ? stop + 1 : stop);
  const rates = losses.map((_, i) => schedule(i / sweep.updates).rate);
  const first = Math.min(Math.floor(sweep.updates * sweep.dropFirst), Math.max(0, losses.length - 1));
  const last = Math.max(first + 1, losses.length - sweep.dropLast);
  if (losses.length < 2)
    throw new EngraftError("NumericError", `the loss is ${raw[0]} before the first step of the rate finder`, {
      help: "look for broken items or labels: no rate helps",
      details: { losses: raw },
    });
  const suggested = rates[first + longestValley(losses.slice(first, last))]!;
  return { suggested, rates, losses, seconds: (performance.now() - begin) / 1000 };
}

/** True if the last loss is not finite, or four times the lowest so far. */
function over(losses: readonly number[]): boolean {
  return losses.some((v, i) => !Number.isFinite(v) || v > sweep.stopAt * Math.min(...losses.slice(0, i + 1)));
}

function meansOf(values: readonly number[], of: number): number[] {
  const out: number[] = [];
  for (let i = 0; i + of <= values.length; i += of)
    out.push(values.slice(i, i + of).reduce((a, b) => a + b, 0) / of);
  return out;
}

/** Yields the steps of one epoch after another. */
async function* endless(feeds: FitOptions["feeds"], stepsPerEpoch: number): AsyncGenerator<StepFeeds> {
  for (let epoch = 0; stepsPerEpoch > 0; epoch++) yield* feeds(epoch, 0);
}

/** Share of the old value in the smoothed one. @see fastai `AvgSmoothLoss` */
const beta = 0.98;

/**
 * Exponential average with bias correction:
 *
 * s ← β s + (1 - β) x,   the n-th value is s / (1 - βⁿ)
 */
export function smoothed(values: readonly number[]): number[] {
  let s = 0;
  return values.map((x, i) => {
    s = beta * s + (1 - beta) * x;
    return s / (1 - beta ** (i + 1));
  });
}

/**
 * Returns the position of the suggested rate: in the longest falling run of losses (not necessarily of neighbours), a
 * third and a sixth of its length after its start.
 * @param losses one for each rate, rates growing
 * @returns a position in them
 * @see fastai callback/schedule.py `valley`; a run is counted from its end, as there
 */
export function longestValley(losses: readonly number[]): number {
  const lengths = losses.map(() => 1);
  let [from, to] = [0, 0];
  for (let i = 1; i < losses.length; i++)
    for (let j = 0; j < i; j++) {
      if (losses[i]! < losses[j]! && lengths[i]! < lengths[j]! + 1) lengths[i] = lengths[j]! + 1;
      if (lengths[to]! < lengths[i]!) {
        to = i;
        from = to - lengths[to]!;
      }
    }
  const third = Math.trunc((to - from) / 3);
  return Math.max(0, from + third + Math.trunc(third / 2));
}
