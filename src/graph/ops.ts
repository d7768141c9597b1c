/**
 * The closed list of operators that Engraft understands, with all attributes and explicit defaults. The form is
 * that of ONNX opset 18 (axes, pads, starts … are inputs). `from-onnx` converts older forms, so shape rules,
 * gradients and the reference interpreter handle one form only.
 *
 * One operator has an entry in four tables (infer/, autodiff/rules/, testing/reference/, import/batch/). A
 * missing entry does not compile.
 */
export type None = Readonly<Record<string, never>>;

interface Window {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begin of each spatial axis, then end of each. `auto_pad` is resolved at import. */
  readonly pads: readonly number[];
}
interface Reduce {
  readonly keepdims: boolean;
  /** Without axes: true returns the input, false reduces all axes. */
  readonly noop_with_empty_axes: boolean;
}

export interface Elementwise {
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Pow: None;
  Min: None;
  Max: None;
  Mod: { readonly fmod: boolean };
  Neg: None;
  Abs: None;
  Sign: None;
  Sqrt: None;
  Exp: None;
  Log: None;
  Reciprocal: None;
  Erf: None;
  Floor: None;
  Ceil: None;
  Round: None;
  Equal: None;
  Greater: None;
  GreaterOrEqual: None;
  Less: None;
  LessOrEqual: None;
  And: None;
  Or: None;
  Not: None;
  IsNaN: None;
  Where: None;
  Cast: { readonly to: import("../core/dtype.js").DType };
  Xor: None;
  IsInf: { readonly detect_negative: boolean; readonly detect_positive: boolean };
}
export interface Trigonometry {
  Sin: None;
  Cos: None;
  Tan: None;
  Asin: None;
  Acos: None;
  Atan: None;
  Sinh: None;
  Cosh: None;
  Asinh: None;
  Acosh: None;
  Atanh: None;
}
export interface Bitwise {
  BitShift: { readonly direction: "LEFT" | "RIGHT" };
  BitwiseAnd: None;
  BitwiseOr: None;
  BitwiseXor: None;
  BitwiseNot: None;
}
export interface Activation {
  Relu: None;
  Sigmoid: None;
  Tanh: None;
  Softplus: None;
  Softsign: None;
  HardSwish: None;
  LeakyRelu: { readonly alpha: number };
  Elu: { readonly alpha: number };
  Selu: { readonly alpha: number; readonly gamma: number };
  HardSigmoid: { readonly alpha: number; readonly beta: number };
  PRelu: None;
  /** Inputs x, min?, max?. */
  Clip: None;
  Softmax: { readonly axis: number };
  LogSoftmax: { readonly axis: number };
  Hardmax: { readonly axis: number };
  /** Opset 20. */
  Gelu: { readonly approximate: "none" | "tanh" };
  Mish: None;
}
export interface Linalg {
  MatMul: None;
  Gemm: { readonly alpha: number; readonly beta: number; readonly transA: boolean; readonly transB: boolean };
  /** com.microsoft: y = alpha * op(a) @ op(b), op transposes the last two axes. Only `fuse-for-ort` creates it. */
  FusedMatMul: { readonly alpha: number; readonly transA: boolean; readonly transB: boolean };
}
export interface Convolution {
  Conv: Window & { readonly group: number };
  ConvTranspose: Window & { readonly group: number; readonly output_padding: readonly number[] };
}
export interface Pooling {
  /** Outputs y, indices? (flat positions in the whole input tensor, as ONNX defines them). */
  MaxPool: Window & { readonly ceil_mode: boolean; readonly storage_order: number };
  AveragePool: Window & { readonly ceil_mode: boolean; readonly count_include_pad: boolean };
  GlobalAveragePool: None;
  GlobalMaxPool: None;
  LpPool: Window & { readonly ceil_mode: boolean; readonly p: number };
}
export interface Normalization {
  /** Inputs x, scale, bias, mean, var. training_mode: outputs y, running_mean, running_var (population variance). */
  BatchNormalization: {
    readonly epsilon: number;
    readonly momentum: number;
    readonly training_mode: boolean;
  };
  LRN: { readonly alpha: number; readonly beta: number; readonly bias: number; readonly size: number };
  /** Inputs x, scale, bias?. Outputs y, mean?, inv_std? (float32, the axes from `axis` on of size 1). */
  LayerNormalization: { readonly axis: number; readonly epsilon: number };
  /** Inputs x, scale, bias. Normalises each plane of [N, C, …] separately. */
  InstanceNormalization: { readonly epsilon: number };
}
export interface Reduction {
  /** Inputs x, axes?. */
  ReduceSum: Reduce;
  ReduceMean: Reduce;
  ReduceMax: Reduce;
  ReduceMin: Reduce;
  ReduceProd: Reduce;
  ReduceSumSquare: Reduce;
  ReduceL2: Reduce;
  ReduceL1: Reduce;
  ReduceLogSum: Reduce;
  ReduceLogSumExp: Reduce;
  ArgMax: { readonly axis: number; readonly keepdims: boolean; readonly select_last_index: boolean };
  ArgMin: { readonly axis: number; readonly keepdims: boolean; readonly select_last_index: boolean };
  /** Inputs x, axis. */
  CumSum: { readonly exclusive: boolean; readonly reverse: boolean };
}
export interface Movement {
  /** Inputs x, shape. */
  Reshape: { readonly allowzero: boolean };
  Flatten: { readonly axis: number };
  Transpose: { readonly perm: readonly number[] };
  /** Inputs x, axes?. */
  Squeeze: None;
  /** Inputs x, axes. */
  Unsqueeze: None;
  Concat: { readonly axis: number };
  /** Inputs x, split (always given in canonical form). */
  Split: { readonly axis: number };
  /** Inputs x, starts, ends, axes?, steps?. */
  Slice: None;
  /** Inputs x, pads, value?, axes?. */
  Pad: { readonly mode: "constant" | "reflect" | "edge" | "wrap" };
  Expand: None;
  Tile: None;
  Identity: None;
  Shape: { readonly start: number; readonly end: number | undefined };
  Size: None;
  ConstantOfShape: { readonly value: import("../core/tensor.js").Tensor };
  Range: None;
}
export interface Gathering {
  Gather: { readonly axis: number };
  GatherElements: { readonly axis: number };
  ScatterElements: { readonly axis: number; readonly reduction: "none" | "add" | "mul" | "min" | "max" };
  /** Inputs indices, depth, values [off, on]. */
  OneHot: { readonly axis: number };
}

