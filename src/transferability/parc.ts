import { rowProducts } from "../linalg/row-products.js";
import { checkSample, type LabelledSample } from "./sample.js";
import { workOf } from "./sharing.js";

/**
 * PARC: do items with different features have different classes? 100 × Spearman's correlation of the pairs' 1 −
 * corr(features) and 1 − corr(one-hot labels), with the features reduced to 32 principal components and standardised.
 *
 * An item without remaining components has correlation 0 with all others.
 * @returns −100 … 100; higher is better. @see Bolya et al. 2021, Scalable diverse model selection, section 4.3
 * @throws as {@link checkSample}. Costs N² · 32.
 */
export function parc(sample: LabelledSample, { dims = 32 }: { readonly dims?: number } = {}): number {
  checkSample(sample);
  const { width: d, labels } = sample;
  const n = labels.length;
  const k = Math.min(dims, n, d);
  const rows = workOf(sample).components(k);
  let largest = 0;
  for (let t = 0; t < k; t++) {
    let variance = 0;
    for (let i = 0; i < n; i++) variance += rows[i * k + t]! ** 2 / n;
    largest = Math.max(largest, variance);
    // The last of N components of N centred rows is rounding, not a direction.
    const scale = variance > 1e-12 * largest ? 1 / Math.sqrt(variance) : 0;
    for (let i = 0; i < n; i++) rows[i * k + t]! *= scale;
  }
  // Rows centred and of length 1: their products are correlations.
  for (let i = 0; i < n; i++) {
    const row = rows.subarray(i * k, (i + 1) * k);
    const mean = row.reduce((s, v) => s + v, 0) / k;
    const norm = Math.sqrt(row.reduce((s, v) => s + (v - mean) ** 2, 0));
    for (let t = 0; t < k; t++) row[t] = norm > 0 ? (row[t]! - mean) / norm : 0;
  }
  const pairs = (n * (n - 1)) / 2;
  const distance = new Float64Array(pairs);
  const differ = new Uint8Array(pairs);
  const correlations = rowProducts(rows, n, k);
  for (let i = 0, p = 0; i < n; i++)
    for (let j = i + 1; j < n; j++, p++) {
      distance[p] = 1 - correlations[i * n + j]!;
      // corr(one-hot) is 1 for one class and −1/(C−1) for two: only the order counts.
      differ[p] = labels[i] === labels[j] ? 0 : 1;
    }
  return 100 * spearmanWithTwoValues(distance, differ);
}

/** Index of the low word of a float64. */
const low = new Uint8Array(Float64Array.of(-0).buffer)[7] === 0x80 ? 0 : 1;

/** Spearman's ρ of x and a binary variable (x is overwritten): Pearson's r of the ranks, with shared ranks for ties. */
function spearmanWithTwoValues(x: Float64Array, two: Uint8Array): number {
  const m = x.length;
  const ones = two.reduce((s, v) => s + v, 0);
  if (ones === 0 || ones === m) return 0;
  // The lowest bit of a value, 1e-16 of it, stores the binary variable: a plain numeric sort, without a comparison
  // function.
  const sorted = Float64Array.from(x);
  const words = new Int32Array(sorted.buffer);
  for (let p = 0; p < m; p++) words[2 * p + low] = (words[2 * p + low]! & ~1) | two[p]!;
  sorted.sort();
  for (let p = 0; p < m; p++) {
    two[p] = words[2 * p + low]! & 1;
    words[2 * p + low]! &= ~1;
  }
  const mean = (m + 1) / 2;
  let variance = 0;
  let above = 0;
  for (let from = 0; from < m; ) {
    let to = from + 1;
    while (to < m && sorted[to] === sorted[from]) to++;
    // Ranks from + 1 … to share their mean.
    const rank = (from + 1 + to) / 2 - mean;
    variance += (to - from) * rank * rank;
    for (let p = from; p < to; p++) if (two[p]) above += rank;
    from = to;
  }
  return variance === 0 ? 0 : above / Math.sqrt(variance * ones * (1 - ones / m));
}
