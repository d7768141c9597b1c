import { expect, test } from "vitest";
import type { EngraftError } from "../../core/errors.js";
import type { TensorType } from "../../core/shape.js";
import { float32, int64, type Tensor } from "../../core/tensor.js";
import { Graph } from "../graph.js";
import type { AnyOpNode } from "../node.js";
import type { OpAttributes, OpName } from "../ops.js";
import { inferNode } from "./index.js";

type Operand = string | Tensor | undefined;

/** Parses `float32[N, 3]` to a type. */
function typeFrom(text: string): TensorType {
  const [, dtype, list] = /^(\w+)\[(.*)\]$/.exec(text)!;
  const parts = list === "" ? [] : list!.split(", ");
  const shape = parts.map((d) => (d === "?" ? null : /^\d+$/.test(d) ? Number(d) : d));
  return { dtype: dtype as TensorType["dtype"], shape: list === "..." ? undefined : shape };
}
/** Returns message and help of the error that an operator throws on inputs of these types. */
function refusal<Op extends OpName>(
  op: Op,
  inputs: readonly Operand[],
  attributes: OpAttributes[Op],
  outputs = 1,
): { message: string; help: string | undefined } {
  const graph = new Graph();
  const names = inputs.map((x, i) => {
    if (x === undefined) return "";
    return typeof x === "string" ? graph.input(`x${i}`, typeFrom(x)) : graph.initializer(`x${i}`, x);
  });
  const node = {
    kind: "op",
    op,
    name: "it",
    inputs: names,
    outputs: Array.from({ length: outputs }, (_, i) => `y${i}`),
    attributes,
  } as unknown as AnyOpNode;
  try {
    inferNode(graph, node);
  } catch (error) {
    const { kind, message, at, help } = error as EngraftError;
    expect(kind).toBe("ShapeError");
    expect(at).toContain(`${op} "it"`);
    return { message, help };
  }
  throw new Error(`${op} was accepted`);
}

const one = { kernel_shape: [3, 3], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] };
const resize = {
  mode: "nearest",
  coordinate_transformation_mode: "half_pixel",
  nearest_mode: "floor",
  cubic_coeff_a: -0.75,
  exclude_outside: false,
  extrapolation_value: 0,
  keep_aspect_ratio_policy: "stretch",
  axes: undefined,
} as const;

