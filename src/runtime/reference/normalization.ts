import type { Normalization } from "../../graph/ops.js";
import { given } from "./arrays.js";
import type { ReferenceTable, RefTensor } from "./reference.js";
import { planeOf } from "./window.js";

/** Mean and population variance of each channel over batch and positions. */
function channelMoments(x: RefTensor): { mean: Float64Array; variance: Float64Array } {
  const [N, C] = x.dims as [number, number];
  const S = planeOf(x.dims);
  const over = (f: (v: number, c: number) => number): Float64Array => {
    const sums = new Float64Array(C);
    for (let i = 0; i < x.data.length; i++) {
      const c = Math.floor(i / S) % C;
      sums[c]! += f(x.data[i]!, c);
    }
    return sums.map((s) => s / (N * S));
  };
  const mean = over((v) => v);
  return { mean, variance: over((v, c) => (v - mean[c]!) ** 2) };
}

export const normalization: ReferenceTable<Normalization> = {
  // y = (x - mean) / √(var + ε) · scale + bias, by channel.
  // Training: mean and var are the batch's, var = Σ (x - mean)² / n; running = input · momentum + batch · (1 - momentum)
  BatchNormalization(context) {
    const { epsilon, momentum, training_mode } = context.attributes;
    const x = given(context, 0);
    const [scale, bias, inMean, inVar] = [1, 2, 3, 4].map((i) => given(context, i)) as [
      RefTensor,
      RefTensor,
      RefTensor,
      RefTensor,
    ];
    const { mean, variance } = training_mode
      ? channelMoments(x)
      : { mean: inMean.data, variance: inVar.data };
    const C = x.dims[1]!;
    const S = planeOf(x.dims);
    const y = x.data.map((v, i) => {
      const c = Math.floor(i / S) % C;
      return ((v - mean[c]!) / Math.sqrt(variance[c]! + epsilon)) * scale.data[c]! + bias.data[c]!;
    });
    const normalized = { dtype: x.dtype, dims: x.dims, data: y };
    if (!training_mode) return [normalized];
    const running = (input: RefTensor, batch: Float64Array): RefTensor => ({
      ...input,
      data: input.data.map((v, c) => v * momentum + batch[c]! * (1 - momentum)),
    });
    return [normalized, running(inMean, mean), running(inVar, variance)];
  },
  // y[c] = x[c] / (bias + alpha / size · Σ_j x[j]²)^beta,  j from c - ⌊(size - 1) / 2⌋ to c + ⌈(size - 1) / 2⌉
  LRN(context) {
    const { alpha, beta, bias, size } = context.attributes;
    const x = given(context, 0);
    const C = x.dims[1]!;
    const S = planeOf(x.dims);
    const y = x.data.map((v, i) => {
      const c = Math.floor(i / S) % C;
      let sum = 0;
      const last = Math.min(C - 1, c + Math.ceil((size - 1) / 2));
      for (let j = Math.max(0, c - Math.floor((size - 1) / 2)); j <= last; j++)
        sum += x.data[i + (j - c) * S]! ** 2;
      return v / (bias + (alpha / size) * sum) ** beta;
    });
    return [{ dtype: x.dtype, dims: x.dims, data: y }];
  },
};