export interface Resampling {
  /** Inputs x, roi?, scales?, sizes? (one of the last two). */
  Resize: {
    readonly mode: "nearest" | "linear" | "cubic";
    /** `half_pixel_symmetric` is of opset 19. */
    readonly coordinate_transformation_mode:
      | "half_pixel"
      | "half_pixel_symmetric"
      | "pytorch_half_pixel"
      | "align_corners"
      | "asymmetric"
      | "tf_crop_and_resize";
    readonly nearest_mode: "round_prefer_floor" | "round_prefer_ceil" | "floor" | "ceil";
    readonly cubic_coeff_a: number;
    /** cubic: weights of samples outside are 0, the others sum to 1. */
    readonly exclude_outside: boolean;
    /** tf_crop_and_resize: value of outputs outside the input. */
    readonly extrapolation_value: number;
    /** With sizes: stretch each axis, or scale all axes alike and stay within or around the sizes. */
    readonly keep_aspect_ratio_policy: "stretch" | "not_larger" | "not_smaller";
    /** Axes of roi, scales and sizes; undefined: all axes. */
    readonly axes: readonly number[] | undefined;
  };
}
export interface Selection {
  /** Inputs x, indices: the last axis of the indices holds positions in x. */
  GatherND: { readonly batch_dims: number };
  /** Inputs x, indices, updates. */
  ScatterND: { readonly reduction: "none" | "add" | "mul" | "min" | "max" };
  /** Inputs x, k. Outputs values, indices. */
  TopK: { readonly axis: number; readonly largest: boolean; readonly sorted: boolean };
  /** Inputs x, lengths: the first lengths[b] steps of row b in reverse order. */
  ReverseSequence: { readonly batch_axis: number; readonly time_axis: number };
  /** Inputs x, k?: keeps the elements on and above (or below) diagonal k of the last two axes. */
  Trilu: { readonly upper: boolean };
  /** Input: a matrix of which only the shape is used. */
  EyeLike: { readonly dtype: import("../core/dtype.js").DType; readonly k: number };
  /** Indices of nonzero elements: int64[rank, count]. */
  NonZero: None;
}

export interface OpAttributes
  extends Elementwise,
    Trigonometry,
    Bitwise,
    Activation,
    Linalg,
    Convolution,
    Pooling,
    Normalization,
    Reduction,
    Movement,
    Gathering,
    Resampling,
    Selection {}

export type OpName = keyof OpAttributes;
