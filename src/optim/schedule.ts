import type { ScheduleName } from "./names.js";

/**
 * A schedule: maps the position in the run (0: first step, 1: after the last) to a factor of the peak learning rate.
 */
export type Schedule = (position: number) => { readonly rate: number; readonly momentum?: number };

const cosine = (from: number, to: number, t: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * t))) / 2;

/** Constant rate. */
export const constant = (): Schedule => () => ({ rate: 1 });

/** Half a cosine from 1 to `end`. @see Loshchilov & Hutter, "SGDR", 2017, without restarts */
export const cosineDecay =
  ({ end = 0 }: { readonly end?: number } = {}): Schedule =>
  (p) => ({ rate: cosine(1, end, p) });

/**
 * One-cycle: up along a cosine from 1/div to 1 in the first `start` of the run, then down to 1/divFinal. Momentum goes
 * .95 → .85 → .95 in the opposite direction. Defaults are those of fastai's `fit_one_cycle` (div 25, div_final 1e5,
 * pct_start .25, moms .95 .85 .95).
 * @see Smith, "Super-Convergence", 2018; fastai callback/schedule.py
 */
export const oneCycle =
  ({
    start = 0.25,
    div = 25,
    divFinal = 1e5,
    moms = [0.95, 0.85, 0.95],
  }: {
    readonly start?: number;
    readonly div?: number;
    readonly divFinal?: number;
    readonly moms?: readonly [number, number, number];
  } = {}): Schedule =>
  (p) =>
    p < start
      ? { rate: cosine(1 / div, 1, p / start), momentum: cosine(moms[0], moms[1], p / start) }
      : {
          rate: cosine(1, 1 / divFinal, (p - start) / (1 - start)),
          momentum: cosine(moms[1], moms[2], (p - start) / (1 - start)),
        };

/** Divided by 1 / `factor` at each of the positions `at`. Default: one division by 10 at 60 % of the run. */
export const step =
  ({
    at = [0.6],
    factor = 0.1,
  }: {
    readonly at?: readonly number[];
    readonly factor?: number;
  } = {}): Schedule =>
  (p) => ({ rate: factor ** at.filter((position) => p >= position).length });

/**
 * Half a cosine from 1 to `end`, restarted `cycles` times; each cycle is `growth` times as long as the one before.
 * @see Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017 (T_mult is `growth`)
 */
export const cosineRestarts =
  ({
    cycles = 3,
    growth = 2,
    end = 0,
  }: {
    readonly cycles?: number;
    readonly growth?: number;
    readonly end?: number;
  } = {}): Schedule =>
  (p) => {
    const lengths = Array.from({ length: cycles }, (_, i) => growth ** i);
    let rest = p * lengths.reduce((a, b) => a + b, 0);
    let cycle = 0;
    while (cycle < cycles - 1 && rest >= lengths[cycle]!) rest -= lengths[cycle++]!;
    return { rate: cosine(1, end, rest / lengths[cycle]!) };
  };

/**
 * Linear from 0 to 1 in the first `warmup` of the run, then linear to 0.
 * @see Devlin et al., "BERT", 2019, appendix A.2
 */
export const linear =
  ({ warmup = 0.1 }: { readonly warmup?: number } = {}): Schedule =>
  (p) => ({ rate: p < warmup ? p / warmup : (1 - p) / (1 - warmup) });

/**
 * A short linear rise and a long linear fall:
 *
 * q = p / cut below `cut`, (1 - p) / (1 - cut) from there on,   rate = (1 + q (ratio - 1)) / ratio
 * @see Howard & Ruder, "Universal Language Model Fine-tuning for Text Classification", 2018, equation 3
 */
export const slantedTriangular =
  ({ cut = 0.1, ratio = 32 }: { readonly cut?: number; readonly ratio?: number } = {}): Schedule =>
  (p) => {
    const q = p < cut ? p / cut : (1 - p) / (1 - cut);
    return { rate: (1 + q * (ratio - 1)) / ratio };
  };

/** (1 - p)^power, down to 0. @see torch.optim.lr_scheduler.PolynomialLR (power 1 is its default) */
export const polynomial =
  ({ power = 1 }: { readonly power?: number } = {}): Schedule =>
  (p) => ({ rate: (1 - p) ** power });

/**
 * Share of a warmup-stable-decay schedule in which the rate falls. 10 to 20 % are as good as a cosine over the whole
 * run.
 */
export const decayShare = 0.2;

/**
 * Warm-up, stable, decay: from 0 to 1 in the first `warmup` of the run, then constant, then to 0 in the last `decay`:
 *
 * rate = min(1, p / warmup, (1 - p) / decay)
 *
 * The constant part has no fixed length, so a run can train until it stops improving and only then decay the rate.
 * @see Hägele et al., "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations", 2024, section 3
 */
export const warmupStableDecay =
  ({
    warmup = 0.05,
    decay = decayShare,
  }: {
    readonly warmup?: number;
    readonly decay?: number;
  } = {}): Schedule =>
  (p) => ({ rate: Math.min(1, p / warmup, (1 - p) / decay) });

/** The schedules by name, as in options and the manifest. */
export const schedules = {
  constant,
  cosine: cosineDecay,
  "cosine-restarts": cosineRestarts,
  linear,
  "one-cycle": oneCycle,
  polynomial,
  "slanted-triangular": slantedTriangular,
  step,
  "warmup-stable-decay": warmupStableDecay,
} as const satisfies Record<ScheduleName, (o?: never) => Schedule>;
