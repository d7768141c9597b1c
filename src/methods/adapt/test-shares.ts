import { type Draws, draws } from "../../core/random.js";
import { cholesky } from "../../linalg/cholesky.js";
import { type GroupsOfDomains, unitsOf } from "./distances.js";

/** Divisions of the rows. Enough to know p = 0.05 to ± 0.014. */
const divisions = 999;
/** Share of the mean variance that is added, so that classes that are never predicted do no harm. */
const ridge = 1e-6;

/**
 * Tests whether the classes have other shares in the target than in the source: a score test, with p by permutation.
 *
 * U = Σ_{i in target} (p_i − p̄)   T = Uᵀ S⁻¹ U
 *
 * p_i are the probabilities of row i, p̄ and S their mean and covariance over both domains. U is the derivative of the log-likelihood of
 * the shares, at those of the source. If nothing differs, the rows of both domains can be exchanged. So p counts random divisions of the
 * rows with at least this T. Both domains are samples, so the test counts the uncertainty of the old shares too.
 * @param source,target calibrated probabilities, float64[N, C] and float64[M, C]
 * @returns p, at least 1 / 1000
 * @see Rao, "Large Sample Tests of Statistical Hypotheses Concerning Several Parameters", 1948
 */
export function testShares(
  source: Float64Array,
  target: Float64Array,
  classes: number,
  { seed = 0, groups }: { readonly seed?: number; readonly groups?: GroupsOfDomains | undefined } = {},
): number {
  const [n, m] = [source.length / classes, target.length / classes];
  // The last class follows from the others.
  const k = classes - 1;
  const rows = new Float64Array((n + m) * k);
  for (let i = 0; i < n + m; i++) {
    const [from, at] = i < n ? [source, i] : [target, i - n];
    for (let c = 0; c < k; c++) rows[i * k + c] = from[at * classes + c]!;
  }
  centre(rows, k);
  const factor = factorOf(rows, k);
  if (!factor) return 1;
  const units = unitsOf(n, m, groups);
  // A group counts with the sum of its rows.
  const sums = units.map((own) => sumOf(rows, own, k));
  const first = units.filter(([row]) => row! < n).length;
  const order = units.map((_, unit) => unit);
  const statistic = (): number => scoreOf(sums, order.slice(first), factor, k);
  const found = statistic();
  let asFar = 0;
  for (let division = 0; division < divisions; division++) {
    shuffle(order, draws(seed, "shares", division));
    // Sums in another order differ by rounding.
    if (statistic() >= found * (1 - 1e-9)) asFar++;
  }
  return (1 + asFar) / (1 + divisions);
}

function centre(rows: Float64Array, k: number): void {
  const mean = new Float64Array(k);
  rows.forEach((v, at) => {
    mean[at % k]! += (v * k) / rows.length;
  });
  rows.forEach((v, at) => {
    rows[at] = v - mean[at % k]!;
  });
}

/** Returns the Cholesky factor of the covariance; undefined if no row differs from another. */
function factorOf(rows: Float64Array, k: number): Float64Array | undefined {
  const covariance = new Float64Array(k * k);
  for (let row = 0; row < rows.length; row += k)
    for (let a = 0; a < k; a++)
      for (let b = 0; b <= a; b++)
        covariance[a * k + b]! += (rows[row + a]! * rows[row + b]! * k) / rows.length;
  let trace = 0;
  for (let a = 0; a < k; a++) trace += covariance[a * k + a]!;
  for (let a = 0; a < k; a++) covariance[a * k + a]! += (ridge * trace) / k;
  return cholesky(covariance, k);
}

function sumOf(rows: Float64Array, own: readonly number[], k: number): Float64Array {
  const sum = new Float64Array(k);
  for (const row of own) for (let c = 0; c < k; c++) sum[c]! += rows[row * k + c]!;
  return sum;
}

/** ‖L⁻¹ U‖² with U the sum over some units. */
function scoreOf(
  sums: readonly Float64Array[],
  units: readonly number[],
  factor: Float64Array,
  k: number,
): number {
  const solved = new Float64Array(k);
  for (const unit of units) for (let c = 0; c < k; c++) solved[c]! += sums[unit]![c]!;
  let score = 0;
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < a; b++) solved[a]! -= factor[a * k + b]! * solved[b]!;
    solved[a]! /= factor[a * k + a]!;
    score += solved[a]! ** 2;
  }
  return score;
}

function shuffle(order: number[], draw: Draws): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = draw.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
}
