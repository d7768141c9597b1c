/** KernelSHAP: Shapley values from a weighted least-squares problem over random masks. */
import { EngraftError } from "../core/errors.js";
import { draws } from "../core/random.js";
import { cholesky, choleskySolve } from "../linalg/cholesky.js";
import { studentQuantile } from "../statistics/index.js";
import { evaluateMasks, type MaskedModel, uniformMask } from "./masked-model.js";
import type { ShapleyOptions, ShapleyValues } from "./shapley-values.js";

/** Pairs that are drawn between two checks of the intervals. */
const pairsAtOnce = 64;
/** Most features: solving takes M³ multiplications, seconds for five hundred features. */
const mostFeatures = 500;
/** Most cached predictions: small and large subsets are drawn repeatedly. */
const mostKept = 10_000;

/**
 * Estimates Shapley values from drawn subsets z ∈ {0, 1}^M:
 *
 * min_φ Σ_s (v(z_s) - v(0) - z_s · φ)²   subject to   Σ_i φ_i = v(1) - v(0)
 *
 * p(|z| = k) ∝ 1 / (k (M - k)) for 0 < k < M, then each subset of that size alike. Each z is drawn together with its
 * complement 1 - z.
 *
 * A = mean z zᵀ    b = mean z (v(z) - v(0))    φ = A⁻¹ (b - λ 1), λ so that the constraint holds exactly
 *
 * The intervals are those of least squares with unequal variances: φ̂ - φ ≈ mean H z (r(z) - r(1 - z)) / 2 over the pairs.
 * r is the residual and H = A⁻¹ - A⁻¹ 1 1ᵀ A⁻¹ / (1ᵀ A⁻¹ 1).
 *
 * @throws OptionError for more than 500 features
 * @see Lundberg & Lee 2017, A Unified Approach to Interpreting Model Predictions, theorem 2
 * @see Covert & Lee 2021, Improving KernelSHAP: Practical Shapley Value Estimation Using Linear Regression
 */
export async function sampledShapley(
  model: MaskedModel,
  options: ShapleyOptions = {},
): Promise<ShapleyValues> {
  const m = model.features;
  if (m > mostFeatures)
    throw new EngraftError("OptionError", `${m} features are too many for Shapley values`, {
      help: `they are computed for up to ${mostFeatures}; use --method ig or occlusion`,
      details: { features: m },
    });
  const { samples = 2 * m + 2048, tolerance = 0.1, seed = 0, ...how } = options;
  const ends = await evaluateMasks(model, [uniformMask(m, 0), uniformMask(m, 1)], how);
  const [base, prediction] = [ends[0]!, ends[1]!];
  const known = remembering(model);
  const problem = new LeastSquares(m, base, prediction);
  const draw = pairsOf(m, seed);
  // With fewer pairs than unknowns the problem is underdetermined.
  const most = Math.max(Math.floor(samples / 2), m + 2);
  let result: Required<Pick<ShapleyValues, "values" | "halfWidths">> = {
    values: new Float64Array(m),
    halfWidths: new Float64Array(m),
  };
  let converged = false;
  while (!converged && problem.pairs < most) {
    const wanted =
      problem.pairs === 0 ? Math.max(pairsAtOnce, 2 * m) : Math.max(pairsAtOnce, problem.pairs >> 2);
    const masks = Array.from({ length: Math.min(wanted, most - problem.pairs) }, draw);
    const values = await known(
      masks.flatMap((z) => [z, z.map((on) => 1 - on)]),
      how,
    );
    for (const [s, z] of masks.entries()) problem.add(z, values[2 * s]!, values[2 * s + 1]!);
    result = problem.solve();
    const range = Math.max(...result.values) - Math.min(...result.values);
    // Rounding alone moves values that are all 0.
    const rounding = 1e-9 * Math.max(Math.abs(base), Math.abs(prediction));
    converged = Math.max(...result.halfWidths) <= tolerance * range + rounding;
  }
  return { base, prediction, ...result, evaluations: 2 + known.evaluations(), converged };
}

/** Evaluates each mask once. */
function remembering(model: MaskedModel) {
  const kept = new Map<string, number>();
  let evaluations = 0;
  const evaluate = async (masks: readonly Uint8Array[], how: ShapleyOptions): Promise<number[]> => {
    const keys = masks.map((mask) => mask.join(""));
    const fresh = new Map<string, Uint8Array>();
    for (const [s, key] of keys.entries()) if (!kept.has(key)) fresh.set(key, masks[s]!);
    const values = await evaluateMasks(model, [...fresh.values()], how);
    evaluations += values.length;
    const now = new Map([...fresh.keys()].map((key, at) => [key, values[at]!]));
    const found = keys.map((key) => kept.get(key) ?? now.get(key)!);
    for (const [key, value] of now) if (kept.size < mostKept) kept.set(key, value);
    return found;
  };
  return Object.assign(evaluate, { evaluations: () => evaluations });
}

