/** How a waveform becomes frames, and a frame becomes the powers of frequency bins. */
export interface FrameSpec {
  /** Samples of a frame, and from one frame to the next. */
  readonly length: number;
  readonly hop: number;
  /** Length N of the Fourier transform; it gives N/2 + 1 bins. */
  readonly fft: number;
  /** Hann window: symmetric divides by length − 1, periodic by length. */
  readonly window: "symmetric" | "periodic";
  /** Subtracts the mean of each frame. */
  readonly removeMean: boolean;
  /** a in y[j] = x[j] − a · x[j − 1], y[0] = (1 − a) · x[0], within a frame. 0: none. */
  readonly preEmphasis: number;
}

/** Frames of Kaldi at 16 kHz: 25 ms, every 10 ms. */
export const kaldiFrames: FrameSpec = {
  length: 400,
  hop: 160,
  fft: 512,
  window: "symmetric",
  removeMean: true,
  preEmphasis: 0.97,
};

/** Number of frequency bins of a frame. */
export const binsOf = ({ fft }: FrameSpec): number => fft / 2 + 1;

/** Number of whole frames in n samples. */
export const framesIn = (n: number, { length, hop }: FrameSpec): number =>
  n < length ? 0 : 1 + Math.floor((n - length) / hop);

/**
 * Returns all linear steps of a frame as one matrix, float64[2 · bins, length]: rows of real parts, then of imaginary parts.
 *
 * M = [cos; −sin](2πkj/N) · diag(window) · P · D,   D = I − 1/n (mean), P: pre-emphasis
 */
export function frameMatrix(spec: FrameSpec): Float64Array {
  const { length, fft, preEmphasis: a } = spec;
  const bins = binsOf(spec);
  const period = spec.window === "symmetric" ? length - 1 : length;
  const matrix = new Float64Array(2 * bins * length);
  for (let row = 0; row < 2 * bins; row++) {
    const k = row % bins;
    const m = matrix.subarray(row * length, (row + 1) * length);
    for (let j = 0; j < length; j++) {
      // The angle is reduced first: sines of large numbers lose digits.
      const angle = (2 * Math.PI * ((k * j) % fft)) / fft;
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * j) / period);
      m[j] = hann * (row < bins ? Math.cos(angle) : -Math.sin(angle));
    }
    for (let j = 0; j < length; j++) m[j] = m[j]! * (j === 0 ? 1 - a : 1) - a * (m[j + 1] ?? 0);
    if (!spec.removeMean) continue;
    const mean = m.reduce((sum, v) => sum + v, 0) / length;
    for (let j = 0; j < length; j++) m[j]! -= mean;
  }
  return matrix;
}

/**
 * Computes the powers of the bins of a frame: |M · x|².
 * @param matrix of {@link frameMatrix}
 * @param start first sample of the frame
 * @param power receives float64[bins]
 */
export function framePower(
  matrix: Float64Array,
  samples: Float32Array | Float64Array,
  start: number,
  length: number,
  power: Float64Array,
): void {
  const bins = power.length;
  const product = (row: number): number => {
    let sum = 0;
    for (let j = 0, at = row * length; j < length; j++) sum += matrix[at + j]! * samples[start + j]!;
    return sum;
  };
  for (let k = 0; k < bins; k++) power[k] = product(k) ** 2 + product(bins + k) ** 2;
}
