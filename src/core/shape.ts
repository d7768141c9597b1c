import type { DType } from "./dtype.js";
import { EngraftError } from "./errors.js";

/** A dimension: a size, a symbolic name ("batch"), or unknown. */
export type Dim = number | string | null;
/** Sizes of a tensor's axes, as far as known. */
export type Shape = readonly Dim[];
/** A shape with all sizes known. */
export type StaticShape = readonly number[];

/** Type of a value before it is computed. `shape` undefined: not even the rank is known. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape | undefined;
}

/** Formats a type as `float32[N, 512]`. */
export function formatType({ dtype, shape }: TensorType): string {
  return `${dtype}${formatShape(shape)}`;
}

/** Formats a shape as `[N, 512]`; `[?, 3]` for an unknown size; `[...]` for an unknown rank. */
export function formatShape(shape: Shape | undefined): string {
  return shape === undefined ? "[...]" : `[${shape.map((d) => (d === null ? "?" : String(d))).join(", ")}]`;
}

/** True if every size is known. */
export function isStatic(shape: Shape | undefined): shape is StaticShape {
  return shape?.every((d) => typeof d === "number") ?? false;
}

/** Number of elements: the product of the sizes, 1 for a scalar. */
export function sizeOf(dims: StaticShape): number {
  let size = 1;
  for (const d of dims) size *= d;
  return size;
}

/** Row-major strides in elements: [2, 3, 4] gives [12, 4, 1]. */
export function stridesOf(dims: StaticShape): number[] {
  const strides = new Array<number>(dims.length);
  let step = 1;
  for (let i = dims.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= dims[i]!;
  }
  return strides;
}

/** Returns an axis counted from the front: -1 of rank 3 is 2. @throws ShapeError if it is out of range */
export function normalizeAxis(axis: number, rank: number, where = "axis"): number {
  const a = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(a) || a < 0 || a >= Math.max(rank, 1)) {
    throw new EngraftError("ShapeError", `${where}: axis ${axis} is out of range for rank ${rank}`, {
      help: `use an axis from ${-rank} to ${rank - 1}`,
    });
  }
  return a;
}

/**
 * Returns the broadcast shape of two shapes (NumPy's rule: aligned at the right, 1 stretches). A symbolic name against
 * 1 keeps the name; a name against a size gives the size.
 * @throws ShapeError if two sizes differ and neither is 1
 */
export function broadcastShapes(a: Shape, b: Shape, where = "broadcast"): Dim[] {
  const rank = Math.max(a.length, b.length);
  const out: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const x = i < rank - a.length ? 1 : a[i - (rank - a.length)]!;
    const y = i < rank - b.length ? 1 : b[i - (rank - b.length)]!;
    if (x === y) out.push(x);
    else if (x === 1) out.push(y);
    else if (y === 1) out.push(x);
    else if (typeof x === "number" && typeof y === "number") {
      throw new EngraftError(
        "ShapeError",
        `${where}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast`,
        {
          help: `axis ${i} of the result is ${x} on one side and ${y} on the other; they must be equal, or one of them 1`,
        },
      );
    } else out.push(typeof x === "number" ? x : typeof y === "number" ? y : null);
  }
  return out;
}
