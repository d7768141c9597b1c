import { type DType, isFloat } from "../../core/dtype.js";
import { EngraftError } from "../../core/errors.js";
import { type Dim, formatType, isStatic, type Shape, type TensorType } from "../../core/shape.js";
import { toNumbers } from "../../core/tensor.js";
import type { OpName } from "../ops.js";
import type { InferContext } from "./infer.js";

/** The part of a context that the checks of all families use, for any operator. */
export type AnyContext = Omit<InferContext<OpName>, "attributes">;

/** Throws an error such as `MatMul: inner dimensions differ: …`. `inferNode` adds the location. @throws ShapeError */
export function fail(c: AnyContext, message: string, help: string): never {
  throw new EngraftError("ShapeError", `${c.op}: ${message}`, { help });
}

/** Returns input i, which must be there. @throws ShapeError */
export function given(c: AnyContext, i: number, name: string): TensorType {
  const type = c.inputs[i];
  if (!type) fail(c, `input ${i} (${name}) is missing`, `${c.op} needs it: connect a value to it`);
  return type;
}

/** Checks that all inputs have one element type, and returns it. @throws ShapeError */
export function sameType(c: AnyContext, inputs: Readonly<Record<string, TensorType | undefined>>): DType {
  const present = Object.entries(inputs).filter((e): e is [string, TensorType] => e[1] !== undefined);
  const [firstName, first] = present[0]!;
  for (const [name, type] of present) {
    if (type.dtype !== first.dtype) {
      fail(
        c,
        `element types differ: ${firstName} is ${formatType(first)}, ${name} is ${formatType(type)}`,
        "insert a Cast so that both have the same type",
      );
    }
  }
  return first.dtype;
}

/** @throws ShapeError if the type is not a float */
export function mustBeFloat(c: AnyContext, name: string, type: TensorType): void {
  if (!isFloat(type.dtype))
    fail(c, `${name} is ${formatType(type)}, it must be a float`, "insert a Cast to float32");
}

/** @throws ShapeError for bool and string. */
export function mustBeNumber(c: AnyContext, name: string, type: TensorType): void {
  if (type.dtype === "bool" || type.dtype === "string")
    fail(c, `${name} is ${formatType(type)}, it must be a number`, "insert a Cast to a numeric type");
}

/** @throws ShapeError if the type is not one of `allowed` */
export function mustBe(c: AnyContext, name: string, type: TensorType, ...allowed: readonly DType[]): void {
  if (!allowed.includes(type.dtype))
    fail(
      c,
      `${name} is ${formatType(type)}, it must be ${allowed.join(" or ")}`,
      `insert a Cast to ${allowed.at(-1)}`,
    );
}

/** @throws ShapeError if the rank is known and below `least` */
export function mustHaveRank(c: AnyContext, name: string, type: TensorType, least: number): void {
  if (type.shape && type.shape.length < least)
    fail(
      c,
      `${name} is ${formatType(type)}, it needs at least ${least} axes`,
      "reshape it, or check the order of the inputs",
    );
}

/**
 * Returns the values of an integer input, constant or followed. Undefined if it is omitted or one value is not
 * known.
 */
export function constantInts(c: AnyContext, i: number): number[] | undefined {
  const value = c.constant(i);
  if (value) return toNumbers(value);
  const followed = c.dims?.(i);
  return isStatic(followed) ? [...followed] : undefined;
}

/** Returns an axis counted from the front. @throws ShapeError */
export function axisOf(c: AnyContext, axis: number, rank: number, x: TensorType): number {
  const a = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(a) || a < 0 || a >= rank) {
    fail(
      c,
      `axis ${axis} is out of range: the input is ${formatType(x)}`,
      rank === 0 ? "a scalar has no axes" : `use an axis from ${-rank} to ${rank - 1}`,
    );
  }
  return a;
}

/** Returns axes counted from the front, each once. @throws ShapeError */
export function axesOf(c: AnyContext, axes: readonly number[], rank: number, x: TensorType): number[] {
  if (axes.length > rank)
    fail(c, `${axes.length} axes are named, the input is ${formatType(x)}`, `name at most ${rank}`);
  const found = axes.map((a) => axisOf(c, a, rank, x));
  if (new Set(found).size !== found.length)
    fail(c, `axes [${axes.join(", ")}] name an axis twice`, "name each axis once");
  return found;
}

/** True if both are known and different. A symbolic or unknown size agrees with everything. */
export function differ(a: Dim | undefined, b: Dim | undefined): boolean {
  return typeof a === "number" && typeof b === "number" && a !== b;
}

/** Returns the more precise of two equal dimensions: a number before a symbolic name, a name before unknown. */
export function merge(a: Dim, b: Dim): Dim {
  if (typeof a === "number") return a;
  if (typeof b === "number") return b;
  return a ?? b;
}

/** Most axes of a value. A file that needs more is broken or hostile. */
export const maxRank = 64;

/** Returns `rank` unknown sizes; undefined if the rank is not known or invalid. */
export function unknown(rank: Dim | undefined): Shape | undefined {
  return typeof rank === "number" && rank >= 0 && rank <= maxRank
    ? new Array<null>(rank).fill(null)
    : undefined;
}

/** Checks that rank and sizes of a result are exact numbers. @throws ShapeError */
export function checkResult(c: AnyContext, type: TensorType): void {
  if (!type.shape) return;
  if (type.shape.length > maxRank)
    fail(c, `the result would have ${type.shape.length} axes`, `at most ${maxRank} are possible`);
  let size = 1;
  for (const d of type.shape) {
    if (typeof d !== "number") continue;
    size *= Math.max(d, 1);
    if (!Number.isSafeInteger(d) || d < 0 || !Number.isSafeInteger(size))
      fail(c, `the result would be ${formatType(type)}`, "sizes are whole numbers, their product below 2^53");
  }
}
