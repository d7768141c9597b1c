import type { Trigonometry } from "../../graph/ops.js";
import { map } from "./elementwise.js";
import type { ReferenceTable } from "./reference.js";

// Angles are in radians. Outside its domain a function is NaN.
export const trigonometry: ReferenceTable<Trigonometry> = {
  Sin: (c) => map(c, Math.sin),
  Cos: (c) => map(c, Math.cos),
  Tan: (c) => map(c, Math.tan),
  Asin: (c) => map(c, Math.asin),
  Acos: (c) => map(c, Math.acos),
  Atan: (c) => map(c, Math.atan),
  Sinh: (c) => map(c, Math.sinh),
  Cosh: (c) => map(c, Math.cosh),
  Asinh: (c) => map(c, Math.asinh),
  Acosh: (c) => map(c, Math.acosh),
  Atanh: (c) => map(c, Math.atanh),
};
