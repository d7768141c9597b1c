import { castTensor, tensor } from "../../core/tensor.js";
import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { Normalization } from "../../graph/ops.js";
import { type Gradients, type Rules, rule, type VjpContext } from "../rule.js";
import { instanceNormalization, layerNormalization } from "./layer-normalization.js";

type Context = VjpContext<"BatchNormalization">;

/** Returns every axis but the channels'. */
function otherAxes(g: Builder, x: Value): number[] {
  return g.dims(x).flatMap((_, i) => (i === 1 ? [] : [i]));
}

/** Reshapes a [C] value so that it broadcasts against [N, C, …]. */
function perChannel(g: Builder, v: Value, like: Value): Value {
  return g.reshape(v, [
    g.dims(v)[0]!,
    ...g
      .dims(like)
      .slice(2)
      .map(() => 1),
  ]);
}

/** r = 1 / sqrt(var + epsilon) */
function inverseDeviation(g: Builder, variance: Value, epsilon: number): Value {
  return g.reciprocal(g.sqrt(g.add(variance, g.number(epsilon, variance))));
}

/**
 * Stored statistics: y = (x - mean) * r * scale + bias is one affine map per channel.
 *   dx = dy * (scale * r)                 dbias = sum(dy)
 *   dscale = r * (sum(dy * x) - mean * sum(dy))
 *   dmean = -scale * r * sum(dy)          dvar = -1/2 * r² * scale * dscale
 */
function frozen({ g, inputs, attributes: { epsilon }, dy, needs }: Context): Gradients {
  const [x, scale, , mean, variance] = inputs as [Value, Value, Value, Value, Value];
  const r = inverseDeviation(g, variance, epsilon);
  const dx = needs[0] ? g.mul(dy, perChannel(g, g.mul(scale, r), x)) : undefined;
  if (!needs.slice(1).some(Boolean)) return [dx];
  const axes = otherAxes(g, x);
  const total = g.reduceSum(dy, { axes });
  const slope = g.mul(scale, r);
  const dscale =
    needs[1] || needs[4]
      ? g.mul(r, g.sub(g.reduceSum(g.mul(dy, x), { axes }), g.mul(mean, total)))
      : undefined;
  const half = g.number(-0.5, x);
  return [
    dx,
    needs[1] ? dscale : undefined,
    needs[2] ? total : undefined,
    needs[3] ? g.neg(g.mul(slope, total)) : undefined,
    needs[4] ? g.mul(half, g.mul(g.mul(r, slope), dscale!)) : undefined,
  ];
}

/**
 * Statistics of the batch, M elements a channel, with outputs y, running mean, running variance:
 *   dscale = sum(dy * x̂) = r * (sum(dy * x) - mean * sum(dy)),   dbias = sum(dy)
 *   dx = scale * r * (dy - dbias / M - x̂ * dscale / M)
 * as one affine map per channel, dx = a * dy - b * x + c:
 *   a = scale * r,   b = a * r * dscale / M,   c = b * mean - a * dbias / M
 * The running outputs are momentum * old + (1 - momentum) * batch: their gradients, if any, join b and c.
 */
function training(context: Context): Gradients {
  const { g, inputs, attributes, dy, dys, needs, extraOutput } = context;
  const [x, scale] = inputs as [Value, Value];
  const axes = otherAxes(g, x);
  const dims = g.dims(x);
  const count = dims.reduce((m, d, i) => (i === 1 ? m : m * d), 1);
  const { momentum, epsilon } = attributes;
  const square = (v: Value): Value => g.mul(v, v);
  // With momentum 0 the running outputs are the batch statistics, which are already computed.
  const mean = momentum === 0 ? extraOutput(1) : g.reduceMean(x, { axes });
  const variance =
    momentum === 0 ? extraOutput(2) : g.reduceMean(square(g.sub(x, perChannel(g, mean, x))), { axes });
  const r = inverseDeviation(g, variance, epsilon);
  const dbias = g.reduceSum(dy, { axes });
  const dscale = g.mul(r, g.sub(g.reduceSum(g.mul(dy, x), { axes }), g.mul(mean, dbias)));
  const dx = (): Value => {
    const a = g.mul(scale, r);
    const each = g.number(1 / count, x);
    let b = g.mul(g.mul(a, r), g.mul(dscale, each));
    let rest = g.neg(g.mul(a, g.mul(dbias, each)));
    // var' = 2 (x - mean) / M, mean' = 1 / M
    if (dys[2]) b = g.sub(b, g.mul(dys[2], g.number((2 * (1 - momentum)) / count, x)));
    if (dys[1]) rest = g.add(rest, g.mul(dys[1], g.number((1 - momentum) / count, x)));
    const c = g.add(g.mul(b, mean), rest);
    const scaled = g.mul(dy, perChannel(g, a, x));
    return g.add(g.sub(scaled, g.mul(x, perChannel(g, b, x))), perChannel(g, c, x));
  };
  const running = (d: Value | undefined): Value | undefined => d && g.mul(d, g.number(momentum, x));
  return [
    needs[0] ? dx() : undefined,
    needs[1] ? dscale : undefined,
    needs[2] ? dbias : undefined,
    needs[3] ? running(dys[1]) : undefined,
    needs[4] ? running(dys[2]) : undefined,
  ];
}

/** B[c, j] = 1 where channel j is in the window of channel c. */
function channelWindows(g: Builder, x: Value, size: number, transposed: boolean): Value {
  const channels = g.dims(x)[1]!;
  const band = new Float64Array(channels * channels);
  for (let c = 0; c < channels; c++) {
    const last = Math.min(channels - 1, c + Math.ceil((size - 1) / 2));
    for (let j = Math.max(0, c - Math.floor((size - 1) / 2)); j <= last; j++) {
      band[transposed ? j * channels + c : c * channels + j] = 1;
    }
  }
  const ones = g
    .dims(x)
    .slice(2)
    .map(() => 1);
  return g.constant(
    castTensor(tensor("float64", [channels, channels, ...ones], band), g.dtype(x) as "float32"),
  );
}

export const normalization: Rules<Normalization> = {
  BatchNormalization: rule((context) =>
    context.attributes.training_mode ? training(context) : frozen(context),
  ),
  // y = x * d^-beta, d_c = bias + alpha / size * sum over the window of c of x²
  // dx = dy * d^-beta - 2 * alpha * beta / size * x * (sum over the windows with c of dy * x * d^(-beta - 1))
  // A sum over a window of channels is a 1 x 1 convolution with a band of ones.
  LRN: rule(({ g, inputs: [x], attributes: { alpha, beta, bias, size }, dy }) => {
    const sums = g.conv(g.mul(x!, x!), channelWindows(g, x!, size, false));
    const d = g.add(g.mul(sums, g.number(alpha / size, x!)), g.number(bias, x!));
    const power = g.pow(d, g.number(-beta, x!));
    const inner = g.div(g.mul(g.mul(dy, x!), power), d);
    const spread = g.conv(inner, channelWindows(g, x!, size, true));
    const other = g.mul(g.mul(x!, g.number((2 * alpha * beta) / size, x!)), spread);
    return [g.sub(g.mul(dy, power), other)];
  }),
  LayerNormalization: rule(layerNormalization),
  InstanceNormalization: rule(instanceNormalization),
};
