import { float32, int64 } from "../../core/tensor.js";
import type { Selection } from "../../graph/ops.js";
import { bool, type CaseTable, int, ints, signed, spaced, uniform } from "./make.js";

export const selection: CaseTable<Selection> = {
  GatherND: [
    {
      name: "single elements",
      inputs: [uniform([3, 4]), int64([3, 2], [0, 1, 2, 3, 0, 1])],
      attributes: { batch_dims: 0 },
      differentiable: [0],
    },
    {
      name: "rows, one negative",
      inputs: [uniform([3, 2, 2]), int64([2, 2, 1], [0, -1, 1, 1])],
      attributes: { batch_dims: 0 },
      differentiable: [0],
    },
    {
      name: "behind a batch axis",
      inputs: [uniform([2, 3, 2]), int64([2, 2, 1], [0, 2, 1, 1])],
      attributes: { batch_dims: 1 },
      differentiable: [0],
    },
    {
      name: "behind two batch axes",
      inputs: [uniform([2, 2, 3]), int64([2, 2, 1], [0, 2, 1, 1])],
      attributes: { batch_dims: 2 },
      differentiable: [0],
    },
  ],
  ScatterND: [
    {
      name: "replace elements",
      inputs: [uniform([3, 3]), int64([2, 2], [0, 1, 2, -1]), uniform([2])],
      attributes: { reduction: "none" },
      differentiable: [0, 2],
    },
    {
      name: "replace rows",
      inputs: [uniform([4, 3]), int64([2, 1], [3, 1]), uniform([2, 3])],
      attributes: { reduction: "none" },
      differentiable: [0, 2],
    },
    {
      name: "add, one place twice",
      inputs: [uniform([3, 2]), int64([3, 1], [1, 1, 0]), uniform([3, 2])],
      attributes: { reduction: "add" },
      differentiable: [0, 2],
    },
    {
      name: "multiply",
      inputs: [signed([3, 2]), int64([3, 1], [1, 1, 0]), signed([3, 2], 1)],
      attributes: { reduction: "mul" },
      differentiable: [0, 2],
    },
    {
      name: "min",
      inputs: [spaced([3, 2]), int64([2, 1], [1, 0]), spaced([2, 2], 0.23)],
      attributes: { reduction: "min" },
      differentiable: [0, 2],
    },
    {
      name: "max",
      inputs: [spaced([3, 2]), int64([2, 1], [1, 0]), spaced([2, 2], 0.23)],
      attributes: { reduction: "max" },
      differentiable: [0, 2],
    },
  ],
  TopK: [
    {
      name: "the largest of each row",
      inputs: [spaced([3, 5]), ints(2)],
      attributes: { axis: -1, largest: true, sorted: true },
      outputs: 2,
      differentiable: [0],
    },
    {
      name: "the smallest of each column",
      inputs: [spaced([4, 3]), ints(3)],
      attributes: { axis: 0, largest: false, sorted: true },
      outputs: 2,
      differentiable: [0],
    },
    {
      name: "a middle axis",
      inputs: [spaced([2, 4, 2]), ints(1)],
      attributes: { axis: 1, largest: true, sorted: true },
      outputs: 2,
      differentiable: [0],
    },
    {
      name: "ties: the lower index first",
      inputs: [float32([1, 5], [1, 3, 3, 2, 3]), ints(3)],
      attributes: { axis: 1, largest: true, sorted: true },
      outputs: 2,
    },
    {
      name: "int64",
      inputs: [ints(4, -2, 9), ints(2)],
      attributes: { axis: 0, largest: true, sorted: true },
      outputs: 2,
    },
  ],
  ReverseSequence: [
    {
      name: "time first",
      inputs: [uniform([4, 3, 2]), ints(4, 1, 3)],
      attributes: { batch_axis: 1, time_axis: 0 },
      differentiable: [0],
    },
    {
      name: "batch first",
      inputs: [uniform([3, 4]), ints(2, 4, 3)],
      attributes: { batch_axis: 0, time_axis: 1 },
      differentiable: [0],
    },
  ],
  Trilu: [
    { name: "upper", inputs: [uniform([3, 4])], attributes: { upper: true }, differentiable: [0] },
    {
      name: "lower, above the diagonal too",
      inputs: [uniform([2, 3, 3]), int(1)],
      attributes: { upper: false },
      differentiable: [0],
    },
    {
      name: "upper, from below the diagonal",
      inputs: [uniform([4, 3]), int(-2)],
      attributes: { upper: true },
      differentiable: [0],
    },
    { name: "int64", inputs: [int64([2, 2], [1, 2, 3, 4]), int(-1)], attributes: { upper: false } },
  ],
  EyeLike: [
    { name: "float", inputs: [uniform([3, 4])], attributes: { dtype: "float32", k: 0 } },
    { name: "int64, another diagonal", inputs: [uniform([3, 4])], attributes: { dtype: "int64", k: 1 } },
    { name: "below", inputs: [uniform([3, 2])], attributes: { dtype: "float32", k: -2 } },
  ],
  NonZero: [
    { name: "float", inputs: [float32([2, 3], [0, 1, 2, 0, 0, -1])], attributes: {} },
    { name: "bool", inputs: [bool([4], [1, 0, 0, 1])], attributes: {} },
  ],
};
