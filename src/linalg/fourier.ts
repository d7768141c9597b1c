/**
 * Computes the discrete Fourier transform of N = 2^m complex numbers in place: X[k] = Σⱼ x[j] · e^(∓2πijk/N).
 * @param inverse true for the sign +, without the factor 1/N
 * @see Cooley & Tukey, "An Algorithm for the Machine Calculation of Complex Fourier Series", 1965
 */
export function fourier(real: Float64Array, imaginary: Float64Array, inverse = false): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j]!, real[i]!];
    [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
  }
  const [cosines, sines] = [new Float64Array(n / 2), new Float64Array(n / 2)];
  for (let size = 2; size <= n; size *= 2) {
    const angle = ((inverse ? 2 : -2) * Math.PI) / size;
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      cosines[k] = Math.cos(angle * k);
      sines[k] = Math.sin(angle * k);
    }
    // Neighbours in memory one after another: several times as fast as by k for long transforms.
    for (let first = 0; first < n; first += size)
      for (let k = 0; k < half; k++) {
        const [a, b] = [first + k, first + k + half];
        const re = cosines[k]! * real[b]! - sines[k]! * imaginary[b]!;
        const im = cosines[k]! * imaginary[b]! + sines[k]! * real[b]!;
        real[b] = real[a]! - re;
        imaginary[b] = imaginary[a]! - im;
        real[a]! += re;
        imaginary[a]! += im;
      }
  }
}
