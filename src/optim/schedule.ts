/** A schedule: from the position in the run (0: first step, 1: behind the last) to a factor of the peak rate. */
export type Schedule = (position: number) => { readonly rate: number; readonly momentum?: number };

const cosine = (from: number, to: number, t: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * t))) / 2;

/** The same rate throughout. */
export const constant = (): Schedule => () => ({ rate: 1 });

/** Half a cosine from 1 to `end`. @see Loshchilov & Hutter, "SGDR", 2017, without restarts */
export const cosineDecay =
  ({ end = 0 }: { readonly end?: number } = {}): Schedule =>
  (p) => ({ rate: cosine(1, end, p) });

/**
 * One-cycle: up along a cosine from 1/div to 1 in the first `start` of the run, down to 1/divFinal in the
 * rest; momentum .95 → .85 → .95 against it.
 * Defaults are fastai's `fit_one_cycle` (div 25, div_final 1e5, pct_start .25, moms .95 .85 .95).
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

export const schedules = { constant, cosine: cosineDecay, "one-cycle": oneCycle } as const;
export type ScheduleName = keyof typeof schedules;
