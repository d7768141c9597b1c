/** Cosines and sines of 2πk / 2h for k < h, at h + k for each h = 1, 2, 4 … N / 2. */
interface Turns {
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

/** Returns what transforms of N numbers use. They take longer to compute than a transform. */
export function turnsOf(n: number): Turns {
  const [cosines, sines] = [new Float64Array(n), new Float64Array(n)];
  for (let half = 1; half < n; half *= 2)
    for (let k = 0; k < half; k++) {
      cosines[half + k] = Math.cos((Math.PI / half) * k);
      sines[half + k] = Math.sin((Math.PI / half) * k);
    }
  return { cosines, sines };
}

/**
 * Computes the discrete Fourier transform of N = 2^m complex numbers in place: X[k] = Σⱼ x[j] · e^(∓2πijk/N).
 * @param inverse true for the sign +, without the factor 1/N
 * @param turns of {@link turnsOf} N, for several transforms
 * @see Cooley & Tukey, "An Algorithm for the Machine Calculation of Complex Fourier Series", 1965
 */
export function fourier(
  real: Float64Array,
  imaginary: Float64Array,
  inverse = false,
  { cosines, sines } = turnsOf(real.length),
): void {
  const n = real.length;
  const sign = inverse ? 1 : -1;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j]!, real[i]!];
    [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    // Neighbours in memory one after another: several times as fast as by k for long transforms.
    for (let first = 0; first < n; first += size)
      for (let k = 0; k < half; k++) {
        const [a, b] = [first + k, first + k + half];
        const [cos, sin] = [cosines[half + k]!, sign * sines[half + k]!];
        const re = cos * real[b]! - sin * imaginary[b]!;
        const im = cos * imaginary[b]! + sin * real[b]!;
        real[b] = real[a]! - re;
        imaginary[b] = imaginary[a]! - im;
        real[a]! += re;
        imaginary[a]! += im;
      }
  }
}
