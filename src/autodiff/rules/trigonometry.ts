import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
import type { OpName, Trigonometry } from "../../graph/ops.js";
import { type Rules, rule } from "../rule.js";

const unary = (g: Builder, op: OpName & keyof Trigonometry, x: Value): Value => g.node(op, [x], {});
/** a + b * x² */
function quadratic(g: Builder, a: number, b: 1 | -1, x: Value): Value {
  const square = g.mul(x, x);
  return b === 1 ? g.add(square, g.number(a, x)) : g.sub(g.number(a, x), square);
}

// At the ends of a domain (asin and acos at ±1, acosh at 1, atanh at ±1) the slope is infinite, as in PyTorch.
export const trigonometry: Rules<Trigonometry> = {
  // y = sin(x)     dx = dy * cos(x)
  Sin: rule(({ g, inputs: [x], dy }) => [g.mul(dy, unary(g, "Cos", x!))]),
  // y = cos(x)     dx = -dy * sin(x)
  Cos: rule(({ g, inputs: [x], dy }) => [g.neg(g.mul(dy, unary(g, "Sin", x!)))]),
  // y = tan(x)     dx = dy * (1 + y²)
  Tan: rule(({ g, output: y, dy }) => [g.mul(dy, quadratic(g, 1, 1, y))]),
  // y = asin(x)    dx = dy / sqrt(1 - x²)
  Asin: rule(({ g, inputs: [x], dy }) => [g.div(dy, g.sqrt(quadratic(g, 1, -1, x!)))]),
  // y = acos(x)    dx = -dy / sqrt(1 - x²)
  Acos: rule(({ g, inputs: [x], dy }) => [g.neg(g.div(dy, g.sqrt(quadratic(g, 1, -1, x!))))]),
  // y = atan(x)    dx = dy / (1 + x²)
  Atan: rule(({ g, inputs: [x], dy }) => [g.div(dy, quadratic(g, 1, 1, x!))]),
  // y = sinh(x)    dx = dy * cosh(x)
  Sinh: rule(({ g, inputs: [x], dy }) => [g.mul(dy, unary(g, "Cosh", x!))]),
  // y = cosh(x)    dx = dy * sinh(x)
  Cosh: rule(({ g, inputs: [x], dy }) => [g.mul(dy, unary(g, "Sinh", x!))]),
  // y = asinh(x)   dx = dy / sqrt(x² + 1)
  Asinh: rule(({ g, inputs: [x], dy }) => [g.div(dy, g.sqrt(quadratic(g, 1, 1, x!)))]),
  // y = acosh(x)   dx = dy / sqrt(x² - 1)
  Acosh: rule(({ g, inputs: [x], dy }) => [g.div(dy, g.sqrt(quadratic(g, -1, 1, x!)))]),
  // y = atanh(x)   dx = dy / (1 - x²)
  Atanh: rule(({ g, inputs: [x], dy }) => [g.div(dy, quadratic(g, 1, -1, x!))]),
};
