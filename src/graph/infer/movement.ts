import {
  broadcastShapes,
  type Dim,
  formatType,
  isStatic,
  sizeOf,
  type TensorType,
} from "../../core/shape.js";
import { toNumbers } from "../../core/tensor.js";
import type { Movement } from "../ops.js";
import {
  type AnyContext,
  axesOf,
  axisOf,
  constantInts,
  differ,
  fail,
  given,
  merge,
  mustBe,
  mustBeNumber,
  sameType,
  unknown,
} from "./checks.js";
import type { InferTable } from "./infer.js";
import { flattened, reshaped } from "./reshape.js";
import { sliceLength } from "./slice.js";

/** Returns the sizes that an integer input holds: numbers, symbolic names, or undefined if nothing is known. */
function sizesOf(c: AnyContext, i: number, name: string): readonly Dim[] | undefined {
  const type = given(c, i, name);
  mustBe(c, name, type, "int64");
  if (type.shape && type.shape.length !== 1)
    fail(c, `${name} is ${formatType(type)}, it must be a list`, "give a 1-d int64 tensor");
  return c.dims?.(i) ?? constantInts(c, i);
}
/** Returns the length of an integer list, if known. */
function countOf(c: AnyContext, i: number): Dim | undefined {
  return c.inputs[i]?.shape?.[0];
}

