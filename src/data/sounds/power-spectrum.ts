import { sinOfTurns } from "./exact-math.js";

/** Returns the power spectrum of a frame, float64[n / 2 + 1], from its first sample on. The next call overwrites it. */
type Spectrum = (samples: ArrayLike<number>, at: number) => Float64Array;

/** Returns a function for the spectra of frames, with a Hann window. @param n samples of a frame, a power of 2 */
export function powerSpectrum(n: number): Spectrum {
  const sines = Float64Array.from({ length: n }, (_, k) => sinOfTurns(k, n));
  const cosine = (k: number): number => sines[(k + n / 4) % n]!;
  // Hann: (1 − cos(2πi / n)) / 2.
  const window = Float64Array.from({ length: n }, (_, i) => (1 - cosine(i)) / 2);
  const [re, im, power] = [new Float64Array(n), new Float64Array(n), new Float64Array(n / 2 + 1)];
  const mirrored = mirroredBits(n);
  return (samples, at) => {
    for (let i = 0; i < n; i++) {
      re[mirrored[i]!] = (samples[at + i] ?? 0) * window[i]!;
      im[i] = 0;
    }
    // Cooley and Tukey, 1965, radix 2: pairs of transforms of half the size are joined.
    for (let size = 2; size <= n; size *= 2)
      for (let start = 0; start < n; start += size)
        for (let k = 0; k < size / 2; k++) {
          const turn = (k * n) / size;
          const [c, s] = [cosine(turn), -sines[turn]!];
          const [a, b] = [start + k, start + k + size / 2];
          const [x, y] = [re[b]! * c - im[b]! * s, re[b]! * s + im[b]! * c];
          re[b] = re[a]! - x;
          im[b] = im[a]! - y;
          re[a]! += x;
          im[a]! += y;
        }
    for (let k = 0; k < power.length; k++) power[k] = re[k]! * re[k]! + im[k]! * im[k]!;
    return power;
  };
}

/** Returns each number below n with its bits in the opposite order. */
function mirroredBits(n: number): Uint32Array {
  const out = new Uint32Array(n);
  for (let i = 1; i < n; i++) out[i] = (out[i >> 1]! >> 1) | (i & 1 ? n >> 1 : 0);
  return out;
}
