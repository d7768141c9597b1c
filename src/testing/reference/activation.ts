import { sizeOf } from "../../core/shape.js";
import type { Activation } from "../../graph/ops.js";
import { axisOf, given, type Inputs, result } from "./arrays.js";
import { erf, map, zip } from "./elementwise.js";
import type { ReferenceTable, RefTensor } from "./reference.js";

// 1 / (1 + e^-x), computed with the exponential that does not overflow.
function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}
const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

// log y_i = (x_i - max x) - log Σ_j exp(x_j - max x), along one axis.
function logSoftmax(c: Inputs, rawAxis: number, finish: (logY: number) => number): RefTensor[] {
  const x = given(c, 0);
  const axis = axisOf(rawAxis, x.dims.length);
  const n = x.dims[axis]!;
  const inner = sizeOf(x.dims.slice(axis + 1));
  const outer = sizeOf(x.dims.slice(0, axis));
  const y = new Float64Array(x.data.length);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * n * inner + i;
      let max = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < n; k++) max = Math.max(max, x.data[start + k * inner]!);
      let sum = 0;
      for (let k = 0; k < n; k++) sum += Math.exp(x.data[start + k * inner]! - max);
      const logSum = Math.log(sum);
      for (let k = 0; k < n; k++) y[start + k * inner] = finish(x.data[start + k * inner]! - max - logSum);
    }
  }
  return [{ dtype: x.dtype, dims: x.dims, data: y }];
}

export const activation: ReferenceTable<Activation> = {
  // y = max(x, 0)
  Relu: (c) => map(c, (x) => Math.max(x, 0)),
  Sigmoid: (c) => map(c, sigmoid),
  Tanh: (c) => map(c, Math.tanh),
  // y = log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)
  Softplus: (c) => map(c, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  // y = x / (1 + |x|)
  Softsign: (c) => map(c, (x) => x / (1 + Math.abs(x))),
  // y = x · clamp(x / 6 + 1/2, 0, 1)
  HardSwish: (c) => map(c, (x) => x * clamp(x / 6 + 0.5, 0, 1)),
  // y = x where x >= 0, alpha x elsewhere
  LeakyRelu: (c) => map(c, (x) => (x < 0 ? c.attributes.alpha * x : x)),
  // y = x where x >= 0, alpha (e^x - 1) elsewhere
  Elu: (c) => map(c, (x) => (x < 0 ? c.attributes.alpha * Math.expm1(x) : x)),
  // y = gamma x where x > 0, gamma alpha (e^x - 1) elsewhere
  Selu: (c) => map(c, (x) => c.attributes.gamma * (x > 0 ? x : c.attributes.alpha * Math.expm1(x))),
  // y = clamp(alpha x + beta, 0, 1)
  HardSigmoid: (c) => map(c, (x) => clamp(c.attributes.alpha * x + c.attributes.beta, 0, 1)),
  // y = x where x >= 0, slope x elsewhere
  PRelu: (c) => zip(c, (x, slope) => (x < 0 ? slope * x : x)),
  // y = min(max(x, low), high)
  Clip(c) {
    const x = given(c, 0);
    const low = c.inputs[1]?.data[0] ?? Number.NEGATIVE_INFINITY;
    const high = c.inputs[2]?.data[0] ?? Number.POSITIVE_INFINITY;
    return [
      result(
        x.dtype,
        x.dims,
        x.data.map((v) => clamp(v, low, high)),
      ),
    ];
  },
  Softmax: (c) => logSoftmax(c, c.attributes.axis, Math.exp),
  LogSoftmax: (c) => logSoftmax(c, c.attributes.axis, (logY) => logY),
  // y = 1 at the first largest along the axis, 0 elsewhere
  Hardmax(c) {
    const x = given(c, 0);
    const axis = axisOf(c.attributes.axis, x.dims.length);
    const n = x.dims[axis]!;
    const inner = sizeOf(x.dims.slice(axis + 1));
    const y = new Float64Array(x.data.length);
    for (let i = 0; i < y.length; i++) {
      if (Math.floor(i / inner) % n !== 0) continue;
      let best = i;
      for (let k = 1; k < n; k++) if (x.data[i + k * inner]! > x.data[best]!) best = i + k * inner;
      y[best] = 1;
    }
    return [{ dtype: x.dtype, dims: x.dims, data: y }];
  },
  // y = x · Φ(x), Φ(x) = (1 + erf(x / √2)) / 2; with tanh: y = x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))
  Gelu: (c) =>
    map(c, (x) => {
      const inner =
        c.attributes.approximate === "tanh"
          ? Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))
          : erf(x / Math.SQRT2);
      return 0.5 * x * (1 + inner);
    }),
  // y = x · tanh(log(1 + e^x))
  Mish: (c) => map(c, (x) => x * Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))))),
};
