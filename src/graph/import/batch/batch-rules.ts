import type { Dim } from "../../../core/shape.js";
import { none } from "../../node.js";
import type { OpAttributes, OpName } from "../../ops.js";
import {
  across,
  alike,
  type BatchAxis,
  type BatchContext,
  type BatchRules,
  broadcast,
  differentAxes,
  fixedRows,
  fromFront,
  joined,
  moved,
  numbersOf,
  onOnly,
  unknownShape,
} from "./batch-axis.js";
import { indexRules } from "./index-rules.js";
import { productRules } from "./product-rules.js";
import { reshapeRules } from "./reshape-rules.js";

type Any = BatchContext<OpName>;

/** Each element of the result depends on the elements at its place alone. */
const elementwise = (c: unknown): BatchAxis | string =>
  broadcast(
    c as Any,
    (c as Any).node.inputs.map((_, i) => i),
  );

/** Works along some axes: the batch must be in another one. */
const along =
  <Op extends OpName>(axesOf: (c: BatchContext<Op>, rank: number) => readonly number[] | undefined) =>
  (c: BatchContext<Op>): BatchAxis | string =>
    onOnly(c as Any, 0, (b, rank) => {
      const axes = axesOf(c, rank);
      if (!axes) return "works along axes that are not known";
      return axes.some((axis) => fromFront(axis, rank) === b.axis) ? across : b;
    });

const alongAxis = (c: unknown): BatchAxis | string =>
  along((one: BatchContext<"Softmax">) => [one.attributes.axis])(c as BatchContext<"Softmax">);

/** Treats each sample [C, …] of [N, C, …] separately. @param free how many leading axes are independent */
const perSample = (free: 1 | 2) => (c: unknown) => onOnly(c as Any, 0, (b) => (b.axis < free ? b : across));

/** A pool treats each plane separately. Indices count through the whole batch. */
const pool = (c: unknown): BatchAxis | string =>
  (c as Any).node.outputs[1] ? "counts its indices through the batch" : perSample(2)(c);

/** Removes the axes, or keeps them with size 1. */
function withoutAxes(
  b: BatchAxis,
  axes: readonly number[],
  rank: number,
  keeps: boolean,
): BatchAxis | string {
  const removed = axes.map((axis) => fromFront(axis, rank));
  if (removed.includes(b.axis)) return across;
  return keeps ? b : moved(b, b.axis - removed.filter((axis) => axis < b.axis).length);
}

/** Returns the integers of an optional input; an omitted one gives `standard`. */
function listOr(c: Any, i: number, standard: readonly number[]): readonly number[] | undefined {
  return (c.node.inputs[i] ?? none) === none ? standard : numbersOf(c, i);
}
const unknownAxes = "works along axes that are not known";

const reduce = (c: unknown): BatchAxis | string => {
  const one = c as BatchContext<"ReduceSum">;
  const { keepdims, noop_with_empty_axes } = one.attributes;
  return onOnly(one as Any, 0, (b, rank) => {
    const axes = listOr(one as Any, 1, []);
    if (!axes) return unknownAxes;
    if (axes.length === 0) return noop_with_empty_axes ? b : across;
    return withoutAxes(b, axes, rank, keepdims);
  });
};

const arg = (c: unknown): BatchAxis | string => {
  const { attributes } = c as BatchContext<"ArgMax">;
  return onOnly(c as Any, 0, (b, rank) => withoutAxes(b, [attributes.axis], rank, attributes.keepdims));
};

/** Ends of this size mean "to the end": exporters write 2^31 - 1 or 2^63 - 1. */
const toTheEnd = 2 ** 31 - 1;

function slice(c: BatchContext<"Slice">): BatchAxis | string {
  return onOnly(c as Any, 0, (b, rank) => {
    const [starts, ends] = [numbersOf(c as Any, 1), numbersOf(c as Any, 2)];
    const axes = c.node.inputs[3] ? numbersOf(c as Any, 3) : starts?.map((_, i) => i);
    if (!axes) return unknownAxes;
    const k = axes.findIndex((axis) => fromFront(axis, rank) === b.axis);
    if (k < 0) return b;
    const steps = listOr(
      c as Any,
      4,
      axes.map(() => 1),
    );
    const whole = starts?.[k] === 0 && ends && ends[k]! >= toTheEnd && steps?.[k] === 1;
    return whole ? b : across;
  });
}

