import { sizeOf } from "../../core/shape.js";
import type { Normalization } from "../../graph/ops.js";
import { axisOf, given, stretched } from "./arrays.js";
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

/** Mean and 1 / √(var + ε) of each run of `size` numbers. */
function moments(x: RefTensor, size: number, epsilon: number) {
  const mean = new Float64Array(size === 0 ? 0 : x.data.length / size);
  const inverse = mean.slice();
  for (let row = 0; row < mean.length; row++) {
    const run = x.data.subarray(row * size, (row + 1) * size);
    const m = run.reduce((a, b) => a + b, 0) / size;
    mean[row] = m;
    inverse[row] = 1 / Math.sqrt(run.reduce((a, b) => a + (b - m) ** 2, 0) / size + epsilon);
  }
  return { mean, inverse };
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
  // y = (x - mean) / √(var + ε) · scale + bias; moments over the axes from `axis` on
  LayerNormalization(context) {
    const { axis, epsilon } = context.attributes;
    const x = given(context, 0);
    const from = axisOf(axis, x.dims.length);
    const size = sizeOf(x.dims.slice(from));
    const { mean, inverse } = moments(x, size, epsilon);
    const scale = stretched(given(context, 1), x.dims);
    const bias = context.inputs[2] ? stretched(context.inputs[2], x.dims) : undefined;
    const y = x.data.map((v, i) => {
      const row = Math.floor(i / size);
      return (v - mean[row]!) * inverse[row]! * scale[i]! + (bias?.[i] ?? 0);
    });
    const dims = x.dims.map((d, i) => (i < from ? d : 1));
    return [
      { dtype: x.dtype, dims: x.dims, data: y },
      { dtype: "float32", dims, data: mean },
      { dtype: "float32", dims, data: inverse },
    ];
  },
  // y = (x - mean) / √(var + ε) · scale[c] + bias[c]; moments of each plane
  InstanceNormalization(context) {
    const x = given(context, 0);
    const [scale, bias] = [given(context, 1), given(context, 2)];
    const size = planeOf(x.dims);
    const { mean, inverse } = moments(x, size, context.attributes.epsilon);
    const y = x.data.map((v, i) => {
      const plane = Math.floor(i / size);
      const c = plane % x.dims[1]!;
      return (v - mean[plane]!) * inverse[plane]! * scale.data[c]! + bias.data[c]!;
    });
    return [{ dtype: x.dtype, dims: x.dims, data: y }];
  },
};
