import { float32, int64 } from "../../core/tensor.js";
import type { Gathering } from "../../graph/ops.js";
import { type CaseTable, int, ints, signed, uniform } from "./make.js";

export const gathering: CaseTable<Gathering> = {
  Gather: [
    {
      name: "rows, one twice",
      inputs: [uniform([4, 3]), ints(2, 0, 2)],
      attributes: { axis: 0 },
      differentiable: [0],
    },
    {
      name: "columns, a matrix of indices",
      inputs: [uniform([3, 4]), int64([2, 2], [0, 3, 1, 1])],
      attributes: { axis: 1 },
      differentiable: [0],
    },
    {
      name: "a scalar index drops the axis",
      inputs: [uniform([3, 4]), int(1)],
      attributes: { axis: -1 },
      differentiable: [0],
    },
    {
      name: "negative indices",
      inputs: [uniform([4, 2]), ints(-1, -4)],
      attributes: { axis: 0 },
      differentiable: [0],
    },
    {
      name: "a middle axis",
      inputs: [uniform([2, 3, 2]), ints(2, 2, 1)],
      attributes: { axis: 1 },
      differentiable: [0],
    },
  ],
  GatherElements: [
    {
      name: "axis 1",
      inputs: [uniform([2, 3]), int64([2, 2], [0, 2, 1, 1])],
      attributes: { axis: 1 },
      differentiable: [0],
    },
    {
      name: "axis 0, fewer columns",
      inputs: [uniform([3, 3]), int64([2, 2], [2, 0, -1, 0])],
      attributes: { axis: 0 },
      differentiable: [0],
    },
  ],
  ScatterElements: [
    {
      name: "replace",
      inputs: [uniform([3, 3]), int64([2, 3], [1, 0, 2, 0, 2, 1]), uniform([2, 3])],
      attributes: { axis: 0, reduction: "none" },
      differentiable: [0, 2],
    },
    {
      name: "replace along the last axis",
      inputs: [uniform([2, 5]), int64([2, 2], [1, -1, 0, 3]), uniform([2, 2])],
      attributes: { axis: -1, reduction: "none" },
      differentiable: [0, 2],
    },
    {
      name: "add, indices twice",
      inputs: [uniform([3, 3]), int64([2, 3], [1, 0, 2, 1, 0, 2]), uniform([2, 3])],
      attributes: { axis: 0, reduction: "add" },
      differentiable: [0, 2],
    },
    {
      name: "multiply",
      inputs: [signed([2, 3]), int64([2, 2], [0, 0, 2, 1]), signed([2, 2])],
      attributes: { axis: 1, reduction: "mul" },
      differentiable: [0, 2],
    },
    {
      name: "min",
      inputs: [
        float32([2, 3], [1, 2, 3, 4, 5, 6]),
        int64([2, 2], [0, 1, 2, 0]),
        float32([2, 2], [0.5, 2.5, 5.5, 4.5]),
      ],
      attributes: { axis: 1, reduction: "min" },
      differentiable: [0, 2],
    },
    {
      name: "max",
      inputs: [
        float32([2, 3], [1, 2, 3, 4, 5, 6]),
        int64([2, 2], [0, 1, 2, 0]),
        float32([2, 2], [0.5, 2.5, 5.5, 4.5]),
      ],
      attributes: { axis: 1, reduction: "max" },
      differentiable: [0, 2],
    },
  ],
  OneHot: [
    {
      name: "last axis",
      inputs: [ints(0, 2, 1), ints(3), float32([2], [0, 1])],
      attributes: { axis: -1 },
      differentiable: [2],
    },
    {
      name: "first axis",
      inputs: [int64([2, 2], [0, 2, 1, 1]), ints(3), float32([2], [-1, 2])],
      attributes: { axis: 0 },
      differentiable: [2],
    },
    {
      name: "negative, and out of range",
      inputs: [ints(-1, 3, -4), ints(3), float32([2], [0, 1])],
      attributes: { axis: -1 },
    },
  ],
};
