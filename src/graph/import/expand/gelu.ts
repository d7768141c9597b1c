import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { type Expand, required } from "./expansion.js";

// y = x / 2 * (1 + erf(x / sqrt(2)))
function gelu(g: Builder, x: Value): Value {
  const error = g.node("Erf", [g.mul(x, g.number(Math.SQRT1_2, x))], {});
  return g.mul(g.mul(x, g.number(0.5, x)), g.add(error, g.number(1, x)));
}

// y = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x³))), Hendrycks and Gimpel 2016
function tanhGelu(g: Builder, x: Value): Value {
  const [linear, cubic] = [Math.sqrt(2 / Math.PI), 0.044715 * Math.sqrt(2 / Math.PI)];
  const inner = g.mul(x, g.add(g.mul(g.number(cubic, x), g.mul(x, x)), g.number(linear, x)));
  return g.mul(g.mul(x, g.number(0.5, x)), g.add(g.tanh(inner), g.number(1, x)));
}

export const gelus = {
  Gelu: (e) => [gelu(e.g, required(e, 0, "x"))],
  BiasGelu: (e) => [gelu(e.g, e.g.add(required(e, 0, "x"), required(e, 1, "bias")))],
  FastGelu(e) {
    const x = required(e, 0, "x");
    const bias = e.input(1);
    return [tanhGelu(e.g, bias === undefined ? x : e.g.add(x, bias))];
  },
  // y = x * sigmoid(alpha * x); with alpha 1.702 the GELU of CLIP
  QuickGelu(e) {
    const { g, a } = e;
    const x = required(e, 0, "x");
    return [g.mul(x, g.sigmoid(g.mul(x, g.number(a.floatOr("alpha", 1.702), x))))];
  },
} satisfies Record<string, Expand>;
