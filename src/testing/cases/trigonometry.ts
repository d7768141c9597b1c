import { float32 } from "../../core/tensor.js";
import type { None, Trigonometry } from "../../graph/ops.js";
import { type CaseOf, type CaseTable, uniform } from "./make.js";

type Plain = CaseOf<
  { [Op in keyof Trigonometry]: Trigonometry[Op] extends None ? Op : never }[keyof Trigonometry]
>;

/** Values inside a domain, away from its ends; a scalar; NaN and infinity; an empty tensor. */
function over(low: number, high: number): Plain[] {
  const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  return [
    { name: "float", inputs: [uniform([2, 3], low, high)], attributes: {}, differentiable: [0] },
    { name: "scalar", inputs: [float32([], [(low + 3 * high) / 4])], attributes: {}, differentiable: [0] },
    { name: "NaN and infinity", inputs: [float32([4], special)], attributes: {} },
    { name: "empty", inputs: [float32([0, 2], [])], attributes: {} },
  ];
}
/** Values at the ends of a domain, and outside. */
function ends(...values: readonly number[]): Plain {
  return { name: "ends of the domain", inputs: [float32([values.length], values)], attributes: {} };
}

export const trigonometry: CaseTable<Trigonometry> = {
  Sin: over(-4, 4),
  Cos: over(-4, 4),
  Tan: over(-1.2, 1.2),
  Asin: [...over(-0.8, 0.8), ends(-1, 1, 1.5)],
  Acos: [...over(-0.8, 0.8), ends(-1, 1, 1.5)],
  Atan: over(-3, 3),
  Sinh: over(-2, 2),
  Cosh: over(-2, 2),
  Asinh: over(-3, 3),
  Acosh: [...over(1.3, 4), ends(1, 0.5)],
  Atanh: [...over(-0.8, 0.8), ends(-1, 1, 1.5)],
};
