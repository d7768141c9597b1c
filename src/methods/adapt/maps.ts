import { largestEigenvectors } from "../../linalg/eigenvectors.js";
import { multiply } from "../../linalg/products.js";
import { columnProducts, transposed } from "../../linalg/row-products.js";

/** Changes rows of source features, float32[N, D], so that they are distributed like the target's. */
export type RowMap = (rows: Float32Array) => Float32Array;

/** Finds a map from rows of both domains, without labels. */
export type FindMap = (source: Float32Array, target: Float32Array, width: number) => RowMap;

/** A deviation below this share of the largest belongs to a feature that does not vary. */
const negligible = 1e-6;

/**
 * Gives each source feature the mean and the deviation of the target's.
 *
 * x ↦ (x − μ_s) σ_t / σ_s + μ_t. A feature without variation in the source keeps σ_t / σ_s = 1.
 * @param source,target float32[N, D], row-major
 */
export const momentsMap: FindMap = (source, target, width) => {
  const [s, t] = [momentsOf(source, width), momentsOf(target, width)];
  const least = negligible * s.deviation.reduce((a, b) => Math.max(a, b), 0);
  const ratio = s.deviation.map((sigma, k) => (sigma > least ? t.deviation[k]! / sigma : 1));
  return (rows) => rows.map((x, at) => (x - s.mean[at % width]!) * ratio[at % width]! + t.mean[at % width]!);
};

/** Principal components of both domains that transport moves. The others only get the target's mean. */
const mostComponents = 256;
/** Share of the mean variance that is added to each direction, so that few samples do not decide it. */
const shrinkage = 0.1;

/**
 * Linear optimal transport between Gaussians: moves mean and covariance of the source to the target's, by the shortest way.
 *
 * x ↦ A (x − μ_s) + μ_t,   A = C_s^{−½} (C_s^{½} C_t C_s^{½})^{½} C_s^{−½},   C = cov + 0.1 tr(cov) / k · I
 *
 * In the k = 256 largest principal components of both domains at most; other directions are not changed.
 * @param source,target float32[N, D], row-major
 * @see Flamary et al., "Concentration bounds for linear Monge mapping estimation and optimal transport domain adaptation", 2019
 */
