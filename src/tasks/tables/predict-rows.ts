import { float32 } from "../../core/tensor.js";
import type { Evaluator } from "../../train/fit.js";
import { scoredAtOnce } from "./row-inputs.js";

/** Returns the outputs of a model for encoded rows, float32[n, outputs]. @param x float32[n, width] */
export async function predictRows(
  evaluate: Evaluator,
  x: Float32Array,
  width: number,
  outputs: number,
): Promise<Float32Array> {
  const n = x.length / width;
  const out = new Float32Array(n * outputs);
  for (let first = 0; first < n; first += scoredAtOnce) {
    const last = Math.min(n, first + scoredAtOnce);
    const data = x.slice(first * width, last * width);
    out.set(await evaluate(float32([last - first, width], data)), first * outputs);
  }
  return out;
}
