/** Features of rows as small integers: bin b of a feature holds the values in (thresholds[b − 1], thresholds[b]]. */
export interface Bins {
  /** Upper ends of all bins but the last, by feature. */
  readonly thresholds: readonly Float64Array[];
  /** Place of each feature's first bin in a histogram; the last element is the number of all bins. */
  readonly offsets: Int32Array;
}

/** Most bins of a feature, as in LightGBM and scikit-learn. */
const mostBins = 255;
/** Most bins of a histogram: with more than 1,000 features, each has fewer than {@link mostBins}. */
const mostInAll = 2 ** 18;

/**
 * Divides each feature into bins: one for each distinct value, or of equally many rows if there are too many values.
 * @param x float32[count, dims]
 * @see scikit-learn ensemble/_hist_gradient_boosting/binning.py
 */
export function fitBins(x: Float32Array, count: number, dims: number): Bins {
  const most = Math.max(2, Math.min(mostBins, Math.floor(mostInAll / dims)));
  const offsets = new Int32Array(dims + 1);
  const sorted = new Float32Array(count);
  const thresholds = Array.from({ length: dims }, (_, d) => {
    for (let i = 0; i < count; i++) sorted[i] = x[i * dims + d]!;
    sorted.sort();
    const ends =
      middles(sorted, most) ??
      Float64Array.from({ length: most - 1 }, (_, b) => middleQuantile(sorted, (b + 1) / most));
    offsets[d + 1] = offsets[d]! + ends.length + 1;
    return ends;
  });
  return { thresholds, offsets };
}

/** Returns the middles between distinct values; undefined if there are more than `most` values. */
function middles(sorted: Float32Array, most: number): Float64Array | undefined {
  const ends: number[] = [];
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] === sorted[i - 1]) continue;
    ends.push((sorted[i - 1]! + sorted[i]!) / 2);
    if (ends.length === most) return undefined;
  }
  return Float64Array.from(ends);
}

/** NumPy's `percentile(…, method="midpoint")`: the mean of the two values around the quantile. */
function middleQuantile(sorted: Float32Array, q: number): number {
  const at = q * (sorted.length - 1);
  return (sorted[Math.floor(at)]! + sorted[Math.ceil(at)]!) / 2;
}

/**
 * Writes the bins of rows, uint8[count, dims].
 * @param x float32[count, dims]
 */
export function binRows<T extends Uint8Array>({ thresholds }: Bins, x: Float32Array, into: T): T {
  const dims = thresholds.length;
  for (let d = 0; d < dims; d++) {
    const ends = thresholds[d]!;
    for (let at = d; at < x.length; at += dims) {
      const value = x[at]!;
      let [low, high] = [0, ends.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ends[middle]! < value) low = middle + 1;
        else high = middle;
      }
      into[at] = low;
    }
  }
  return into;
}