const oneUpdateEach = "give one update for each index";
const axisOfTwo = "use an axis from -2 to 1";
test.each<[string, { message: string; help: string | undefined }, string, string]>([
  [
    "element types differ",
    refusal("Add", ["float32[3]", "int64[3]"], {}),
    "Add: element types differ: a is float32[3], b is int64[3]",
    "insert a Cast so that both have the same type",
  ],
  [
    "shapes do not broadcast",
    refusal("Mul", ["float32[2, 3]", "float32[2]"], {}),
    "Mul: shapes [2, 3] and [2] do not broadcast",
    "axis 1 of the result is 3 on one side and 2 on the other; they must be equal, or one of them 1",
  ],
  [
    "a float is needed",
    refusal("Sqrt", ["int64[3]"], {}),
    "Sqrt: x is int64[3], it must be a float",
    "insert a Cast to float32",
  ],
  [
    "a bool is needed",
    refusal("Where", ["float32[3]", "float32[3]", "float32[3]"], {}),
    "Where: condition is float32[3], it must be bool",
    "insert a Cast to bool",
  ],
  [
    "an input is missing",
    refusal("Where", ["bool[3]", undefined, "float32[3]"], {}),
    "Where: input 1 (a) is missing",
    "Where needs it: connect a value to it",
  ],
  [
    "a slope that is larger than x",
    refusal("PRelu", ["float32[N, 3]", "float32[2, 1, 3]"], {}),
    "PRelu: the slope does not broadcast to x: x is float32[N, 3], slope is float32[2, 1, 3]",
    "the slope may have size 1 or x's size on each axis, aligned at the right",
  ],
  [
    "a softmax axis",
    refusal("Softmax", ["float32[N, 3]"], { axis: 2 }),
    "Softmax: axis 2 is out of range: the input is float32[N, 3]",
    axisOfTwo,
  ],
  [
    "Gemm of a stack",
    refusal("Gemm", ["float32[N, 8, 1]", "float32[8, 2]"], {
      alpha: 1,
      beta: 1,
      transA: false,
      transB: false,
    }),
    "Gemm: a is float32[N, 8, 1], it must have two axes",
    "flatten it first, or use MatMul",
  ],
  [
    "Gemm with the other orientation",
    refusal("Gemm", ["float32[N, 512]", "float32[10, 256]"], {
      alpha: 1,
      beta: 1,
      transA: false,
      transB: true,
    }),
    "Gemm: inner dimensions differ: a is float32[N, 512], b is float32[10, 256] (transA false, transB true)",
    "a's last axis (512) must equal b's last (256)",
  ],
  [
    "channels of a convolution",
    refusal("Conv", ["float32[N, 4, 8, 8]", "float32[16, 3, 3, 3]"], { ...one, group: 1 }),
    "Conv: channels do not fit: x is float32[N, 4, 8, 8], w is float32[16, 3, 3, 3], group is 1",
    "x must have w's second axis × group = 3 channels, it has 4",
  ],
  [
    "a kernel larger than the picture",
    refusal("Conv", ["float32[N, 3, 2, 8]", "float32[16, 3, 3, 3]"], { ...one, group: 1 }),
    "Conv: the kernel does not fit: it covers 3 of spatial axis 0, the input float32[N, 3, 2, 8] has 2 and 0 of padding there",
    "use larger pictures, or a smaller kernel or dilation",
  ],
  [
    "a layout without channels",
    refusal("Conv", ["float32[3, 8, 8]", "float32[16, 3, 3, 3]"], { ...one, group: 1 }),
    "Conv: the input is float32[3, 8, 8], a kernel of 2 axes needs 4",
    "the layout is [batch, channels, ...spatial axes]",
  ],
  [
    "a pooling window in the padding",
    refusal("MaxPool", ["float32[N, 3, 8, 8]"], {
      ...one,
      pads: [3, 0, 0, 0],
      ceil_mode: false,
      storage_order: 0,
    }),
    "MaxPool: pads [3, 0, 0, 0] are not smaller than the kernel [3, 3]",
    "a window must cover at least one value of the input",
  ],
  [
    "statistics of other channels",
    refusal(
      "BatchNormalization",
      ["float32[N, 8, 4, 4]", "float32[8]", "float32[8]", "float32[4]", "float32[8]"],
      { epsilon: 1e-5, momentum: 0.9, training_mode: false },
    ),
    "BatchNormalization: mean is float32[4], x is float32[N, 8, 4, 4]",
    "mean must hold one number for each of x's 8 channels",
  ],
  [
    "reduction axes",
    refusal("ReduceSum", ["float32[N, 3]", int64([2], [1, -1])], {
      keepdims: false,
      noop_with_empty_axes: false,
    }),
    "ReduceSum: axes [1, -1] name an axis twice",
    "name each axis once",
  ],
  [
    "a reshape that loses elements",
    refusal("Reshape", ["float32[2, 3]", int64([2], [4, -1])], { allowzero: false }),
    "Reshape: cannot reshape float32[2, 3] to [4, -1]",
    "the number of elements must stay the same",
  ],
  [
    "two unknown sizes",
    refusal("Reshape", ["float32[2, 3]", int64([2], [-1, -1])], { allowzero: false }),
    "Reshape: cannot reshape float32[2, 3] to [-1, -1]",
    "only one size may be -1",
  ],
  [
    "an axis that cannot be squeezed",
    refusal("Squeeze", ["float32[N, 3]", int64([1], [1])], {}),
    "Squeeze: axis 1 of float32[N, 3] has size 3, not 1",
    "only axes of size 1 can be removed",
  ],
  [
    "parts that do not line up",
    refusal("Concat", ["float32[N, 3]", "float32[N, 4]"], { axis: 0 }),
    "Concat: shapes differ outside of axis 0: x0 is float32[N, 3], x1 is float32[N, 4]",
    "all inputs must have the same sizes on the other axes",
  ],
  [
    "sizes of a split",
    refusal("Split", ["float32[N, 6]", int64([2], [2, 3])], { axis: 1 }, 2),
    "Split: sizes [2, 3] do not split axis 1 of float32[N, 6]",
    "they must add up to 6, they add up to 5",
  ],
  [
    "an order of axes",
    refusal("Transpose", ["float32[2, 3]"], { perm: [0, 0] }),
    "Transpose: perm [0, 0] does not order the axes of float32[2, 3]",
    "name each axis from 0 to 1 once",
  ],
  [
    "an index",
    refusal("Gather", ["float32[5, 2]", int64([2], [0, 5])], { axis: 0 }),
    "Gather: index 5 is out of range for an axis of size 5",
    "use indices from -5 to 4",
  ],
  [
    "one update for each index",
    refusal("ScatterElements", ["float32[5]", int64([2], [0, 1]), "float32[3]"], {
      axis: 0,
      reduction: "none",
    }),
    "ScatterElements: shapes differ: indices is int64[2], updates is float32[3]",
    oneUpdateEach,
  ],
  [
    "sizes that no number holds",
    refusal("Tile", ["float32[1000000000, 2]", int64([2], [1_000_000_000, 1])], {}),
    "Tile: the result would be float32[1000000000000000000, 2]",
    "sizes are whole numbers, their product below 2^53",
  ],
  [
    "an absurd number of axes",
    refusal("Reshape", ["float32[1]", int64([65], new Array(65).fill(1))], { allowzero: false }),
    "Reshape: the result would have 65 axes",
    "at most 64 are possible",
  ],
  [
    "a layer normalisation's scale does not fit",
    refusal("LayerNormalization", ["float32[2, 3, 8]", "float32[4]"], { axis: -1, epsilon: 1e-5 }),
    "LayerNormalization: scale is float32[4], x is float32[2, 3, 8]",
    "scale must have the sizes of x from axis -1 on",
  ],
  [
    "a layer normalisation's axis is none of x",
    refusal("LayerNormalization", ["float32[2, 8]", "float32[8]"], { axis: 2, epsilon: 1e-5 }),
    "LayerNormalization: axis 2 is out of range: the input is float32[2, 8]",
    axisOfTwo,
  ],
  [
    "an instance normalisation's bias does not fit",
    refusal("InstanceNormalization", ["float32[2, 3, 8]", "float32[3]", "float32[8]"], { epsilon: 1e-5 }),
    "InstanceNormalization: bias is float32[8], x is float32[2, 3, 8]",
    "bias must hold one number for each of x's 3 channels",
  ],
  [
    "a norm has no exponent",
    refusal("LpPool", ["float32[1, 1, 4, 4]"], { ...one, ceil_mode: false, p: 0 }),
    "LpPool: p is 0",
    "give the exponent of the norm, a whole number of at least 1",
  ],
  [
    "a running sum has two axes",
    refusal("CumSum", ["float32[2, 3]", int64([2], [0, 1])], { exclusive: false, reverse: false }),
    "CumSum: axis holds 2 numbers",
    "give one axis",
  ],
  [
    "bits of a float",
    refusal("BitwiseAnd", ["float32[2]", "float32[2]"], {}),
    "BitwiseAnd: a is float32[2], it must be uint8 or uint16 or uint32 or uint64 or int8 or int16 or int32 or int64",
    "insert a Cast to int64",
  ],
  [
    "a Resize to nothing",
    refusal("Resize", ["float32[N, 3, 8, 8]"], resize),
    "Resize: it has neither scales nor sizes",
    "give one of them",
  ],
  [
    "scales for other axes",
    refusal("Resize", ["float32[N, 3, 8, 8]", undefined, float32([2], [2, 2])], resize),
    "Resize: 2 scales for 4 axes of float32[N, 3, 8, 8]",
    "give one for each axis",
  ],
  [
    "a scale that is none",
    refusal("Resize", ["float32[8]", undefined, float32([1], [-2])], resize),
    "Resize: a scale is -2",
    "scales and sizes are positive",
  ],
  [
    "index tuples that are too long",
    refusal("GatherND", ["float32[4, 5]", "int64[3, 3]"], { batch_dims: 0 }),
    "GatherND: indices is int64[3, 3]: tuples of 3 for x, which is float32[4, 5]",
    "the last axis of the indices must have size 1 to 2",
  ],
  [
    "an index tuple out of range",
    refusal("GatherND", ["float32[4, 5]", int64([1, 2], [3, 5])], { batch_dims: 0 }),
    "GatherND: index 5 is out of range for x, which is float32[4, 5]",
    "use indices within x",
  ],
  [
    "batches of different sizes",
    refusal("GatherND", ["float32[4, 5]", "int64[3, 1]"], { batch_dims: 1 }),
    "GatherND: batch axis 0 differs: x is float32[4, 5], indices is int64[3, 1]",
    "the first 1 sizes must be equal",
  ],
  [
    "updates for other places",
    refusal("ScatterND", ["float32[4, 5]", "int64[3, 1]", "float32[3, 4]"], { reduction: "none" }),
    "ScatterND: updates is float32[3, 4], indices int64[3, 1] of x float32[4, 5] name float32[3, 5]",
    oneUpdateEach,
  ],
  [
    "more than there are",
    refusal("TopK", ["float32[2, 5]", int64([1], [6])], { axis: -1, largest: true, sorted: true }, 2),
    "TopK: k is 6, axis 1 of float32[2, 5] has 5",
    "use a k of at most 5",
  ],
  [
    "a negative number of elements",
    refusal("TopK", ["float32[2, 5]", int64([1], [-1])], { axis: -1, largest: true, sorted: true }, 2),
    "TopK: k is -1",
    "give how many to keep, at least 0",
  ],
  [
    "time and batch on one axis",
    refusal("ReverseSequence", ["float32[4, 2]", "int64[4]"], { batch_axis: 0, time_axis: 0 }),
    "ReverseSequence: batch_axis is 0, time_axis 0",
    "one of them is 0, the other 1",
  ],
  [
    "lengths of another batch",
    refusal("ReverseSequence", ["float32[4, 2]", "int64[4]"], { batch_axis: 1, time_axis: 0 }),
    "ReverseSequence: lengths is int64[4], x is float32[4, 2]",
    "give one length for each entry of axis 1",
  ],
  [
    "sequences longer than their steps",
    refusal("ReverseSequence", ["float32[4, 2]", int64([2], [4, 5])], { batch_axis: 1, time_axis: 0 }),
    "ReverseSequence: length 5 for 4 steps of float32[4, 2]",
    "give lengths within x",
  ],
  [
    "the triangle of a vector",
    refusal("Trilu", ["float32[4]"], { upper: true }),
    "Trilu: x is float32[4], it needs at least 2 axes",
    "reshape it, or check the order of the inputs",
  ],
  [
    "a unit cube",
    refusal("EyeLike", ["float32[4, 4, 4]"], { dtype: "float32", k: 0 }),
    "EyeLike: the input is float32[4, 4, 4], it must be a matrix",
    "give a value of two axes",
  ],
])("%s", (_, error, message, help) => {
  expect(error).toEqual({ message, help });
});

test("an unknown rank is no error, and leaves what is known", () => {
  const graph = new Graph();
  graph.input("x", { dtype: "float32", shape: undefined });
  graph.initializer("w", float32([4, 3], new Float32Array(12)));
  const types = inferNode(graph, {
    kind: "op",
    op: "Gemm",
    name: "fc",
    inputs: ["x", "w"],
    outputs: ["y"],
    attributes: { alpha: 1, beta: 1, transA: false, transB: true },
  });
  expect(types).toEqual([{ dtype: "float32", shape: [null, 4] }]);
});
