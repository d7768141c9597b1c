import { EngraftError } from "../core/errors.js";

/** Mean test error of the trainings on n samples. */
export interface CurvePoint {
  readonly n: number;
  /** 0 … 1 */
  readonly error: number;
  /** Variance of the error over other trainings and other test samples. */
  readonly variance: number;
}

/** error(n) = floor + scale · n^(−rate) */
export interface PowerLaw {
  readonly floor: number;
  readonly scale: number;
  readonly rate: number;
}

/** A fitted law, and its variation over other trainings and test samples. */
export interface FittedCurve extends PowerLaw {
  /** Laws of the resampled errors; null if nothing was resampled. */
  readonly redrawn: readonly PowerLaw[] | null;
  /** Share of the variance between sizes that the law explains, weighted. */
  readonly explained: number;
  /** Largest measured size: larger ones are extrapolated. */
  readonly measured: number;
}

export const errorAt = ({ floor, scale, rate }: PowerLaw, n: number): number => floor + scale * n ** -rate;

/** Items that a law needs for an error; Infinity if it is never reached. */
export function itemsFor({ floor, scale, rate }: PowerLaw, error: number): number {
  if (error <= floor || rate <= 0) return Number.POSITIVE_INFINITY;
  return (scale / (error - floor)) ** (1 / rate);
}

const rates = Array.from({ length: 60 }, (_, i) => 0.05 * 1.065 ** i);

/**
 * Fits a power law to a learning curve.
 *
 * minimise Σ_n w_n (ē_n − floor − scale · n^(−rate))²,  w_n = 1 / variance_n
 * over floor ≥ 0, scale ≥ 0 and rates from .05 to 2: linear in floor and scale for each rate.
 *
 * @param redrawn resampled errors of the same sizes: a law is fitted to each
 * @throws DataError for fewer than 4 sizes, because three parameters fit any three points
 * @see Hestness et al. 2017, "Deep learning scaling is predictable, empirically"
 */
export function fitPowerLaw(
  points: readonly CurvePoint[],
  redrawn: readonly (readonly number[])[] | null = null,
): FittedCurve {
  if (points.length < 4)
    throw new EngraftError("DataError", `a learning curve needs at least 4 sizes, got ${points.length}`, {
      details: { sizes: points.map(({ n }) => n) },
    });
  const errors = points.map(({ error }) => error);
  const sizes = points.map(({ n }) => n);
  const weights = points.map(({ variance }) => 1 / variance);
  const fit = fitter(sizes, weights);
  const law = fit(errors);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const centre = weights.reduce((sum, w, i) => sum + w * errors[i]!, 0) / total;
  const around = weights.reduce((sum, w, i) => sum + w * (errors[i]! - centre) ** 2, 0);
  const left = weights.reduce((sum, w, i) => sum + w * (errors[i]! - errorAt(law, sizes[i]!)) ** 2, 0);
  return {
    ...law,
    redrawn: redrawn?.map((own) => fit(own.map((e) => Math.min(1, Math.max(0, e))))) ?? null,
    explained: around > 0 ? 1 - left / around : 0,
    measured: Math.max(...sizes),
  };
}

/** The 95 % interval of resampled values; both ends are values. */
function middle(values: readonly number[]): readonly [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  return [at(0.025), at(0.975)];
}

/** The 95 % interval of the items for an error; its ends may be Infinity; null for one seed. */
export function itemsInterval(curve: FittedCurve, error: number): readonly [number, number] | null {
  const { redrawn } = curve;
  return redrawn && middle(redrawn.map((law) => itemsFor(law, error)));
}

/**
 * The 95 % interval of the ratio of b's items to a's items for an error, over the same resamples of both.
 * @param most largest size at which the laws hold: b beyond it is at least that many; a beyond it gives no information
 */
export function timesInterval(
  a: FittedCurve,
  b: FittedCurve,
  error: number,
  most: number,
): readonly [number, number] | null {
  const { redrawn } = b;
  if (!a.redrawn || !redrawn) return null;
  const items = a.redrawn.map((law, r) => [itemsFor(law, error), itemsFor(redrawn[r]!, error)] as const);
  const low = items.map(([of, by]) => (of > most ? 0 : Math.min(by, most) / of));
  const high = items.map(([of, by]) => (of > most || by > most ? Number.POSITIVE_INFINITY : by / of));
  return [middle(low)[0], middle(high)[1]];
}

/** Fits error curves over the same sizes; computations that depend only on the sizes are shared. */
function fitter(sizes: readonly number[], w: readonly number[]): (errors: readonly number[]) => PowerLaw {
  const sum = (values: readonly number[]): number => values.reduce((total, v, i) => total + w[i]! * v, 0);
  const n = w.reduce((total, one) => total + one, 0);
  const tried = rates.map((rate) => {
    const x = sizes.map((size) => size ** -rate);
    return { rate, x, sx: sum(x), sxx: sum(x.map((v) => v * v)) };
  });
  return (y) => {
    const sy = sum(y);
    let best: PowerLaw = { floor: sy / n, scale: 0, rate: rates[0]! };
    let least = Number.POSITIVE_INFINITY;
    for (const { rate, x, sx, sxx } of tried) {
      // y ≈ floor + scale · x by weighted least squares, both at least 0.
      const sxy = x.reduce((total, v, i) => total + w[i]! * v * y[i]!, 0);
      let scale = Math.max(0, (n * sxy - sx * sy) / (n * sxx - sx * sx));
      let floor = (sy - scale * sx) / n;
      if (floor < 0) [floor, scale] = [0, sxy / sxx];
      const loss = y.reduce((total, v, i) => total + w[i]! * (v - floor - scale * x[i]!) ** 2, 0);
      if (loss < least) [best, least] = [{ floor, scale, rate }, loss];
    }
    return best;
  };
}