function pad(c: BatchContext<"Pad">): BatchAxis | string {
  return onOnly(c as Any, 0, (b, rank) => {
    const pads = numbersOf(c as Any, 1);
    const axes = listOr(
      c as Any,
      3,
      Array.from({ length: rank }, (_, i) => i),
    );
    if (!pads || !axes) return "adds a margin that is not known";
    const k = axes.findIndex((axis) => fromFront(axis, rank) === b.axis);
    return k < 0 || (pads[k] === 0 && pads[k + axes.length] === 0) ? b : across;
  });
}

/** All inputs hold the batch in the same axis, and are joined in another one. */
function concat(c: BatchContext<"Concat">): BatchAxis | string {
  let found: BatchAxis | undefined;
  for (const [i, v] of c.node.inputs.entries()) {
    const b = c.batch(i);
    if (!c.shape(i)) return unknownShape;
    if (!b) return c.shape(i)!.includes(0) ? `joins an empty value "${v}"` : fixedRows(c.shape(i));
    if (found && (found.axis !== b.axis || !alike(found, b))) return differentAxes;
    found = found ? joined(found, b) : b;
  }
  return fromFront(c.attributes.axis, c.shape(0)!.length) === found!.axis ? across : found!;
}

/** Repeating the axis of the batch t times: sample b is at (t · before + i) · batch + b. */
function tile(c: BatchContext<"Tile">): BatchAxis | string {
  return onOnly(c as Any, 0, (b) => {
    const count = numbersOf(c as Any, 1)?.[b.axis];
    return count === undefined || count < 1
      ? "repeats it a number of times that is not known"
      : { ...b, before: b.before * count };
  });
}

function squeeze(c: BatchContext<"Squeeze">): BatchAxis | string {
  return onOnly(c as Any, 0, (b, rank, shape) => {
    const ones = shape.flatMap((d, i) => (d === 1 ? [i] : []));
    // Without axes, every size of 1 is removed: the batch too, if it is one sample.
    if (!c.node.inputs[1] && (ones.includes(b.axis) || shape.some((d) => typeof d !== "number")))
      return "removes all axes of size 1";
    if (!c.node.inputs[1]) return "removes an axis only if its size is 1";
    const axes = numbersOf(c as Any, 1);
    return axes ? withoutAxes(b, axes, rank, false) : unknownAxes;
  });
}

function unsqueeze(c: BatchContext<"Unsqueeze">): BatchAxis | string {
  return onOnly(c as Any, 0, (b, rank) => {
    const axes = numbersOf(c as Any, 1);
    if (!axes) return unknownAxes;
    const added = new Set(axes.map((axis) => fromFront(axis, rank + axes.length)));
    const kept = Array.from({ length: rank + axes.length }, (_, i) => i).filter((i) => !added.has(i));
    return moved(b, kept[b.axis]!);
  });
}

/** The axes from `axis` on are normalised; scale and bias belong to them. */
function layerNormalization(c: BatchContext<"LayerNormalization">): BatchAxis | string {
  return onOnly(c as Any, 0, (b, rank) => {
    const axis = fromFront(c.attributes.axis, rank);
    if (b.axis >= axis) return across;
    const wide = [1, 2].find((i) => (c.shape(i)?.length ?? 0) > rank - axis);
    return wide === undefined ? b : fixedRows(c.shape(wide));
  });
}

function batchNormalization(c: BatchContext<"BatchNormalization">): BatchAxis | string {
  if (c.attributes.training_mode) return across;
  return onOnly(c as Any, 0, (b) => (b.axis === 1 ? fixedRows(c.shape(1)) : b));
}

/** A size that is not named, or whose factor is 1, stays; only a crop reads it at other places. */
function resize(c: BatchContext<"Resize">): BatchAxis | string {
  const { axes, coordinate_transformation_mode } = c.attributes;
  return onOnly(c as Any, 0, (b, rank) => {
    const named = axes ? axes.findIndex((axis) => fromFront(axis, rank) === b.axis) : b.axis;
    if (named < 0) return b;
    if (coordinate_transformation_mode === "tf_crop_and_resize") return across;
    const factor: Dim | undefined = c.list(2)?.[named];
    return factor === 1 ? b : across;
  });
}

