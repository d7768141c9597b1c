import { float32, int64 } from "../../core/tensor.js";
import type { Movement } from "../../graph/ops.js";
import { type CaseTable, int, ints, uniform } from "./make.js";

export const movement: CaseTable<Movement> = {
  Reshape: [
    {
      name: "plain",
      inputs: [uniform([2, 6]), ints(3, 4)],
      attributes: { allowzero: false },
      differentiable: [0],
    },
    {
      name: "0 copies, -1 takes the rest",
      inputs: [uniform([2, 3, 4]), ints(0, -1)],
      attributes: { allowzero: false },
      differentiable: [0],
    },
    {
      name: "to a scalar",
      inputs: [uniform([1, 1]), ints()],
      attributes: { allowzero: false },
      differentiable: [0],
    },
    { name: "allowzero", inputs: [float32([0, 3], []), ints(3, 0)], attributes: { allowzero: true } },
  ],
  Flatten: [
    { name: "axis 1", inputs: [uniform([2, 3, 4])], attributes: { axis: 1 }, differentiable: [0] },
    { name: "axis 0", inputs: [uniform([2, 3])], attributes: { axis: 0 }, differentiable: [0] },
    { name: "a negative axis", inputs: [uniform([2, 3, 4])], attributes: { axis: -1 }, differentiable: [0] },
    { name: "behind the last axis", inputs: [uniform([2, 3])], attributes: { axis: 2 }, differentiable: [0] },
  ],
  Transpose: [
    { name: "a matrix", inputs: [uniform([2, 3])], attributes: { perm: [1, 0] }, differentiable: [0] },
    {
      name: "to channels last",
      inputs: [uniform([2, 3, 4, 2])],
      attributes: { perm: [0, 2, 3, 1] },
      differentiable: [0],
    },
    { name: "reversed", inputs: [uniform([2, 3, 4])], attributes: { perm: [2, 1, 0] }, differentiable: [0] },
    {
      name: "an order that is not its own inverse",
      inputs: [uniform([2, 3, 4])],
      attributes: { perm: [1, 2, 0] },
      differentiable: [0],
    },
  ],
  Squeeze: [
    { name: "all axes of size 1", inputs: [uniform([1, 3, 1])], attributes: {}, differentiable: [0] },
    { name: "one of them", inputs: [uniform([1, 3, 1]), ints(-1)], attributes: {}, differentiable: [0] },
  ],
  Unsqueeze: [
    { name: "in front", inputs: [uniform([3, 2]), ints(0)], attributes: {}, differentiable: [0] },
    { name: "two, one negative", inputs: [uniform([3]), ints(0, -1)], attributes: {}, differentiable: [0] },
    { name: "a scalar", inputs: [float32([], [2]), ints(0)], attributes: {}, differentiable: [0] },
  ],
  Concat: [
    {
      name: "first axis",
      inputs: [uniform([2, 3]), uniform([1, 3])],
      attributes: { axis: 0 },
      differentiable: [0, 1],
    },
    {
      name: "channels of three",
      inputs: [uniform([2, 1, 2]), uniform([2, 3, 2]), uniform([2, 2, 2])],
      attributes: { axis: 1 },
      differentiable: [0, 1, 2],
    },
    {
      name: "a negative axis",
      inputs: [uniform([2, 2]), uniform([2, 3])],
      attributes: { axis: -1 },
      differentiable: [0, 1],
    },
    {
      name: "one part is empty",
      inputs: [uniform([2, 2]), float32([0, 2], [])],
      attributes: { axis: 0 },
      differentiable: [0],
    },
  ],
  Split: [
    {
      name: "uneven",
      inputs: [uniform([2, 5]), ints(2, 3)],
      attributes: { axis: 1 },
      outputs: 2,
      differentiable: [0],
    },
    {
      name: "three, a negative axis",
      inputs: [uniform([2, 6]), ints(1, 2, 3)],
      attributes: { axis: -1 },
      outputs: 3,
      differentiable: [0],
    },
  ],
  Slice: [
    {
      name: "from the front",
      inputs: [uniform([4, 5]), ints(1), ints(3), ints(0), ints(1)],
      attributes: {},
      differentiable: [0],
    },
    {
      name: "axes and steps left out",
      inputs: [uniform([4, 5]), ints(1, 0), ints(3, 4)],
      attributes: {},
      differentiable: [0],
    },
    {
      name: "two axes, steps",
      inputs: [uniform([5, 7]), ints(0, 1), ints(5, 7), ints(0, 1), ints(2, 3)],
      attributes: {},
      differentiable: [0],
    },
    {
      name: "backwards",
      inputs: [uniform([5]), ints(-1), ints(-99), ints(0), ints(-1)],
      attributes: {},
      differentiable: [0],
    },
    {
      name: "backwards by 2",
      inputs: [uniform([2, 6]), ints(4), ints(0), ints(-1), ints(-2)],
      attributes: {},
      differentiable: [0],
    },
    {
      name: "negative ends",
      inputs: [uniform([5]), ints(-4), ints(-1), ints(0), ints(1)],
      attributes: {},
      differentiable: [0],
    },
    {
      name: "beyond the end",
      inputs: [uniform([5]), ints(2), int64([1], [2n ** 31n - 1n]), ints(0)],
      attributes: {},
      differentiable: [0],
    },
    { name: "nothing left", inputs: [uniform([5]), ints(3), ints(2), ints(0), ints(1)], attributes: {} },
  ],
  Pad: [
    {
      name: "zeros",
      inputs: [uniform([2, 3]), ints(1, 0, 0, 2)],
      attributes: { mode: "constant" },
      differentiable: [0],
    },
    {
      name: "a constant",
      inputs: [uniform([2, 3]), ints(1, 0, 0, 2), float32([], [0.5])],
      attributes: { mode: "constant" },
      differentiable: [0],
    },
    {
      name: "negative: crops",
      inputs: [uniform([4, 4]), ints(-1, 1, 0, -2)],
      attributes: { mode: "constant" },
      differentiable: [0],
    },
    {
      name: "some axes",
      inputs: [uniform([2, 3, 2]), ints(1, 2), undefined, ints(-2)],
      attributes: { mode: "constant" },
      differentiable: [0],
    },
    {
      name: "reflect",
      inputs: [uniform([2, 4]), ints(0, 2, 1, 3)],
      attributes: { mode: "reflect" },
      differentiable: [0],
    },
    {
      name: "edge",
      inputs: [uniform([2, 3]), ints(1, 2, 0, 1)],
      attributes: { mode: "edge" },
      differentiable: [0],
    },
    {
      name: "wrap",
      inputs: [uniform([2, 3]), ints(1, 2, 0, 1)],
      attributes: { mode: "wrap" },
      differentiable: [0],
    },
  ],
  Expand: [
    { name: "new axes", inputs: [uniform([3, 1]), ints(2, 3, 4)], attributes: {}, differentiable: [0] },
    { name: "the input is larger", inputs: [uniform([3, 4]), ints(1)], attributes: {}, differentiable: [0] },
    { name: "a scalar", inputs: [float32([], [0.5]), ints(2, 2)], attributes: {}, differentiable: [0] },
  ],
  Tile: [
    { name: "both axes", inputs: [uniform([2, 3]), ints(2, 3)], attributes: {}, differentiable: [0] },
    { name: "one axis", inputs: [uniform([2, 3]), ints(1, 2)], attributes: {}, differentiable: [0] },
  ],
  Identity: [
    { name: "float", inputs: [uniform([2, 3])], attributes: {}, differentiable: [0] },
    { name: "int64", inputs: [ints(1, 2)], attributes: {} },
  ],
  Shape: [
    { name: "all axes", inputs: [uniform([2, 3, 4])], attributes: { start: 0, end: undefined } },
    { name: "some, from the end", inputs: [uniform([2, 3, 4])], attributes: { start: -2, end: -1 } },
    { name: "of a scalar", inputs: [float32([], [1])], attributes: { start: 0, end: undefined } },
  ],
  Size: [{ name: "float", inputs: [uniform([2, 3, 4])], attributes: {} }],
  ConstantOfShape: [
    { name: "float", inputs: [ints(2, 3)], attributes: { value: float32([1], [0.5]) } },
    { name: "int64", inputs: [ints(2)], attributes: { value: int64([1], [7]) } },
    { name: "a scalar", inputs: [ints()], attributes: { value: float32([1], [3]) } },
  ],
  Range: [
    { name: "int64", inputs: [int(1), int(8), int(3)], attributes: {} },
    { name: "backwards", inputs: [int(5), int(-1), int(-2)], attributes: {} },
    { name: "float", inputs: [float32([], [0]), float32([], [1]), float32([], [0.3])], attributes: {} },
    { name: "empty", inputs: [int(3), int(3), int(1)], attributes: {} },
  ],
};
