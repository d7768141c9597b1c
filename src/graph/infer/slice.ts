import type { Dim } from "../../core/shape.js";

/** Exporters write "to the end" as this or more. */
const farAway = 2 ** 31 - 1;

/**
 * Returns the first index and the end of a slice, clamped as in ONNX and NumPy: negative counts from the end; a
 * positive step clamps to [0, n], a negative one to [-1, n - 1].
 */
export function sliceBounds(n: number, start: number, end: number, step: number): [number, number] {
  if (n === 0) return [0, 0];
  const [low, high] = step > 0 ? [0, n] : [-1, n - 1];
  const clamp = (v: number): number => Math.min(Math.max(v < 0 ? v + n : v, low), high);
  return [step > 0 ? clamp(start) : Math.max(0, clamp(start)), clamp(end)];
}

/**
 * Returns the number of elements that a slice keeps: ⌈(end − start) / step⌉, at least 0. A whole axis keeps its
 * symbolic name.
 */
export function sliceLength(d: Dim, start: number, end: number, step: number): Dim {
  if (typeof d !== "number") return start === 0 && end >= farAway && step === 1 ? d : null;
  const [from, to] = sliceBounds(d, start, end, step);
  return Math.max(0, Math.ceil((to - from) / step));
}