/** Draws subsets of 1 … M - 1 features. */
function pairsOf(m: number, seed: number): () => Uint8Array {
  const { uniform, integer } = draws(seed, "kernel-shap");
  const sizes = Float64Array.from({ length: m - 1 }, (_, i) => 1 / ((i + 1) * (m - i - 1)));
  const total = sizes.reduce((sum, p) => sum + p, 0);
  return () => {
    let left = uniform() * total;
    let size = 1;
    while (size < m - 1 && left >= sizes[size - 1]!) left -= sizes[size++ - 1]!;
    const z = new Uint8Array(m);
    const places = Array.from(z.keys());
    for (let i = 0; i < size; i++) {
      const at = i + integer(m - i);
      [places[i], places[at]] = [places[at]!, places[i]!];
      z[places[i]!] = 1;
    }
    return z;
  };
}

/** The problem's pairs so far. The names are those of {@link sampledShapley}. */
class LeastSquares {
  readonly #m: number;
  readonly #base: number;
  readonly #gain: number;
  /** Sums over the pairs, each pair a mean of two. */
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  readonly #pairs: { readonly z: Uint8Array; readonly y: number; readonly complement: number }[] = [];

  constructor(m: number, base: number, prediction: number) {
    this.#m = m;
    this.#base = base;
    this.#gain = prediction - base;
    this.#a = new Float64Array(m * m);
    this.#b = new Float64Array(m);
  }

  get pairs(): number {
    return this.#pairs.length;
  }

  /** @param value v(z) @param complement v(1 - z) */
  add(z: Uint8Array, value: number, complement: number): void {
    const [m, a, b] = [this.#m, this.#a, this.#b];
    const [y, other] = [value - this.#base, complement - this.#base];
    this.#pairs.push({ z, y, complement: other });
    for (let i = 0; i < m; i++) {
      b[i]! += (z[i] ? y : other) / 2;
      // z zᵀ + (1 - z) (1 - z)ᵀ is 1 where z_i = z_j.
      for (let j = 0; j < m; j++) if (z[i] === z[j]) a[i * m + j]! += 1 / 2;
    }
  }

  solve(): { readonly values: Float64Array; readonly halfWidths: Float64Array } {
    const [m, n, pairs] = [this.#m, this.pairs, this.#pairs];
    // A ridge far below the sampling error keeps A positive definite.
    const a = this.#a.map((v, at) => v / n + (at % (m + 1) === 0 ? 1e-10 : 0));
    const right = new Float64Array(m * (m + 2));
    for (let i = 0; i < m; i++) {
      right[i * (m + 2)] = this.#b[i]! / n;
      right[i * (m + 2) + 1] = 1;
      right[i * (m + 2) + 2 + i] = 1;
    }
    const factor = cholesky(a, m);
    if (!factor)
      throw new EngraftError(
        "NumericError",
        `the masks that were drawn do not determine ${m} Shapley values`,
        {
          help: "allow more predictions (--samples), or use --method ig or occlusion",
          details: { features: m, pairs: this.pairs },
        },
      );
    const solved = choleskySolve(factor, m, right, m + 2);
    const column = (c: number): Float64Array =>
      Float64Array.from({ length: m }, (_, i) => solved[i * (m + 2) + c]!);
    const [free, ones] = [column(0), column(1)];
    const sum = (x: Float64Array): number => x.reduce((s, v) => s + v, 0);
    const values = free.map((v, i) => v - (ones[i]! * (sum(free) - this.#gain)) / sum(ones));
    const h = (i: number, j: number): number =>
      solved[i * (m + 2) + 2 + j]! - (ones[i]! * ones[j]!) / sum(ones);
    const hs = Array.from({ length: m }, (_, i) => Float64Array.from({ length: m }, (__, j) => h(i, j)));
    const variances = new Float64Array(m);
    for (const { z, y, complement } of pairs) {
      let shown = 0;
      for (let i = 0; i < m; i++) if (z[i]) shown += values[i]!;
      const half = (y - shown - (complement - (this.#gain - shown))) / 2;
      for (let i = 0; i < m; i++) {
        let hz = 0;
        for (let j = 0; j < m; j++) if (z[j]) hz += hs[i]![j]!;
        variances[i]! += (hz * half) ** 2;
      }
    }
    const degrees = n - (m - 1);
    if (degrees < 1) return { values, halfWidths: new Float64Array(m).fill(Number.POSITIVE_INFINITY) };
    const t = studentQuantile(0.95, degrees);
    // n / (n - M + 1): residuals are smaller than errors by the unknowns that were fitted.
    const halfWidths = variances.map((v) => t * Math.sqrt((v / (n * n)) * (n / degrees)));
    return { values, halfWidths };
  }
}
