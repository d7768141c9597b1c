import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { Convolution } from "../../graph/ops.js";
import { type Rules, rule } from "../rule.js";
import { convInputGradient } from "./conv-input-gradient.js";
import type { ConvShape } from "./conv-shape.js";
import { convWeightGradient } from "./conv-weight-gradient.js";

/** db: dy summed over everything but the channels. */
function biasGradient(g: Builder, dy: Value): Value {
  const axes = g.dims(dy).flatMap((_, i) => (i === 1 ? [] : [i]));
  return g.reduceSum(dy, { axes });
}

export const convolution: Rules<Convolution> = {
  // y = conv(x, w) + b: three sums over the same products; how each is computed depends on the shape.
  Conv: rule(({ g, inputs: [x, w], attributes, dy, needs }) => {
    const shape: ConvShape = { ...attributes, x: g.dims(x!), w: g.dims(w!), y: g.dims(dy) };
    return [
      needs[0] ? convInputGradient(g, w!, dy, shape) : undefined,
      needs[1] ? convWeightGradient(g, x!, dy, shape) : undefined,
      needs[2] ? biasGradient(g, dy) : undefined,
    ];
  }),
  // y = convTranspose(x, w) is the input gradient of a convolution with the weights w, of which x is the
  // output's gradient. So dx is that convolution of dy, and dw its weight gradient with x and dy exchanged.
  ConvTranspose: rule(({ g, inputs: [x, w], attributes, dy, needs }) => {
    const { group, strides, dilations, pads } = attributes;
    const shape: ConvShape = { ...attributes, x: g.dims(dy), w: g.dims(w!), y: g.dims(x!) };
    const [dx, dw] = [
      needs[0] ? g.conv(dy, w!, "", { group, strides, dilations, pads }) : undefined,
      needs[1] ? convWeightGradient(g, dy, x!, shape) : undefined,
    ];
    return [dx, dw, needs[2] ? biasGradient(g, dy) : undefined];
  }),
};
