import { isStatic, type Shape, type TensorType } from "../../core/shape.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { dtypeOf, type NodeProto } from "../../onnx/index.js";
import type { OpAttributes, OpName } from "../ops.js";
import { type Attributes, nodeError } from "./attributes.js";
import { resize } from "./resize.js";
import { transposedWindowOf, windowOf } from "./window.js";

/** What a reader of attributes sees of a node. */
export interface Reading {
  readonly node: NodeProto;
  readonly a: Attributes;
  /** Type of input i, if known. */
  typeOf(i: number): TensorType | undefined;
  constantOf(i: number): Tensor | undefined;
}

/** Reads the attributes in canonical form, or returns the reason why the node stays opaque. */
type Read<Op extends OpName> = (r: Reading) => OpAttributes[Op] | string;
/** [fewest inputs, most inputs, attributes, most outputs (1)]. */
type Entry<Op extends OpName> = readonly [min: number, max: number, read: Read<Op>, outputs?: number];

const many = Number.POSITIVE_INFINITY;
const plain = () => ({});
const reduce = ({ a }: Reading) => ({
  keepdims: a.flag("keepdims") ?? true,
  noop_with_empty_axes: a.flag("noop_with_empty_axes") ?? false,
});
const arg = ({ a }: Reading) => ({
  axis: a.int("axis") ?? 0,
  keepdims: a.flag("keepdims") ?? true,
  select_last_index: a.flag("select_last_index") ?? false,
});
const axisOr =
  (standard: number) =>
  ({ a }: Reading) => ({ axis: a.int("axis") ?? standard });
const alphaOr =
  (standard: number) =>
  ({ a }: Reading) => ({ alpha: a.floatOr("alpha", standard) });

/** Spatial sizes of input i: those after batch and channels. */
function spatial(r: Reading, i: number): Shape | undefined {
  return r.typeOf(i)?.shape?.slice(2);
}
function kernelOf(r: Reading): readonly number[] | undefined {
  const sizes = spatial(r, 1);
  return isStatic(sizes) ? sizes : undefined;
}
/** Reads the attributes that all pools share and adds `own`; returns the reason if the window cannot be read. */
function pool<Own>(r: Reading, own: Own) {
  const window = windowOf(r.node, r.a, undefined, spatial(r, 0));
  if (typeof window === "string") return window;
  return { ...window, ceil_mode: r.a.flag("ceil_mode") ?? false, ...own };
}
function oneOf<T extends string>(value: string, ...allowed: readonly T[]): T | undefined {
  return allowed.find((v) => v === value);
}

/**
 * Readers for the attributes of each operator of opset 18, with ONNX's defaults. A missing entry does not compile.
 */