function reverseSequence(c: BatchContext<"ReverseSequence">): BatchAxis | string {
  const { batch_axis, time_axis } = c.attributes;
  const [x, lengths] = [c.batch(0), c.batch(1)];
  if (!x) return fixedRows(c.shape(0));
  if (x.axis === time_axis) return across;
  if (x.axis !== batch_axis) return lengths ? differentAxes : x;
  return lengths && alike(x, lengths) ? joined(x, lengths) : fixedRows(c.shape(1));
}

const no = (reason: string) => () => reason;

/**
 * How each operator carries the batch from its inputs to its outputs. The table is closed: an operator without a rule
 * does not compile. "No" means not proved, so a fixed batch stays fixed.
 */
export const batchRules: BatchRules<OpAttributes> = {
  Add: elementwise,
  Sub: elementwise,
  Mul: elementwise,
  Div: elementwise,
  Pow: elementwise,
  Min: elementwise,
  Max: elementwise,
  Mod: elementwise,
  Neg: elementwise,
  Abs: elementwise,
  Sign: elementwise,
  Sqrt: elementwise,
  Exp: elementwise,
  Log: elementwise,
  Reciprocal: elementwise,
  Erf: elementwise,
  Floor: elementwise,
  Ceil: elementwise,
  Round: elementwise,
  Equal: elementwise,
  Greater: elementwise,
  GreaterOrEqual: elementwise,
  Less: elementwise,
  LessOrEqual: elementwise,
  And: elementwise,
  Or: elementwise,
  Not: elementwise,
  Xor: elementwise,
  IsNaN: elementwise,
  IsInf: elementwise,
  Where: elementwise,
  Cast: elementwise,
  Identity: elementwise,
  Sin: elementwise,
  Cos: elementwise,
  Tan: elementwise,
  Asin: elementwise,
  Acos: elementwise,
  Atan: elementwise,
  Sinh: elementwise,
  Cosh: elementwise,
  Asinh: elementwise,
  Acosh: elementwise,
  Atanh: elementwise,
  BitShift: elementwise,
  BitwiseAnd: elementwise,
  BitwiseOr: elementwise,
  BitwiseXor: elementwise,
  BitwiseNot: elementwise,
  Relu: elementwise,
  Sigmoid: elementwise,
  Tanh: elementwise,
  Softplus: elementwise,
  Softsign: elementwise,
  HardSwish: elementwise,
  LeakyRelu: elementwise,
  Elu: elementwise,
  Selu: elementwise,
  HardSigmoid: elementwise,
  PRelu: elementwise,
  Clip: elementwise,
  Gelu: elementwise,
  Mish: elementwise,

  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  Hardmax: alongAxis,
  Split: alongAxis,
  TopK: alongAxis,
  CumSum: along((c) => numbersOf(c as Any, 1)),
  Trilu: along((_, rank) => [rank - 2, rank - 1]),
  LRN: along(() => [1]),

  ...productRules,

  Conv: perSample(1),
  ConvTranspose: perSample(1),
  InstanceNormalization: perSample(1),
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  GlobalAveragePool: pool,
  GlobalMaxPool: pool,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,

  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSumSquare: reduce,
  ReduceL2: reduce,
  ReduceL1: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ArgMax: arg,
  ArgMin: arg,

  ...reshapeRules,
  Transpose: (c) => onOnly(c as Any, 0, (b) => moved(b, c.attributes.perm.indexOf(b.axis))),
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Concat: concat,
  Slice: slice,
  Pad: pad,
  Tile: tile,
  // Sizes are followed by `shapeValue`, not by this table.
  Shape: no("is a size of the batch that is not known"),
  Size: no("is a number of elements of the whole batch"),
  Range: no("counts the rows of the batch"),

  ...indexRules,
  Resize: resize,
  ReverseSequence: reverseSequence,
  EyeLike: no("numbers the rows of the batch"),
  NonZero: no("has as many results as the batch has nonzero elements"),
};
