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
  const thresholds = Array.from({ length: dims }, (_, d) => {
    const sorted = Float64Array.from({ length: count }, (_, i) => x[i * dims + d]!).sort();
    const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
    const ends =
      distinct.length <= most
        ? distinct.subarray(1).map((value, i) => (value + distinct[i]!) / 2)
        : Float64Array.from({ length: most - 1 }, (_, b) => middleQuantile(sorted, (b + 1) / most));
    offsets[d + 1] = offsets[d]! + ends.length + 1;
    return ends;
  });
  return { thresholds, offsets };
}

/** NumPy's `percentile(…, method="midpoint")`: the mean of the two values around the quantile. */
function middleQuantile(sorted: Float64Array, q: number): number {
  const at = q * (sorted.length - 1);
  return (sorted[Math.floor(at)]! + sorted[Math.ceil(at)]!) / 2;
}

/** Returns the bins of rows, feature by feature: uint8[dims, count]. @param x float32[count, dims] */
export function binned({ thresholds }: Bins, x: Float32Array, count: number): Uint8Array {
  const dims = thresholds.length;
  const bins = new Uint8Array(dims * count);
  for (let d = 0; d < dims; d++) {
    const ends = thresholds[d]!;
    for (let i = 0; i < count; i++) {
      const value = x[i * dims + d]!;
      let [low, high] = [0, ends.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ends[middle]! < value) low = middle + 1;
        else high = middle;
      }
      bins[d * count + i] = low;
    }
  }
  return bins;
}