export const transportMap: FindMap = (source, target, width) => {
  const [s, t] = [centred(source, width), centred(target, width)];
  const both = new Float64Array(s.rows.length + t.rows.length);
  both.set(s.rows);
  both.set(t.rows, s.rows.length);
  const n = both.length / width;
  const most = Math.max(1, Math.min(mostComponents, width, n - 2));
  const found = largestEigenvectors(columnProducts(both, n, width), width, most);
  const k = Math.max(1, found.values.filter((value) => value > negligible ** 2 * found.values[0]!).length);
  const vectors = found.vectors.subarray(0, k * width);
  const covariance = (rows: Float64Array): Float64Array => {
    const count = rows.length / width;
    const inComponents = new Float64Array(count * k);
    multiply(rows, count, width, vectors, k, inComponents);
    const sums = columnProducts(inComponents, count, k).map((v) => v / count);
    let trace = 0;
    for (let i = 0; i < k; i++) trace += sums[i * k + i]!;
    for (let i = 0; i < k; i++) sums[i * k + i]! += (shrinkage * trace) / k || Number.MIN_VALUE;
    return sums;
  };
  const a = transportOf(covariance(s.rows), covariance(t.rows), k);
  // (A − I) z in the components, back in features
  for (let i = 0; i < k; i++) a[i * k + i]! -= 1;
  const back = transposed(vectors, k, width);
  return (rows) => {
    const count = rows.length / width;
    const moved = Float64Array.from(rows, (x, at) => x - s.mean[at % width]!);
    const [z, change, change2] = [k, k, width].map((m) => new Float64Array(count * m)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    multiply(moved, count, width, vectors, k, z);
    multiply(z, count, k, a, k, change);
    multiply(change, count, k, back, width, change2);
    return Float32Array.from(moved, (x, at) => x + change2[at]! + t.mean[at % width]!);
  };
};

/** A = C_s^{−½} (C_s^{½} C_t C_s^{½})^{½} C_s^{−½}, float64[k, k]: A C_s A = C_t. */
export function transportOf(source: Float64Array, target: Float64Array, k: number): Float64Array {
  const { root, inverse } = rootsOf(source, k);
  const middle = rootsOf(product(product(root, target, k), root, k), k).root;
  return product(product(inverse, middle, k), inverse, k);
}

/** Most steps of the iteration for roots: each at least halves the logarithm of the smallest eigenvalue. */
const mostSteps = 100;

/**
 * Returns C^{½} and C^{−½} of a symmetric matrix with positive eigenvalues, by Newton and Schulz: Y → C^{½}, Z → C^{−½},
 *
 *     T = (3 I − Z Y) / 2,   Y ← Y T,   Z ← T Z,   from Y = C / ‖C‖, Z = I
 *
 * @see Higham, Functions of Matrices, 2008, section 6.7
 */
function rootsOf(
  c: Float64Array,
  k: number,
): { readonly root: Float64Array; readonly inverse: Float64Array } {
  const norm = Math.sqrt(c.reduce((sum, v) => sum + v * v, 0));
  const isDiagonal = (at: number): boolean => at % (k + 1) === 0;
  let y: Float64Array = c.map((v) => v / norm);
  let z: Float64Array = new Float64Array(k * k).map((_, at) => (isDiagonal(at) ? 1 : 0));
  for (let step = 0; step < mostSteps; step++) {
    const zy = product(z, y, k);
    const error = zy.reduce((worst, v, at) => Math.max(worst, Math.abs(v - (isDiagonal(at) ? 1 : 0))), 0);
    if (error < 1e-13) break;
    const t = zy.map((v, at) => ((isDiagonal(at) ? 3 : 0) - v) / 2);
    [y, z] = [product(y, t, k), product(t, z, k)];
  }
  return { root: y.map((v) => v * Math.sqrt(norm)), inverse: z.map((v) => v / Math.sqrt(norm)) };
}

/** A B of two k × k matrices. */
function product(a: Float64Array, b: Float64Array, k: number): Float64Array {
  const out = new Float64Array(k * k);
  multiply(a, k, k, transposed(b, k, k), k, out);
  return out;
}

function momentsOf(rows: Float32Array, width: number) {
  const { mean, rows: apart } = centred(rows, width);
  const n = rows.length / width;
  const squares = new Float64Array(width);
  apart.forEach((v, at) => {
    squares[at % width]! += (v * v) / n;
  });
  return { mean, deviation: squares.map(Math.sqrt) };
}

function centred(rows: Float32Array, width: number) {
  const n = rows.length / width;
  const mean = new Float64Array(width);
  rows.forEach((v, at) => {
    mean[at % width]! += v / n;
  });
  return { mean, rows: Float64Array.from(rows, (v, at) => v - mean[at % width]!) };
}

/** Rounds of self-training, and the share of the target that each of them takes. */
const shares = [0.1, 0.2, 0.3, 0.4, 0.5] as const;

/**
 * Self-training: predicts the target, lets its most certain rows join the source with their predicted classes, and fits again. Of each
 * predicted class 10 % join in the first of five rounds, 50 % in the last.
 *
 * @param predict returns the probabilities of the target's rows, float64[M, C], under the model of a round
 * @param fit fits a model on the source and some rows of the target, by their places, with classes
 * @returns the model of the last round
 * @see Zou et al., "Unsupervised Domain Adaptation for Semantic Segmentation via Class-Balanced Self-Training", 2018
 */
export async function selfTrain<Model>(
  first: Model,
  classes: number,
  predict: (model: Model) => Float64Array,
  fit: (places: readonly number[], labels: readonly number[]) => Promise<Model>,
): Promise<Model> {
  let model = first;
  for (const share of shares) {
    const probabilities = predict(model);
    const rows = Array.from({ length: probabilities.length / classes }, (_, place) => {
      const own = probabilities.subarray(place * classes, (place + 1) * classes);
      const label = own.reduce((best, p, k) => (p > own[best]! ? k : best), 0);
      return { place, label, certainty: own[label]! };
    });
    const joining = Array.from({ length: classes }, (_, k) =>
      rows.filter(({ label }) => label === k),
    ).flatMap((own) =>
      own.sort((a, b) => b.certainty - a.certainty).slice(0, Math.round(share * own.length)),
    );
    model = await fit(
      joining.map(({ place }) => place),
      joining.map(({ label }) => label),
    );
  }
  return model;
}
