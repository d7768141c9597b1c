import type { Dim, Shape } from "../../../core/shape.js";
import type { Movement } from "../../ops.js";
import {
  type BatchAxis,
  type BatchContext,
  type BatchRules,
  isPlain,
  moved,
  unknownShape,
} from "./batch-axis.js";

/** A product of sizes: a number times symbolic names. */
interface Product {
  readonly factor: number;
  readonly names: readonly string[];
}

function productOf(dims: Shape): Product | undefined {
  if (dims.includes(null)) return undefined;
  const factor = dims.reduce<number>((n, d) => (typeof d === "number" ? n * d : n), 1);
  return { factor, names: dims.filter((d): d is string => typeof d === "string") };
}

/** Returns a / b if it is a whole number. */
function quotient(a: Product, b: Product): number | undefined {
  const left = [...a.names];
  for (const name of b.names) {
    const at = left.indexOf(name);
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  const value = a.factor / b.factor;
  return left.length === 0 && Number.isInteger(value) ? value : undefined;
}

/**
 * Returns all axes of a new shape that can hold the batch, plain ones first.
 *
 * A Reshape keeps the order of the elements. With `outer` the product of the sizes before the batch, element
 * (o · batch + b) · inner + i belongs to sample b. Axis k can hold the batch if the sizes before it divide `outer`:
 *
 *     before = outer / (d_0 · … · d_(k-1))      after = d_k / (before · batch)
 */
function axesFor(shape: Shape, from: BatchAxis, to: Shape, size: number): BatchAxis[] {
  const prefix = productOf(shape.slice(0, from.axis));
  if (!prefix) return [];
  const outer = { ...prefix, factor: prefix.factor * from.before };
  const found: BatchAxis[] = [];
  for (const [axis, d] of to.entries()) {
    const own = productOf(to.slice(0, axis));
    const before = own && quotient(outer, own);
    if (before === undefined || typeof d !== "number") continue;
    const after = d / (before * size);
    if (Number.isInteger(after) && after > 0) found.push({ axis, before, after });
  }
  return [...found.filter(isPlain), ...found.filter((b) => !isPlain(b))];
}

/** The target of a Reshape, with sizes in place of 0; undefined if they are not known. */
interface Target {
  readonly list: readonly Dim[];
  readonly keeps0: boolean;
}

/** True if the target permits this axis: a copied batch stays where it is, and the batch's name is the batch. */
function permits({ list, keeps0 }: Target, from: BatchAxis, to: BatchAxis, name: string): boolean {
  if (!keeps0 && list[from.axis] === 0 && to.axis !== from.axis) return false;
  const named = list.indexOf(name);
  return named < 0 || (named === to.axis && isPlain(to));
}

/**
 * Returns the target with the batch left open: 0 copies it from the same axis, else -1 infers it. Undefined if
 * another size is not a number.
 */
function freeTarget(
  { list, keeps0 }: Target,
  from: BatchAxis,
  to: BatchAxis,
  out: Shape,
): readonly Dim[] | undefined {
  const { axis } = to;
  const entry = list[axis];
  const copies = !keeps0 && from.axis === axis && isPlain(from) && isPlain(to);
  const free = copies ? 0 : -1;
  if (entry === -1 || entry === free) return list;
  // One -1 is enough: the other one's size is known.
  const others = list.map((d, k) => (free === -1 && d === -1 ? (out[k] ?? null) : d));
  return others.map((d, k) => (k === axis ? free : d));
}

const noReading = "gives a shape in which the batch has no axis of its own";

function reshape(c: BatchContext<"Reshape">): BatchAxis | string {
  const from = c.batch(0);
  const [shape, list, out] = [c.shape(0), c.list(1), c.out];
  if (!from || c.batch(1)) return "reads a shape that depends on the batch";
  if (!list) return "reads a shape that is not known";
  if (!shape || !out || out.length !== list.length) return unknownShape;
  const target = { list, keeps0: c.attributes.allowzero };
  const found = axesFor(shape, from, out, c.size).filter((b) => permits(target, from, b, c.name));
  c.readings(found.length);
  const to = found[c.reading];
  if (!to) return noReading;
  const free = list[to.axis] === c.name ? list : freeTarget(target, from, to, out);
  if (free?.every((d): d is number => typeof d === "number")) {
    if (free !== list) c.replace(1, free);
  } else if (free !== list || list.includes(null))
    return `reshapes to [${list.map((d) => d ?? "?").join(", ")}], which fixes the batch`;
  const readings = found.length > 1 ? [...(from.readings ?? []), c.index] : from.readings;
  return readings ? { ...to, readings } : to;
}

/** [d_0 … d_(k-1) | d_k …] becomes [d_0 · … · d_(k-1), d_k · …]. */
function flatten(c: BatchContext<"Flatten">): BatchAxis | string {
  const [b, shape] = [c.batch(0), c.shape(0)];
  if (!b || !shape) return unknownShape;
  const axis = c.attributes.axis < 0 ? c.attributes.axis + shape.length : c.attributes.axis;
  const [begin, end] = b.axis < axis ? [0, axis] : [axis, shape.length];
  const product = (dims: Shape): number | undefined => {
    const p = productOf(dims);
    return p && quotient(p, { factor: 1, names: [] });
  };
  const before = product(shape.slice(begin, b.axis));
  const after = product(shape.slice(b.axis + 1, end));
  if (before === undefined || after === undefined) return unknownShape;
  return { ...b, axis: b.axis < axis ? 0 : 1, before: b.before * before, after: b.after * after };
}

/** Sizes of 1 keep the sizes of x, so 1 leaves the batch open. */
function expand(c: BatchContext<"Expand">): BatchAxis | string {
  const [b, shape, list] = [c.batch(0), c.shape(0), c.list(1)];
  if (c.batch(1)) return "reads a shape that depends on the batch";
  if (!list) return "reads a shape that is not known";
  if (!shape) return unknownShape;
  const rank = Math.max(shape.length, list.length);
  if (!b) return expandedConstant(c, shape, list, rank);
  const axis = b.axis + rank - shape.length;
  const at = axis - (rank - list.length);
  if (list.some((d, k) => d === null || (d === c.name && k !== at)))
    return "expands to a shape that is not known";
  if (at < 0 || list[at] === 1) return moved(b, axis);
  if (list[at] === 0) return "expands to no elements";
  if (list[at] === c.name) return isPlain(b) ? moved(b, axis) : "expands a merged batch";
  const free = list.map((d, k) => (k === at ? 1 : d));
  if (typeof list[at] !== "number" || !free.every((d): d is number => typeof d === "number"))
    return "expands to a shape that is not known";
  c.replace(1, free);
  return moved(b, axis);
}

/** A constant that is repeated for each sample. */
function expandedConstant(
  c: BatchContext<"Expand">,
  shape: Shape,
  list: readonly Dim[],
  rank: number,
): BatchAxis | string {
  const at = list.indexOf(c.name);
  if (at < 0 || list.lastIndexOf(c.name) !== at || list.includes(null))
    return "expands to a shape that is not known";
  const axis = at + rank - list.length;
  const own = axis - (rank - shape.length);
  if (own >= 0 && shape[own] !== 1) return `expands a value of fixed shape to the batch`;
  return { axis, before: 1, after: 1 };
}

/** One number everywhere, in a shape that begins with the batch, for example. */
function constantOfShape(c: BatchContext<"ConstantOfShape">): BatchAxis | string {
  const list = c.list(0);
  const axis = list?.indexOf(c.name) ?? -1;
  if (!list || axis < 0 || list.lastIndexOf(c.name) !== axis || list.includes(null))
    return "makes a shape that is not known";
  return { axis, before: 1, after: 1 };
}

export const reshapeRules: BatchRules<Pick<Movement, "Reshape" | "Flatten" | "Expand" | "ConstantOfShape">> =
  {
    Reshape: reshape,
    Flatten: flatten,
    Expand: expand,
    ConstantOfShape: constantOfShape,
  };
