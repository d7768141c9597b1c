import { broadcastShapes, type Shape, type TensorType } from "../../core/shape.js";
import type { Elementwise } from "../ops.js";
import { type AnyContext, fail, given, mustBe, mustBeFloat, mustBeNumber, sameType } from "./checks.js";
import type { InferTable } from "./infer.js";

/** Returns the broadcast shape of all types; undefined if one rank is not known. @throws ShapeError */
export function broadcast(c: AnyContext, types: readonly TensorType[]): Shape | undefined {
  let shape: Shape | undefined = [];
  for (const type of types) shape = shape && type.shape && broadcastShapes(shape, type.shape, c.op);
  return shape;
}

// y = f(a, b), broadcast, all of one numeric type
function arithmetic(c: AnyContext): TensorType[] {
  const a = given(c, 0, "a");
  const b = given(c, 1, "b");
  const dtype = sameType(c, { a, b });
  mustBeNumber(c, "a", a);
  return [{ dtype, shape: broadcast(c, [a, b]) }];
}
// y = f(x1, x2, …), broadcast, any number of inputs
function variadic(c: AnyContext): TensorType[] {
  if (c.inputs.length === 0) fail(c, "it has no inputs", "give it at least one value");
  const types = c.inputs.map((_, i) => given(c, i, `x${i}`));
  const dtype = sameType(c, Object.fromEntries(types.map((type, i) => [`x${i}`, type])));
  mustBeNumber(c, "x0", types[0]!);
  return [{ dtype, shape: broadcast(c, types) }];
}
function comparison(c: AnyContext): TensorType[] {
  const a = given(c, 0, "a");
  const b = given(c, 1, "b");
  sameType(c, { a, b });
  return [{ dtype: "bool", shape: broadcast(c, [a, b]) }];
}
function logical(c: AnyContext): TensorType[] {
  const a = given(c, 0, "a");
  const b = given(c, 1, "b");
  mustBe(c, "a", a, "bool");
  mustBe(c, "b", b, "bool");
  return [{ dtype: "bool", shape: broadcast(c, [a, b]) }];
}
/** y = f(x), x any number. */
export function unary(c: AnyContext): TensorType[] {
  const x = given(c, 0, "x");
  mustBeNumber(c, "x", x);
  return [x];
}
/** y = f(x), x a float. */
export function unaryFloat(c: AnyContext): TensorType[] {
  const x = given(c, 0, "x");
  mustBeFloat(c, "x", x);
  return [x];
}

export const elementwise: InferTable<Elementwise> = {
  Add: arithmetic,
  Sub: arithmetic,
  Mul: arithmetic,
  Div: arithmetic,
  // The exponent may have another type; the result has the type of the base.
  Pow(c) {
    const a = given(c, 0, "a");
    const b = given(c, 1, "b");
    mustBeNumber(c, "a", a);
    mustBeNumber(c, "b", b);
    return [{ dtype: a.dtype, shape: broadcast(c, [a, b]) }];
  },
  Min: variadic,
  Max: variadic,
  Mod: arithmetic,
  Neg: unary,
  Abs: unary,
  Sign: unary,
  Sqrt: unaryFloat,
  Exp: unaryFloat,
  Log: unaryFloat,
  Reciprocal: unaryFloat,
  Erf: unaryFloat,
  Floor: unaryFloat,
  Ceil: unaryFloat,
  Round: unaryFloat,
  Equal: comparison,
  Greater: comparison,
  GreaterOrEqual: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  And: logical,
  Or: logical,
  Not(c) {
    const x = given(c, 0, "x");
    mustBe(c, "x", x, "bool");
    return [x];
  },
  IsNaN(c) {
    const x = given(c, 0, "x");
    mustBeFloat(c, "x", x);
    return [{ dtype: "bool", shape: x.shape }];
  },
  Where(c) {
    const condition = given(c, 0, "condition");
    const a = given(c, 1, "a");
    const b = given(c, 2, "b");
    mustBe(c, "condition", condition, "bool");
    const dtype = sameType(c, { a, b });
    return [{ dtype, shape: broadcast(c, [condition, a, b]) }];
  },
  Cast: (c) => [{ dtype: c.attributes.to, shape: given(c, 0, "x").shape }],
  Xor: logical,
  IsInf(c) {
    const x = given(c, 0, "x");
    mustBeFloat(c, "x", x);
    return [{ dtype: "bool", shape: x.shape }];
  },
};
