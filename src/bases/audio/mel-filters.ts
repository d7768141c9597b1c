/** How frequencies map to mels. kaldi: 1127 ln(1 + f/700). slaney: linear up to 1000 Hz, logarithmic above. */
export type MelScale = "kaldi" | "slaney";

/** Triangular filters that sum the power of frequency bins into bands of equal width in mels. */
export interface MelSpec {
  readonly bands: number;
  /** Lowest and highest frequency, in Hz. */
  readonly from: number;
  readonly to: number;
  readonly scale: MelScale;
  /**
   * kaldi: triangles are straight lines over mels, with peak 1. slaney: straight lines over Hz, with area 1, as librosa makes
   * them.
   */
  readonly triangles: "kaldi" | "slaney";
}

/** Slaney's scale: 200/3 Hz a mel up to 1000 Hz = 15 mels, then 27 mels for each factor of 6.4. */
const [slaneyHz, slaneyBreak, slaneyStep] = [200 / 3, 15, Math.log(6.4) / 27];

/** Returns the mels of a frequency in Hz. @see Slaney, "Auditory Toolbox", 1998 (slaney); Kaldi's mel-computations (kaldi) */
export function toMel(hz: number, scale: MelScale): number {
  if (scale === "kaldi") return 1127 * Math.log(1 + hz / 700);
  return hz < slaneyBreak * slaneyHz ? hz / slaneyHz : slaneyBreak + Math.log(hz / 1000) / slaneyStep;
}

/** Returns the frequency in Hz of mels: the inverse of {@link toMel}. */
export function fromMel(mel: number, scale: MelScale): number {
  if (scale === "kaldi") return 700 * (Math.exp(mel / 1127) - 1);
  return mel < slaneyBreak ? mel * slaneyHz : 1000 * Math.exp((mel - slaneyBreak) * slaneyStep);
}

/**
 * Returns the weights of the bins in each band: float64[bands, bins], bin k at k · rate / (2 · (bins − 1)) Hz.
 *
 * w = max(0, min((x − l) / (c − l), (r − x) / (r − c))),   l, c, r: neighbouring band centres
 */
export function melFilters(spec: MelSpec, bins: number, rate: number): Float64Array {
  const { bands, scale, triangles } = spec;
  const [low, high] = [toMel(spec.from, scale), toMel(spec.to, scale)];
  const mels = Array.from({ length: bands + 2 }, (_, i) => low + (i * (high - low)) / (bands + 1));
  const hz = mels.map((mel) => fromMel(mel, scale));
  const edges = triangles === "kaldi" ? mels : hz;
  const weights = new Float64Array(bands * bins);
  for (let k = 0; k < bins; k++) {
    const frequency = (k * rate) / (2 * (bins - 1));
    const x = triangles === "kaldi" ? toMel(frequency, scale) : frequency;
    for (let band = 0; band < bands; band++) {
      const [l, c, r] = [edges[band]!, edges[band + 1]!, edges[band + 2]!];
      const height = Math.max(0, Math.min((x - l) / (c - l), (r - x) / (r - c)));
      const area = triangles === "kaldi" ? 1 : 2 / (hz[band + 2]! - hz[band]!);
      weights[band * bins + k] = height * area;
    }
  }
  return weights;
}

/**
 * Returns a function that sums the power of the bins of a frame into bands.
 *
 * @param filters weights [bands, bins], as of {@link melFilters}
 * @returns (power float64[bins]) => float64[bands]
 */
export function bandSums(
  filters: Float32Array | Float64Array,
  bins: number,
): (power: Float64Array) => Float64Array {
  // A triangle covers few bins: the others have no weight.
  const bands = Array.from({ length: filters.length / bins }, (_, band) => {
    const row = filters.subarray(band * bins, (band + 1) * bins);
    const first = row.findIndex((w) => w > 0);
    return { row, first: Math.max(0, first), end: row.findLastIndex((w) => w > 0) + 1 };
  });
  return (power) => {
    const sums = new Float64Array(bands.length);
    for (const [band, { row, first, end }] of bands.entries())
      for (let k = first; k < end; k++) sums[band]! += row[k]! * power[k]!;
    return sums;
  };
}
