import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { Convolution, OpAttributes } from "../../graph/ops.js";
import { type Rules, rule } from "../rule.js";
import { convInputGradient } from "./conv-input-gradient.js";
import type { ConvShape } from "./conv-shape.js";
import { convWeightGradient } from "./conv-weight-gradient.js";

/** db: dy summed over everything but the channels. */
function biasGradient(g: Builder, dy: Value): Value {
  const axes = g.dims(dy).flatMap((_, i) => (i === 1 ? [] : [i]));
  return g.reduceSum(dy, { axes });
}

/** Cuts the output's padding by a stride or more, where the convolution would find additional windows. */
function withoutExcess(
  g: Builder,
  dy: Value,
  { output_padding, strides }: OpAttributes["ConvTranspose"],
): Value {
  const excess = output_padding.map((p, i) => Math.max(0, p - strides[i]! + 1));
  const axes = excess.flatMap((n, i) => (n > 0 ? [i + 2] : []));
  if (axes.length === 0) return dy;
  const dims = g.dims(dy);
  return g.slice(dy, { starts: axes.map(() => 0), ends: axes.map((a) => dims[a]! - excess[a - 2]!), axes });
}

export const convolution: Rules<Convolution> = {
  // y = conv(x, w) + b: three sums over the same products; the shape decides how each is computed.
  Conv: rule(({ g, inputs: [x, w], attributes, dy, needs, chooseForm }) => {
    const shape: ConvShape = { ...attributes, x: g.dims(x!), w: g.dims(w!), y: g.dims(dy) };
    return [
      needs[0] ? convInputGradient(g, w!, dy, shape, chooseForm) : undefined,
      needs[1] ? convWeightGradient(g, x!, dy, shape, chooseForm) : undefined,
      needs[2] ? biasGradient(g, dy) : undefined,
    ];
  }),
  // y = convTranspose(x, w) is the input gradient of a convolution with weights w and output gradient x. So dx is that
  // convolution of dy, and dw is its weight gradient with x and dy swapped.
  ConvTranspose: rule(({ g, inputs: [x, w], attributes, dy, needs }) => {
    const { group, strides, dilations, pads } = attributes;
    const reached = withoutExcess(g, dy, attributes);
    const shape: ConvShape = { ...attributes, x: g.dims(reached), w: g.dims(w!), y: g.dims(x!) };
    const [dx, dw] = [
      needs[0] ? g.conv(reached, w!, "", { group, strides, dilations, pads }) : undefined,
      needs[1] ? convWeightGradient(g, reached, x!, shape) : undefined,
    ];
    return [dx, dw, needs[2] ? biasGradient(g, dy) : undefined];
  }),
};
