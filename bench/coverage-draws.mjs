// Predictions of trainings whose truth is known, and what a row of `npm run bench -- coverage` expects of a finding.
import { decide } from "../dist/statistics/index.js";

/** Φ⁻¹, by Acklam's rational approximation (relative error below 1.15e-9). */
export function probit(p) {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
    2.506628277459239,
  ];
  const b = [
    -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
  ];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
      ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1)
    );
  }
  if (p > 1 - 0.02425) return -probit(1 - p);
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q) /
    (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1)
  );
}

const clamp = (p) => Math.min(0.995, Math.max(0.005, p));
export const normals = (d, n) => Float64Array.from({ length: n }, () => d.normal());

/**
 * Right and wrong predictions of trainings: [method][seed][sample].
 * @param accuracies expected accuracy of each method
 * @param sds standard deviation of each method's trainings
 * @param rho correlation of the difficulty within a group
 * @param difficulty root of the share of the variance that is the sample's for all trainings
 * @param interaction standard deviation of a method's own difficulties
 */
export function drawPredictions(
  d,
  { n, seeds, accuracies, sds, groups, rho = 0, difficulty = 0.8, interaction = 0 },
) {
  const own = normals(d, n);
  const shared = groups ? normals(d, Math.max(...groups) + 1) : undefined;
  const hardness = groups
    ? own.map((u, i) => Math.sqrt(rho) * shared[groups[i]] + Math.sqrt(1 - rho) * u)
    : own;
  const rest = Math.sqrt(1 - difficulty ** 2 - interaction ** 2);
  return accuracies.map((accuracy, method) => {
    const taste = interaction > 0 ? normals(d, n) : undefined;
    return Array.from({ length: seeds }, () => {
      const p = probit(clamp(accuracy + (sds[method] ?? sds[0]) * d.normal()));
      return Float64Array.from({ length: n }, (_, i) =>
        Number(p + difficulty * hardness[i] + (taste ? interaction * taste[i] : 0) + rest * d.normal() > 0),
      );
    });
  });
}

/** Settings of two methods that are equally good. */
export const alike = (n, seeds, sd, more = {}) => ({
  n,
  seeds,
  accuracies: [0.8, 0.8],
  sds: [sd / Math.SQRT2],
  ...more,
});
export const excludesZero = ({ interval }) => interval !== null && (interval[0] > 0 || interval[1] < 0);
export const covers = ({ interval }, truth) =>
  interval !== null && interval[0] <= truth && truth <= interval[1];
/** What a 95 % interval promises. */
export const usual = [0.92, 0.98];
/** Conservative results are allowed with few seeds or samples. */
export const atMost = (bound) => [0, bound];

/** True if a finding names a winner among equals. */
export const decidesFalsely = (found) => ["better", "worse"].includes(decide(found, { margin: 0 }));
