import type { SparseRows } from "../../linalg/sparse-products.js";

/**
 * Returns a scale of each column of word counts, by how well it tells two classes apart:
 *
 * s_t = √(1 + r_t²),   r_t = ln (p_t / Σ p) − ln (q_t / Σ q),   p_t = 1 + rows of class 1 with t, q_t = 1 + those of class 0
 *
 * r_t is the log-count ratio of naive Bayes. A penalty on the weights of columns with these scales spares the words of one class.
 * @param labels int32[N], 0 or 1
 * @returns float64[width], at least 1
 * @see Wang & Manning, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification", 2012, section 2
 */
export function countRatioScales({ width, starts, columns }: SparseRows, labels: Int32Array): Float64Array {
  const [q, p] = [new Float64Array(width).fill(1), new Float64Array(width).fill(1)];
  labels.forEach((label, i) => {
    const counts = label === 1 ? p : q;
    for (let e = starts[i]!; e < starts[i + 1]!; e++) counts[columns[e]!]! += 1;
  });
  const sum = (counts: Float64Array): number => counts.reduce((all, n) => all + n, 0);
  const offset = Math.log(sum(q) / sum(p));
  return p.map((n, t) => Math.hypot(1, Math.log(n / q[t]!) + offset));
}
