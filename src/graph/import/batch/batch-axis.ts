import { type Dim, formatShape, type Shape } from "../../../core/shape.js";
import type { OpNode } from "../../node.js";
import type { OpAttributes, OpName } from "../../ops.js";

/**
 * Where a value holds the samples of the batch: its axis `axis` has the size before · batch · after, and sample b is
 * at the indices (i · batch + b) · after + j. A plain batch axis has before = after = 1. Windows of pictures, merged
 * into the batch by a Reshape, have after > 1.
 */
export interface BatchAxis {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
  /** Indices of the Reshape nodes before the value that can be read in several ways. */
  readonly readings?: readonly number[];
}

/** What a rule sees of a node. At least one input depends on the batch. */
export interface BatchContext<Op extends OpName> {
  readonly node: OpNode<Op>;
  readonly attributes: OpAttributes[Op];
  /** Where input i holds the batch; undefined if it does not depend on the batch, or is omitted. */
  batch(i: number): BatchAxis | undefined;
  /** Shape of input i in the file; undefined if it is omitted or unknown. */
  shape(i: number): Shape | undefined;
  /** Integers that input i holds. The batch size is a name: `[batch, 256]`. */
  list(i: number): readonly Dim[] | undefined;
  /** Shape of the first output in the file. */
  readonly out: Shape | undefined;
  /** Batch size of the file, and the name that replaces it. */
  readonly size: number;
  readonly name: string;
  /** Index of the node, and which of its possible readings to take. */
  readonly index: number;
  readonly reading: number;
  /** Replaces input i by a constant list. */
  replace(i: number, list: readonly number[]): void;
  /** Reports how many readings the node has. */
  readings(count: number): void;
}

/**
 * Returns where the outputs hold the batch, or why the operator is not proved to treat each sample alone: the end of
 * a sentence that begins with the operator.
 */
export type BatchRule<Op extends OpName> = (c: BatchContext<Op>) => BatchAxis | string;
export type BatchRules<Ops> = { readonly [Op in keyof Ops & OpName]: BatchRule<Op> };

/** The part of a context that helpers use, for any operator. */
export type AnyBatch = Pick<
  BatchContext<OpName>,
  "batch" | "shape" | "list" | "out" | "size" | "name" | "index" | "reading" | "replace" | "readings"
> & { readonly node: { readonly inputs: readonly string[] } };

export const across = "works across the batch";
export const unknownShape = "reads a value of unknown shape";
export const differentAxes = "combines values that hold the batch in different axes";
/** The reason if an input has a fixed number of rows. */
export const fixedRows = (shape: Shape | undefined): string =>
  `combines the batch with a value of fixed shape ${formatShape(shape)}`;

/** The same place on another axis. */
export const moved = (b: BatchAxis, axis: number): BatchAxis => ({ ...b, axis });
export const isPlain = (b: BatchAxis): boolean => b.before === 1 && b.after === 1;

/** True if two values hold the batch alike, apart from the axis. */
export function alike(a: BatchAxis, b: BatchAxis): boolean {
  return a.before === b.before && a.after === b.after;
}

/** Joins two equal places, and remembers the readings of both. */
export function joined(a: BatchAxis, b: BatchAxis): BatchAxis {
  if (!b.readings || a.readings === b.readings) return a;
  return { ...a, readings: [...new Set([...(a.readings ?? []), ...b.readings])] };
}

/** Returns the only input that depends on the batch, if it is input i. */
export function only(c: AnyBatch, i: number): BatchAxis | string {
  const b = c.batch(i);
  if (!b || c.node.inputs.some((_, k) => k !== i && c.batch(k)))
    return "depends on the batch in several inputs";
  return b;
}

/** Applies a rule to the one input that depends on the batch. */
export function onOnly(
  c: AnyBatch,
  i: number,
  rule: (b: BatchAxis, rank: number, shape: Shape) => BatchAxis | string,
): BatchAxis | string {
  const b = only(c, i);
  if (typeof b === "string") return b;
  const shape = c.shape(i);
  return shape ? rule(b, shape.length, shape) : unknownShape;
}

/** Counts an axis from the front. */
export const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Returns the known integers of input i; undefined if one is unknown or depends on the batch. */
export function numbersOf(c: AnyBatch, i: number): readonly number[] | undefined {
  const list = c.list(i);
  return list?.every((d): d is number => typeof d === "number") ? list : undefined;
}

/**
 * Returns where the result of broadcasting some inputs holds the batch: aligned at the right, all hold it in one
 * axis, and all others have size 1 there.
 */
export function broadcast(c: AnyBatch, inputs: readonly number[]): BatchAxis | string {
  const given = inputs.filter((i) => c.node.inputs[i]);
  const shapes = given.map((i) => c.shape(i));
  if (given.length === 1) return c.batch(given[0]!)!;
  if (shapes.includes(undefined)) return unknownShape;
  const rank = Math.max(...shapes.map((s) => s!.length));
  let found: BatchAxis | undefined;
  for (const [k, i] of given.entries()) {
    const b = c.batch(i);
    if (!b) continue;
    const aligned = moved(b, b.axis + rank - shapes[k]!.length);
    if (found && (found.axis !== aligned.axis || !alike(found, aligned))) return differentAxes;
    found = found ? joined(found, aligned) : aligned;
  }
  for (const [k, i] of given.entries()) {
    if (c.batch(i)) continue;
    const at = found!.axis - (rank - shapes[k]!.length);
    if (at >= 0 && shapes[k]![at] !== 1) return fixedRows(shapes[k]);
  }
  return found!;
}
