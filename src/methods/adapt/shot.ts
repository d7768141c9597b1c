import { argmax } from "../../linalg/softmax.js";

/**
 * Pseudo labels by centroids, as SHOT makes them, from a model's own probabilities.
 *
 * f̃ = [f, 1] / ‖[f, 1]‖,   c_k = Σ_i p_ik f̃_i / Σ_i p_ik,   ŷ_i = argmax_k cos(f̃_i, c_k)
 *
 * A second round takes hard labels: c_k = mean of f̃_i with ŷ_i = k. Classes that the model predicts for no sample are left out.
 * @param features float32[N, D] @param probabilities float64[N, C]
 * @see Liang, Hu & Feng, "Do We Really Need to Access the Source Data? Source Hypothesis Transfer for Unsupervised Domain
 * Adaptation", 2020, equations 4 to 6
 */
export function pseudoLabels(features: Float32Array, width: number, probabilities: Float64Array): Int32Array {
  const n = features.length / width;
  const classes = probabilities.length / n;
  const wide = width + 1;
  const rows = new Float64Array(n * wide);
  for (let i = 0; i < n; i++) {
    const own = features.subarray(i * width, (i + 1) * width);
    const length = Math.sqrt(own.reduce((sum, v) => sum + v * v, 1));
    own.forEach((v, d) => {
      rows[i * wide + d] = v / length;
    });
    rows[i * wide + width] = 1 / length;
  }
  const predicted = Int32Array.from({ length: n }, (_, i) => argmax(probabilities, i * classes, classes));
  const soft = nearest(rows, wide, (i, k) => probabilities[i * classes + k]!, countsOf(predicted, classes));
  return nearest(rows, wide, (i, k) => (soft[i] === k ? 1 : 0), countsOf(soft, classes));
}

/** Number of samples of each class. */
const countsOf = (labels: Int32Array, classes: number): Int32Array => {
  const counts = new Int32Array(classes);
  for (const label of labels) counts[label]!++;
  return counts;
};

/** Returns the class with the nearest centroid by cosine for each row, among classes with samples. */
function nearest(
  rows: Float64Array,
  width: number,
  weightOf: (row: number, k: number) => number,
  counts: Int32Array,
): Int32Array {
  const n = rows.length / width;
  const centroids = Array.from(counts, (count, k) => {
    const sum = new Float64Array(width);
    if (count === 0) return sum;
    for (let i = 0; i < n; i++) {
      const weight = weightOf(i, k);
      if (weight > 0) for (let d = 0; d < width; d++) sum[d]! += weight * rows[i * width + d]!;
    }
    // Cosines do not depend on the length.
    const length = Math.sqrt(sum.reduce((all, v) => all + v * v, 0));
    return sum.map((v) => v / length);
  });
  return Int32Array.from({ length: n }, (_, i) => {
    const cosines = centroids.map((centroid, k) =>
      counts[k] === 0
        ? Number.NEGATIVE_INFINITY
        : centroid.reduce((sum, v, d) => sum + v * rows[i * width + d]!, 0),
    );
    return argmax(cosines, 0, cosines.length);
  });
}
