import { sizeOf } from "../../core/shape.js";

export interface Window {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

// floor: o = ⌊(i + p - d (k - 1) - 1) / s⌋ + 1; ceil: ⌈…⌉ + 1, without a last window that starts in the end padding.
export function slideDims(spatial: readonly number[], w: Window, ceil = false): number[] {
  const n = spatial.length;
  return spatial.map((size, a) => {
    const free = size + w.pads[a]! + w.pads[a + n]! - w.dilations[a]! * (w.kernel_shape[a]! - 1) - 1;
    if (!ceil) return Math.floor(free / w.strides[a]!) + 1;
    const out = Math.ceil(free / w.strides[a]!) + 1;
    return (out - 1) * w.strides[a]! >= size + w.pads[a]! ? out - 1 : out;
  });
}

/**
 * Returns where each window reads: table[p · K + k] is the position, in the flat spatial input, of kernel element k at
 * output p, or -1 in the padding. Convolution and pooling in any number of dimensions loop over this table.
 *
 * i = o · stride - pad_begin + k · dilation, on each axis
 */
export function windowTable(spatial: readonly number[], out: readonly number[], w: Window): Int32Array {
  // Axis by axis: the table of n axes is that of n - 1, each entry with all (o, k) of one more axis.
  let table = Int32Array.of(0);
  let [P, K] = [1, 1];
  spatial.forEach((size, a) => {
    const [outs, kernel] = [out[a]!, w.kernel_shape[a]!];
    const next = new Int32Array(P * outs * K * kernel);
    let at = 0;
    for (let p = 0; p < P; p++) {
      for (let o = 0; o < outs; o++) {
        for (let k = 0; k < K; k++) {
          const before = table[p * K + k]!;
          for (let j = 0; j < kernel; j++) {
            const i = o * w.strides[a]! - w.pads[a]! + j * w.dilations[a]!;
            next[at++] = before < 0 || i < 0 || i >= size ? -1 : before * size + i;
          }
        }
      }
    }
    table = next;
    P *= outs;
    K *= kernel;
  });
  return table;
}

/** Counts the elements of each window in the input or its declared padding: AveragePool's count_include_pad. */
export function paddedCounts(spatial: readonly number[], out: readonly number[], w: Window): Float64Array {
  const n = spatial.length;
  let counts = Float64Array.of(1);
  spatial.forEach((size, a) => {
    const next = new Float64Array(counts.length * out[a]!);
    for (let o = 0; o < out[a]!; o++) {
      const start = o * w.strides[a]! - w.pads[a]!;
      let inside = 0;
      for (let k = 0; k < w.kernel_shape[a]!; k++)
        if (start + k * w.dilations[a]! < size + w.pads[a + n]!) inside++;
      for (let p = 0; p < counts.length; p++) next[p * out[a]! + o] = counts[p]! * inside;
    }
    counts = next;
  });
  return counts;
}

/** Elements of one image plane. */
export function planeOf(dims: readonly number[]): number {
  return sizeOf(dims.slice(2));
}
