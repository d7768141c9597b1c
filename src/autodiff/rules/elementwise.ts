import { toNumbers } from "../../core/tensor.js";
import type { Value } from "../../graph/node.js";
import type { Elementwise } from "../../graph/ops.js";
import { type Rules, rule, type Vjp, zero } from "../rule.js";

const steps = "its output is constant almost everywhere";
const truth = "its output is a truth value, constant almost everywhere";

/**
 * y = max(x_1 … x_n) or min: dx_i = dy * [x_i = y] / (number of x equal to y). Ties share evenly, as in torch.maximum.
 */
const extremum: Vjp<"Max" | "Min"> = ({ g, inputs, output: y, dy, needs }) => {
  if (inputs.length === 1) return [dy];
  const hits = inputs.map((x) => g.cast(g.equal(x, y), g.dtype(y)));
  const share = g.div(dy, hits.reduce(g.add));
  return hits.map((hit, i) => (needs[i] ? g.mul(share, hit) : undefined));
};

export const elementwise: Rules<Elementwise> = {
  // y = a + b    da = dy, db = dy
  Add: rule(({ dy }) => [dy, dy]),
  // y = a - b    da = dy, db = -dy
  Sub: rule(({ g, dy, needs }) => [dy, needs[1] ? g.neg(dy) : undefined]),
  // y = a * b    da = dy * b, db = dy * a
  Mul: rule(({ g, inputs: [a, b], dy, needs }) => [
    needs[0] ? g.mul(dy, b!) : undefined,
    needs[1] ? g.mul(dy, a!) : undefined,
  ]),
  // y = a / b    da = dy / b, db = -da * y
  Div: rule(({ g, inputs: [, b], output: y, dy, needs }) => {
    const da = g.div(dy, b!);
    return [da, needs[1] ? g.neg(g.mul(da, y)) : undefined];
  }),
  // y = a ^ b    da = dy * b * a ^ (b - 1), db = dy * y * log(a)
  // 0 where b = 0 (da) and where a = 0 (db): the limits where the formulas give 0 * infinity.
  Pow: rule(({ g, inputs: [a, exponent], output: y, dy, needs }) => {
    const zeros = g.number(0, y);
    const ones = g.number(1, y);
    const b = g.cast(exponent!, g.dtype(y));
    const base = (): Value => {
      const constant = g.constantOf(exponent!);
      const n = constant?.data.length === 1 ? toNumbers(constant)[0] : undefined;
      if (n === 1) return dy;
      if (n === 2) return g.mul(dy, g.mul(a!, g.number(2, y)));
      if (n === 0.5) return g.div(g.mul(dy, g.number(0.5, y)), y);
      const slope = g.mul(b, g.pow(a!, g.sub(b, ones)));
      return g.mul(dy, n === undefined || n === 0 ? g.where(g.equal(b, zeros), zeros, slope) : slope);
    };
    const power = (): Value => g.mul(dy, g.mul(y, g.log(g.where(g.equal(a!, zeros), ones, a!))));
    return [needs[0] ? base() : undefined, needs[1] ? power() : undefined];
  }),
  Min: rule<"Min">(extremum),
  Max: rule<"Max">(extremum),
  // y = a - q * b, q = (a - y) / b a whole number    da = dy, db = -dy * q
  Mod: rule(({ g, inputs: [a, b], output: y, dy, needs }) => [
    dy,
    needs[1] ? g.neg(g.mul(dy, g.div(g.sub(a!, y), b!))) : undefined,
  ]),
  // y = -x       dx = -dy
  Neg: rule(({ g, dy }) => [g.neg(dy)]),
  // y = |x|      dx = dy * sign(x), 0 at 0 as in PyTorch
  Abs: rule(({ g, inputs: [x], dy }) => [g.mul(dy, g.sign(x!))]),
  Sign: zero(steps),
  // y = sqrt(x)  dx = dy / 2y: infinite at 0 as in PyTorch
  Sqrt: rule(({ g, output: y, dy }) => [g.div(g.mul(dy, g.number(0.5, y)), y)]),
  // y = exp(x)   dx = dy * y
  Exp: rule(({ g, output: y, dy }) => [g.mul(dy, y)]),
  // y = log(x)   dx = dy / x: infinite at 0 as in PyTorch
  Log: rule(({ g, inputs: [x], dy }) => [g.div(dy, x!)]),
  // y = 1 / x    dx = -dy * y²
  Reciprocal: rule(({ g, output: y, dy }) => [g.neg(g.mul(dy, g.mul(y, y)))]),
  // y = erf(x)   dx = dy * 2/sqrt(pi) * exp(-x²)
  Erf: rule(({ g, inputs: [x], dy }) => {
    const bell = g.exp(g.neg(g.mul(x!, x!)));
    return [g.mul(dy, g.mul(bell, g.number(2 / Math.sqrt(Math.PI), x!)))];
  }),
  Floor: zero(steps),
  Ceil: zero(steps),
  Round: zero(steps),
  Equal: zero(truth),
  Greater: zero(truth),
  GreaterOrEqual: zero(truth),
  Less: zero(truth),
  LessOrEqual: zero(truth),
  And: zero(truth),
  Or: zero(truth),
  Not: zero(truth),
  IsNaN: zero(truth),
  // y = c ? a : b    da = c ? dy : 0, db = c ? 0 : dy
  Where: rule(({ g, inputs: [c], dy, needs }) => {
    const zeros = g.number(0, dy);
    return [
      undefined,
      needs[1] ? g.where(c!, dy, zeros) : undefined,
      needs[2] ? g.where(c!, zeros, dy) : undefined,
    ];
  }),
  // Between float types the gradient returns to the type of x; integers have none.
  Cast: rule(({ g, inputs: [x], dy }) => [g.cast(dy, g.dtype(x!))]),
  Xor: zero(truth),
  IsInf: zero(truth),
};