export const movement: InferTable<Movement> = {
  Reshape(c) {
    const x = given(c, 0, "x");
    const target = sizesOf(c, 1, "shape");
    const shape = target ? reshaped(c, x, target, c.attributes.allowzero) : unknown(countOf(c, 1));
    return [{ dtype: x.dtype, shape }];
  },
  // [a, b, c, d] at axis 2 is [a·b, c·d]
  Flatten(c) {
    const x = given(c, 0, "x");
    if (!x.shape) return [{ dtype: x.dtype, shape: [null, null] }];
    const rank = x.shape.length;
    const axis = c.attributes.axis < 0 ? c.attributes.axis + rank : c.attributes.axis;
    if (axis < 0 || axis > rank)
      fail(
        c,
        `axis ${c.attributes.axis} is out of range: the input is ${formatType(x)}`,
        `use an axis from ${-rank} to ${rank}`,
      );
    return [{ dtype: x.dtype, shape: [flattened(x.shape.slice(0, axis)), flattened(x.shape.slice(axis))] }];
  },
  Transpose(c) {
    const x = given(c, 0, "x");
    const { perm } = c.attributes;
    if (!x.shape) return [{ dtype: x.dtype, shape: unknown(perm.length) }];
    const sorted = [...perm].sort((a, b) => a - b);
    if (perm.length !== x.shape.length || sorted.some((p, i) => p !== i))
      fail(
        c,
        `perm [${perm.join(", ")}] does not order the axes of ${formatType(x)}`,
        `name each axis from 0 to ${x.shape.length - 1} once`,
      );
    return [{ dtype: x.dtype, shape: perm.map((p) => x.shape![p]!) }];
  },
  Squeeze(c) {
    const x = given(c, 0, "x");
    const { shape } = x;
    if (c.inputs[1] === undefined) {
      // An unknown size may be 1, so the rank is not known.
      const kept = shape && isStatic(shape) ? shape.filter((d) => d !== 1) : undefined;
      return [{ dtype: x.dtype, shape: kept }];
    }
    const axes = constantInts(c, 1);
    if (!axes || !shape) {
      const count = countOf(c, 1);
      return [
        { dtype: x.dtype, shape: unknown(shape && typeof count === "number" ? shape.length - count : null) },
      ];
    }
    const removed = axesOf(c, axes, shape.length, x);
    for (const a of removed)
      if (differ(shape[a], 1))
        fail(
          c,
          `axis ${a} of ${formatType(x)} has size ${shape[a]}, not 1`,
          "only axes of size 1 can be removed",
        );
    return [{ dtype: x.dtype, shape: shape.filter((_, i) => !removed.includes(i)) }];
  },
  Unsqueeze(c) {
    const x = given(c, 0, "x");
    given(c, 1, "axes");
    const axes = constantInts(c, 1);
    const count = axes?.length ?? countOf(c, 1);
    if (!x.shape || typeof count !== "number") return [{ dtype: x.dtype, shape: undefined }];
    const rank = x.shape.length + count;
    if (!axes) return [{ dtype: x.dtype, shape: unknown(rank) }];
    const added = axesOf(c, axes, rank, x);
    const old = x.shape[Symbol.iterator]();
    return [
      {
        dtype: x.dtype,
        shape: Array.from({ length: rank }, (_, i) => (added.includes(i) ? 1 : (old.next().value as Dim))),
      },
    ];
  },
  Concat(c) {
    if (c.inputs.length === 0) fail(c, "it has no inputs", "give it at least one value");
    const types = c.inputs.map((_, i) => given(c, i, `x${i}`));
    const dtype = sameType(c, Object.fromEntries(types.map((type, i) => [`x${i}`, type])));
    const first = types.find((type) => type.shape);
    if (!first?.shape) return [{ dtype, shape: undefined }];
    const axis = axisOf(c, c.attributes.axis, first.shape.length, first);
    const shape: Dim[] = [...first.shape];
    let total: Dim = 0;
    types.forEach((type, i) => {
      if (
        type.shape &&
        (type.shape.length !== shape.length || type.shape.some((d, k) => k !== axis && differ(d, shape[k])))
      )
        fail(
          c,
          `shapes differ outside of axis ${axis}: x${types.indexOf(first)} is ${formatType(first)}, x${i} is ${formatType(type)}`,
          "all inputs must have the same sizes on the other axes",
        );
      const size: Dim = type.shape?.[axis] ?? null;
      total = typeof total === "number" && typeof size === "number" ? total + size : null;
      type.shape?.forEach((d, k) => {
        shape[k] = merge(shape[k]!, d);
      });
    });
    shape[axis] = types.length === 1 ? first.shape[axis]! : total;
    return [{ dtype, shape }];
  },
  Split(c) {
    const x = given(c, 0, "x");
    given(c, 1, "split");
    const sizes = constantInts(c, 1);
    if (sizes && sizes.length !== c.outputs)
      fail(c, `${sizes.length} sizes for ${c.outputs} outputs`, "give one size for each output");
    if (!x.shape) return Array.from({ length: c.outputs }, () => ({ dtype: x.dtype, shape: undefined }));
    const axis = axisOf(c, c.attributes.axis, x.shape.length, x);
    const total = sizes?.reduce((a, b) => a + b, 0);
    if (sizes && (differ(total, x.shape[axis]) || sizes.some((s) => s < 0)))
      fail(
        c,
        `sizes [${sizes.join(", ")}] do not split axis ${axis} of ${formatType(x)}`,
        `they must add up to ${x.shape[axis]}, they add up to ${total}`,
      );
    return Array.from({ length: c.outputs }, (_, k) => ({
      dtype: x.dtype,
      shape: x.shape!.map((d, i): Dim => (i === axis ? (sizes?.[k] ?? null) : d)),
    }));
  },
  Slice(c) {
    const x = given(c, 0, "x");
    given(c, 1, "starts");
    given(c, 2, "ends");
    if (!x.shape) return [{ dtype: x.dtype, shape: undefined }];
    const rank = x.shape.length;
    const starts = constantInts(c, 1);
    const ends = constantInts(c, 2);
    const axes = c.inputs[3] ? constantInts(c, 3) : starts?.map((_, i) => i);
    const steps = c.inputs[4] ? constantInts(c, 4) : starts?.map(() => 1);
    // Unknown axes may be any axis.
    if (!axes) return [{ dtype: x.dtype, shape: unknown(rank) }];
    const where = axesOf(c, axes, rank, x);
    if ([starts, ends, steps].some((list) => list && list.length !== axes.length))
      fail(
        c,
        `${starts?.length} starts, ${ends?.length} ends, ${axes.length} axes, ${steps?.length} steps`,
        "give one of each for every sliced axis",
      );
    if (steps?.includes(0)) fail(c, "a step is 0", "steps are positive, or negative to go backwards");
    const shape: Dim[] = x.shape.map((d, i) => {
      const k = where.indexOf(i);
      if (k < 0) return d;
      if (!starts || !ends || !steps) return null;
      return sliceLength(d, starts[k]!, ends[k]!, steps[k]!);
    });
    return [{ dtype: x.dtype, shape }];
  },
  Pad(c) {
    const x = given(c, 0, "x");
    given(c, 1, "pads");
    if (c.inputs[2]) sameType(c, { x, value: c.inputs[2] });
    if (!x.shape) return [{ dtype: x.dtype, shape: undefined }];
    const rank = x.shape.length;
    const pads = constantInts(c, 1);
    const axes = c.inputs[3] ? constantInts(c, 3) : x.shape.map((_, i) => i);
    if (!pads || !axes) return [{ dtype: x.dtype, shape: unknown(rank) }];
    const where = axesOf(c, axes, rank, x);
    if (pads.length !== 2 * axes.length)
      fail(
        c,
        `pads has ${pads.length} numbers for ${axes.length} axes of ${formatType(x)}`,
        "give a begin for each axis, then an end for each",
      );
    const shape = x.shape.map((d, i): Dim => {
      const k = where.indexOf(i);
      const added = k < 0 ? 0 : pads[k]! + pads[k + axes.length]!;
      if (added === 0 || typeof d !== "number") return added === 0 ? d : null;
      if (d + added < 0)
        fail(c, `pads remove ${-added} of the ${d} values of axis ${i} of ${formatType(x)}`, "remove fewer");
      return d + added;
    });
    return [{ dtype: x.dtype, shape }];
  },
  Expand(c) {
    const x = given(c, 0, "x");
    const target = sizesOf(c, 1, "shape");
    if (!x.shape) return [{ dtype: x.dtype, shape: undefined }];
    if (target) return [{ dtype: x.dtype, shape: broadcastShapes(x.shape, target, c.op) }];
    const count = countOf(c, 1);
    return [
      { dtype: x.dtype, shape: unknown(typeof count === "number" ? Math.max(count, x.shape.length) : null) },
    ];
  },
  Tile(c) {
    const x = given(c, 0, "x");
    given(c, 1, "repeats");
    const repeats = constantInts(c, 1);
    if (!x.shape || !repeats) return [{ dtype: x.dtype, shape: unknown(x.shape?.length) }];
    if (repeats.length !== x.shape.length || repeats.some((r) => r < 0))
      fail(c, `repeats [${repeats.join(", ")}] do not fit ${formatType(x)}`, "give one count for each axis");
    const shape = x.shape.map((d, i) =>
      repeats[i] === 1 ? d : typeof d === "number" ? d * repeats[i]! : null,
    );
    return [{ dtype: x.dtype, shape }];
  },
  Identity: (c) => [given(c, 0, "x")],
  Shape(c) {
    const { shape } = given(c, 0, "x");
    const { start, end } = c.attributes;
    return [{ dtype: "int64", shape: [shape ? shape.slice(start, end).length : null] }];
  },
  Size(c) {
    given(c, 0, "x");
    return [{ dtype: "int64", shape: [] }];
  },
  ConstantOfShape(c) {
    const sizes = sizesOf(c, 0, "shape");
    const wrong = sizes?.find((d) => typeof d === "number" && d < 0);
    if (wrong !== undefined) fail(c, `the shape has size ${wrong}`, "sizes are at least 0");
    return [{ dtype: c.attributes.value.dtype, shape: sizes ?? unknown(countOf(c, 0)) }];
  },
  // start, start + delta, … below limit
  Range(c) {
    const names = ["start", "limit", "delta"] as const;
    const types = names.map((name, i): [string, TensorType] => [name, given(c, i, name)]);
    const dtype = sameType(c, Object.fromEntries(types));
    mustBeNumber(c, "start", types[0]![1]);
    const values = names.map((_, i): Dim => {
      const value = c.constant(i);
      if (value) return sizeOf(value.dims) === 1 ? toNumbers(value)[0]! : null;
      const sizes = c.dims?.(i);
      return sizes?.length === 1 ? sizes[0]! : null;
    });
    const [start, limit, delta] = values;
    if (delta === 0) fail(c, "delta is 0", "give a step that is not 0");
    if (start === 0 && delta === 1 && typeof limit === "string") return [{ dtype, shape: [limit] }];
    if (typeof start !== "number" || typeof limit !== "number" || typeof delta !== "number")
      return [{ dtype, shape: [null] }];
    return [{ dtype, shape: [Math.max(0, Math.ceil((limit - start) / delta))] }];
  },
};
