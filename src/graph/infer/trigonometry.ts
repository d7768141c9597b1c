import type { Trigonometry } from "../ops.js";
import { unaryFloat } from "./elementwise.js";
import type { InferTable } from "./infer.js";

export const trigonometry: InferTable<Trigonometry> = {
  Sin: unaryFloat,
  Cos: unaryFloat,
  Tan: unaryFloat,
  Asin: unaryFloat,
  Acos: unaryFloat,
  Atan: unaryFloat,
  Sinh: unaryFloat,
  Cosh: unaryFloat,
  Asinh: unaryFloat,
  Acosh: unaryFloat,
  Atanh: unaryFloat,
};
