import { EngraftError } from "../core/errors.js";
import { draws } from "../core/random.js";

/** Test errors of trainings on n items, one of each seed. */
export interface CurvePoint {
  readonly n: number;
  /** 0 … 1 */
  readonly errors: readonly number[];
}

/** error(n) = floor + scale · n^(−rate) */
export interface PowerLaw {
  readonly floor: number;
  readonly scale: number;
  readonly rate: number;
}

/** A law that was fitted, and what other seeds and test items could have given. */
export interface FittedCurve extends PowerLaw {
  /** Laws of the redrawn points. */
  readonly redrawn: readonly PowerLaw[];
  /** Share of the variance between sizes that the law explains, weighted. */
  readonly explained: number;
  /** The largest size measured: what lies beyond is extrapolated. */
  readonly measured: number;
}

export const errorAt = ({ floor, scale, rate }: PowerLaw, n: number): number => floor + scale * n ** -rate;

/** Items that a law needs for an error; Infinity where it never gets there. */
export function itemsFor({ floor, scale, rate }: PowerLaw, error: number): number {
  if (error <= floor || rate <= 0) return Number.POSITIVE_INFINITY;
  return (scale / (error - floor)) ** (1 / rate);
}

const rates = Array.from({ length: 60 }, (_, i) => 0.05 * 1.065 ** i);
const redraws = 400;

/**
 * Fit a power law to a learning curve, with what chance could have made of it.
 *
 * minimise Σ_n w_n (ē_n − floor − scale · n^(−rate))²,  w_n = 1 / (s²_n / K + ē_n (1 − ē_n) / N)
 * over floor ≥ 0, scale ≥ 0 and rates from .05 to 2: linear in floor and scale for each rate. s² is pooled over the sizes
 * (a few seeds say little about one size), and N the number of test items. The interval is a parametric bootstrap: points are
 * drawn anew around the measured means with those variances, and fitted again.
 *
 * @throws DataError for fewer than 4 sizes: three parameters go through any three points
 * @see Hestness et al. 2017, "Deep learning scaling is predictable, empirically"
 */
export function fitPowerLaw(points: readonly CurvePoint[], testItems: number, seed = 0): FittedCurve {
  if (points.length < 4)
    throw new EngraftError("DataError", `a learning curve needs at least 4 sizes, got ${points.length}`, {
      details: { sizes: points.map(({ n }) => n) },
    });
  const means = points.map(({ errors }) => mean(errors));
  const pooled = pooledVariance(points);
  const variances = points.map(({ errors }, i) => {
    // Half an item each way: an error of 0 is not certain either.
    const e = (means[i]! * testItems + 0.5) / (testItems + 1);
    return pooled / errors.length + (e * (1 - e)) / testItems;
  });
  const sizes = points.map(({ n }) => n);
  const weights = variances.map((v) => 1 / v);
  const fit = fitter(sizes, weights);
  const law = fit(means);
  const redrawn = Array.from({ length: redraws }, (_, r) => {
    const d = draws(seed, "learning curve", r);
    return fit(means.map((e, i) => Math.min(1, Math.max(0, e + Math.sqrt(variances[i]!) * d.normal()))));
  });
  const total = weights.reduce((sum, w) => sum + w, 0);
  const centre = weights.reduce((sum, w, i) => sum + w * means[i]!, 0) / total;
  const around = weights.reduce((sum, w, i) => sum + w * (means[i]! - centre) ** 2, 0);
  const left = weights.reduce((sum, w, i) => sum + w * (means[i]! - errorAt(law, sizes[i]!)) ** 2, 0);
  return { ...law, redrawn, explained: around > 0 ? 1 - left / around : 0, measured: Math.max(...sizes) };
}

/** Items for an error with the 95 % interval over the redrawn curves; its ends may be Infinity. */
export function itemsInterval(curve: FittedCurve, error: number): readonly [number, number, number] {
  const sorted = curve.redrawn.map((law) => itemsFor(law, error)).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  return [itemsFor(curve, error), at(0.025), at(0.975)];
}

/** Fits error curves over the same sizes: what depends on the sizes alone is computed once. */
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

function pooledVariance(points: readonly CurvePoint[]): number {
  let squares = 0;
  let degrees = 0;
  for (const { errors } of points) {
    const m = mean(errors);
    squares += errors.reduce((sum, e) => sum + (e - m) ** 2, 0);
    degrees += errors.length - 1;
  }
  return degrees > 0 ? squares / degrees : 0;
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
