import type { Builder } from "../../builder.js";
import type { Value } from "../../node.js";
import { type Expand, required } from "./expansion.js";

const gelu = (g: Builder, x: Value): Value => g.node("Gelu", [x], { approximate: "none" });

export const gelus = {
  Gelu: (e) => [gelu(e.g, required(e, 0, "x"))],
  BiasGelu: (e) => [gelu(e.g, e.g.add(required(e, 0, "x"), required(e, 1, "bias")))],
  FastGelu(e) {
    const x = required(e, 0, "x");
    const bias = e.input(1);
    const sum = bias === undefined ? x : e.g.add(x, bias);
    return [e.g.node("Gelu", [sum], { approximate: "tanh" })];
  },
  // y = x * sigmoid(alpha * x); with alpha 1.702 the GELU of CLIP
  QuickGelu(e) {
    const { g, a } = e;
    const x = required(e, 0, "x");
    return [g.mul(x, g.sigmoid(g.mul(x, g.number(a.floatOr("alpha", 1.702), x))))];
  },
} satisfies Record<string, Expand>;