export const canonical: { readonly [Op in OpName]: Entry<Op> } = {
  Add: [2, 2, plain],
  Sub: [2, 2, plain],
  Mul: [2, 2, plain],
  Div: [2, 2, plain],
  Pow: [2, 2, plain],
  Min: [2, 2, plain],
  Max: [2, 2, plain],
  Mod: [2, 2, ({ a }) => ({ fmod: a.flag("fmod") ?? false })],
  Neg: [1, 1, plain],
  Abs: [1, 1, plain],
  Sign: [1, 1, plain],
  Sqrt: [1, 1, plain],
  Exp: [1, 1, plain],
  Log: [1, 1, plain],
  Reciprocal: [1, 1, plain],
  Erf: [1, 1, plain],
  Floor: [1, 1, plain],
  Ceil: [1, 1, plain],
  Round: [1, 1, plain],
  Equal: [2, 2, plain],
  Greater: [2, 2, plain],
  GreaterOrEqual: [2, 2, plain],
  Less: [2, 2, plain],
  LessOrEqual: [2, 2, plain],
  And: [2, 2, plain],
  Or: [2, 2, plain],
  Not: [1, 1, plain],
  IsNaN: [1, 1, plain],
  Where: [3, 3, plain],
  Cast: [
    1,
    1,
    ({ a, node }) => {
      const to = a.int("to");
      if (to === undefined) throw nodeError(node, 'attribute "to" is missing');
      const dtype = dtypeOf(to);
      return dtype ? { to: dtype } : `it casts to element type ${to}`;
    },
  ],
  Xor: [2, 2, plain],
  IsInf: [
    1,
    1,
    ({ a }) => ({
      detect_negative: a.flag("detect_negative") ?? true,
      detect_positive: a.flag("detect_positive") ?? true,
    }),
  ],

  Sin: [1, 1, plain],
  Cos: [1, 1, plain],
  Tan: [1, 1, plain],
  Asin: [1, 1, plain],
  Acos: [1, 1, plain],
  Atan: [1, 1, plain],
  Sinh: [1, 1, plain],
  Cosh: [1, 1, plain],
  Asinh: [1, 1, plain],
  Acosh: [1, 1, plain],
  Atanh: [1, 1, plain],

  BitShift: [
    2,
    2,
    ({ a, node }) => {
      const direction = oneOf(a.string("direction") ?? "", "LEFT", "RIGHT");
      if (!direction) throw nodeError(node, 'attribute "direction" is neither LEFT nor RIGHT');
      return { direction };
    },
  ],
  BitwiseAnd: [2, 2, plain],
  BitwiseOr: [2, 2, plain],
  BitwiseXor: [2, 2, plain],
  BitwiseNot: [1, 1, plain],

  Relu: [1, 1, plain],
  Sigmoid: [1, 1, plain],
  Tanh: [1, 1, plain],
  Softplus: [1, 1, plain],
  Softsign: [1, 1, plain],
  HardSwish: [1, 1, plain],
  LeakyRelu: [1, 1, alphaOr(0.01)],
  Elu: [1, 1, alphaOr(1)],
  Selu: [
    1,
    1,
    // The defaults of ONNX's Selu-6.
    ({ a }) => ({
      alpha: a.floatOr("alpha", 1.6732632423543772),
      gamma: a.floatOr("gamma", 1.0507009873554805),
    }),
  ],
  HardSigmoid: [1, 1, ({ a }) => ({ alpha: a.floatOr("alpha", 0.2), beta: a.floatOr("beta", 0.5) })],
  PRelu: [2, 2, plain],
  Clip: [1, 3, plain],
  Softmax: [1, 1, axisOr(-1)],
  LogSoftmax: [1, 1, axisOr(-1)],
  Hardmax: [1, 1, axisOr(-1)],
  Gelu: [
    1,
    1,
    ({ a }) => {
      const given = a.string("approximate") ?? "none";
      const approximate = oneOf(given, "none", "tanh");
      return approximate ? { approximate } : `its approximation is ${JSON.stringify(given)}`;
    },
  ],
  Mish: [1, 1, plain],

  MatMul: [2, 2, plain],
  Gemm: [
    2,
    3,
    ({ a }) => ({
      alpha: a.floatOr("alpha", 1),
      beta: a.floatOr("beta", 1),
      transA: a.flag("transA") ?? false,
      transB: a.flag("transB") ?? false,
    }),
  ],
  FusedMatMul: [
    2,
    2,
    ({ a }) =>
      a.flag("transBatchA") || a.flag("transBatchB")
        ? "it transposes the batch"
        : {
            alpha: a.floatOr("alpha", 1),
            transA: a.flag("transA") ?? false,
            transB: a.flag("transB") ?? false,
          },
  ],

  Conv: [
    2,
    3,
    (r) => {
      const window = windowOf(r.node, r.a, kernelOf(r), spatial(r, 0));
      return typeof window === "string" ? window : { ...window, group: groupOf(r) };
    },
  ],
  ConvTranspose: [
    2,
    3,
    (r) => {
      const window = transposedWindowOf(r.node, r.a, kernelOf(r), spatial(r, 0));
      return typeof window === "string" ? window : { ...window, group: groupOf(r) };
    },
  ],

  MaxPool: [
    1,
    1,
    (r) => {
      const columns = (r.a.int("storage_order") ?? 0) !== 0 && Boolean(r.node.output[1]);
      return columns ? "its indices are column-major (storage_order 1)" : pool(r, { storage_order: 0 });
    },
    2,
  ],
  AveragePool: [1, 1, (r) => pool(r, { count_include_pad: r.a.flag("count_include_pad") ?? false })],
  GlobalAveragePool: [1, 1, plain],
  GlobalMaxPool: [1, 1, plain],
  LpPool: [1, 1, (r) => pool(r, { p: r.a.int("p") ?? 2 })],

  BatchNormalization: [
    5,
    5,
    ({ a }) => ({
      epsilon: a.floatOr("epsilon", 1e-5),
      momentum: a.floatOr("momentum", 0.9),
      training_mode: a.flag("training_mode") ?? false,
    }),
    3,
  ],
  LRN: [
    1,
    1,
    ({ a, node }) => {
      const size = a.int("size");
      if (size === undefined || size < 1) throw nodeError(node, `attribute "size" is ${size ?? "missing"}`);
      return {
        alpha: a.floatOr("alpha", 1e-4),
        beta: a.floatOr("beta", 0.75),
        bias: a.floatOr("bias", 1),
        size,
      };
    },
  ],
  // Everything is computed in float32, as stash_type 1 asks for.
  LayerNormalization: [
    2,
    3,
    ({ a }) => ({ axis: a.int("axis") ?? -1, epsilon: a.floatOr("epsilon", 1e-5) }),
    3,
  ],
  InstanceNormalization: [3, 3, ({ a }) => ({ epsilon: a.floatOr("epsilon", 1e-5) })],

  ReduceSum: [1, 2, reduce],
  ReduceMean: [1, 2, reduce],
  ReduceMax: [1, 2, reduce],
  ReduceMin: [1, 2, reduce],
  ReduceProd: [1, 2, reduce],
  ReduceSumSquare: [1, 2, reduce],
  ReduceL2: [1, 2, reduce],
  ReduceL1: [1, 2, reduce],
  ReduceLogSum: [1, 2, reduce],
  ReduceLogSumExp: [1, 2, reduce],
  ArgMax: [1, 1, arg],
  ArgMin: [1, 1, arg],
  CumSum: [
    2,
    2,
    ({ a }) => ({ exclusive: a.flag("exclusive") ?? false, reverse: a.flag("reverse") ?? false }),
  ],

  Reshape: [2, 2, ({ a }) => ({ allowzero: a.flag("allowzero") ?? false })],
  Flatten: [1, 1, axisOr(1)],
  Transpose: [
    1,
    1,
    (r) => {
      const rank = r.typeOf(0)?.shape?.length;
      const perm = r.a.ints("perm");
      if (perm) return { perm };
      if (rank === undefined) return "it reverses axes of unknown number";
      return { perm: Array.from({ length: rank }, (_, i) => rank - 1 - i) };
    },
  ],
  Squeeze: [1, 2, plain],
  Unsqueeze: [2, 2, plain],
  Concat: [
    1,
    many,
    ({ a, node }) => {
      const axis = a.int("axis");
      if (axis === undefined) throw nodeError(node, 'attribute "axis" is missing');
      return { axis };
    },
  ],
  Split: [2, 2, axisOr(0), many],
  Slice: [3, 5, plain],
  Pad: [
    2,
    4,
    ({ a }) => {
      const given = a.string("mode") ?? "constant";
      const mode = oneOf(given, "constant", "reflect", "edge", "wrap");
      return mode ? { mode } : `its mode is ${JSON.stringify(given)}`;
    },
  ],
  Expand: [2, 2, plain],
  Tile: [2, 2, plain],
  Identity: [1, 1, plain],
  Shape: [1, 1, ({ a }) => ({ start: a.int("start") ?? 0, end: a.int("end") })],
  Size: [1, 1, plain],
  ConstantOfShape: [1, 1, ({ a }) => ({ value: a.tensor("value") ?? oneZero() })],
  Range: [3, 3, plain],

  Gather: [2, 2, axisOr(0)],
  GatherElements: [2, 2, axisOr(0)],
  ScatterElements: [
    3,
    3,
    ({ a }) => {
      const given = a.string("reduction") ?? "none";
      const reduction = oneOf(given, "none", "add", "mul", "min", "max");
      return reduction
        ? { axis: a.int("axis") ?? 0, reduction }
        : `its reduction is ${JSON.stringify(given)}`;
    },
  ],
  OneHot: [3, 3, axisOr(-1)],

  Resize: [1, 4, resize],

  GatherND: [2, 2, ({ a }) => ({ batch_dims: a.int("batch_dims") ?? 0 })],
  ScatterND: [
    3,
    3,
    ({ a }) => {
      const given = a.string("reduction") ?? "none";
      const reduction = oneOf(given, "none", "add", "mul", "min", "max");
      return reduction ? { reduction } : `its reduction is ${JSON.stringify(given)}`;
    },
  ],
  TopK: [
    2,
    2,
    ({ a }) => ({
      axis: a.int("axis") ?? -1,
      largest: a.flag("largest") ?? true,
      sorted: a.flag("sorted") ?? true,
    }),
    2,
  ],
  ReverseSequence: [
    2,
    2,
    ({ a }) => ({ batch_axis: a.int("batch_axis") ?? 1, time_axis: a.int("time_axis") ?? 0 }),
  ],
  Trilu: [1, 2, ({ a }) => ({ upper: a.flag("upper") ?? true })],
  EyeLike: [
    1,
    1,
    (r) => {
      const code = r.a.int("dtype");
      const dtype = code === undefined ? r.typeOf(0)?.dtype : dtypeOf(code);
      return dtype ? { dtype, k: r.a.int("k") ?? 0 } : "the type of its elements is not known";
    },
  ],
  NonZero: [1, 1, plain],
};

function groupOf({ a, node }: Reading): number {
  const group = a.int("group") ?? 1;
  if (!(group >= 1)) throw nodeError(node, `group is ${group}: expected 1 or more`);
  return group;
}

function oneZero(): Tensor {
  return float32([1], [0]);
}
