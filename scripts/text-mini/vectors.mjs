// Initial word vectors from counts of neighbours: PPMI, factored by subspace iteration.
//
//   n_ij = Σ 1 / distance over tokens of one document within the window,  n_i = Σ_j n_ij,  n = Σ_j n_j^¾
//   M_ij = max(0, ln n_ij - ⅞ ln (n_i n_j) + ln n)      (the ¾ of either side, averaged: M is symmetric)
//   M ≈ U Λ Uᵀ,  E = U |Λ|^½ R,  R a random rotation, so that no axis is larger than another
//
// Levy, Goldberg & Dagan, "Improving Distributional Similarity with Lessons Learned from Word Embeddings", 2015
// (context distribution smoothing ¾, eigenvalues to the power ½).
import { draws } from "../../dist/core/random.js";

/** n_ij, float32[V, V]. */
function neighbours(corpora, size, window) {
  const counts = new Float32Array(size * size);
  for (const { tokens, lines, documents } of corpora)
    for (let d = 1; d < documents.length; d++) {
      const [from, to] = [lines[documents[d - 1]], lines[documents[d]]];
      for (let i = from; i < to; i++)
        for (let k = 1; k <= window && i + k < to; k++) {
          counts[tokens[i] * size + tokens[i + k]] += 1 / k;
          counts[tokens[i + k] * size + tokens[i]] += 1 / k;
        }
    }
  return counts;
}

/** The positive entries of M, row by row. */
function positive(counts, size) {
  const row = new Float64Array(size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) row[i] += counts[i * size + j];
  let total = 0;
  for (const n of row) total += n ** 0.75;
  const starts = new Uint32Array(size + 1);
  const room = Math.min(size * size, 1 << 26);
  const columns = new Uint16Array(room);
  const values = new Float32Array(room);
  let at = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const n = counts[i * size + j];
      if (n < 0.5) continue;
      const pmi = Math.log(n) - 0.875 * Math.log(row[i] * row[j]) + Math.log(total);
      if (pmi <= 0 || at === values.length) continue;
      columns[at] = j;
      values[at++] = pmi;
    }
    starts[i + 1] = at;
  }
  return { starts, columns, values };
}

/** M X, X float64[V, k] row-major. */
function product({ starts, columns, values }, x, size, k) {
  const y = new Float64Array(size * k);
  for (let i = 0; i < size; i++)
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const value = values[e];
      const from = columns[e] * k;
      const to = i * k;
      for (let c = 0; c < k; c++) y[to + c] += value * x[from + c];
    }
  return y;
}

/** Orthonormalises columns in place (Gram–Schmidt, twice). */
function orthonormal(columnsOf) {
  for (let c = 0; c < columnsOf.length; c++) {
    const v = columnsOf[c];
    for (let again = 0; again < 2; again++)
      for (let b = 0; b < c; b++) {
        const u = columnsOf[b];
        let dot = 0;
        for (let i = 0; i < v.length; i++) dot += u[i] * v[i];
        for (let i = 0; i < v.length; i++) v[i] -= dot * u[i];
      }
    let length = 0;
    for (const n of v) length += n * n;
    length = Math.sqrt(length) || 1;
    for (let i = 0; i < v.length; i++) v[i] /= length;
  }
}

const toColumns = (x, size, k) =>
  Array.from({ length: k }, (_, c) => Float64Array.from({ length: size }, (_, i) => x[i * k + c]));
function toRows(columnsOf) {
  const [k, size] = [columnsOf.length, columnsOf[0].length];
  const x = new Float64Array(size * k);
  columnsOf.forEach((v, c) => {
    for (let i = 0; i < size; i++) x[i * k + c] = v[i];
  });
  return x;
}

/** float32[V, width] with the requested deviation; tokens without neighbours are drawn. */
export function wordVectors(corpora, { size, width, window, deviation, seed, iterations = 6 }) {
  const matrix = positive(neighbours(corpora, size, window), size);
  const random = draws(seed, "word vectors");
  let columnsOf = Array.from({ length: width }, () =>
    Float64Array.from({ length: size }, () => random.normal()),
  );
  orthonormal(columnsOf);
  let strengths = [];
  for (let n = 0; n < iterations; n++) {
    columnsOf = toColumns(product(matrix, toRows(columnsOf), size, width), size, width);
    strengths = columnsOf.map((v) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0)));
    orthonormal(columnsOf);
  }
  const rotation = Array.from({ length: width }, () =>
    Float64Array.from({ length: width }, () => random.normal()),
  );
  orthonormal(rotation);
  const out = new Float32Array(size * width);
  for (let i = 0; i < size; i++)
    for (let c = 0; c < width; c++) {
      const value = columnsOf[c][i] * Math.sqrt(strengths[c]);
      for (let d = 0; d < width; d++) out[i * width + d] += value * rotation[d][c];
    }
  let square = 0;
  for (const v of out) square += v * v;
  const factor = deviation / Math.sqrt(square / out.length);
  for (let i = 0; i < size; i++) {
    const row = out.subarray(i * width, (i + 1) * width);
    const empty = row.every((v) => v === 0);
    for (let d = 0; d < width; d++) row[d] = empty ? 0.4 * deviation * random.normal() : row[d] * factor;
  }
  return out;
}

/**
 * Rows of length 1 times a / (a + p), in place, so that frequent words have less weight. Words that do not occur, and
 * the first five (the special ones), are 0.
 * @param table float32[V, width]
 * @param counts occurrences of each token
 * @see Arora, Liang & Ma, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings", 2017
 */
export function weighByFrequency(table, counts, { width, a }) {
  let total = 0;
  for (const n of counts) total += n;
  counts.forEach((n, i) => {
    const row = table.subarray(i * width, (i + 1) * width);
    let square = 0;
    for (const v of row) square += v * v;
    const factor = i < 5 || n === 0 ? 0 : a / (a + n / total) / Math.sqrt(square || 1);
    for (let d = 0; d < width; d++) row[d] *= factor;
  });
  return table;
}

/** Occurrences of each of `size` tokens in the corpora. */
export function tokenCounts(corpora, size) {
  const counts = new Float64Array(size);
  for (const { tokens } of corpora) for (const token of tokens) counts[token]++;
  return counts;
}
