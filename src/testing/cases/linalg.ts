import { float32 } from "../../core/tensor.js";
import type { Linalg } from "../../graph/ops.js";
import { type CaseTable, uniform } from "./make.js";

const product = { alpha: 1, beta: 1, transA: false, transB: false };

export const linalg: CaseTable<Linalg> = {
  MatMul: [
    { name: "matrices", inputs: [uniform([2, 3]), uniform([3, 4])], attributes: {}, differentiable: [0, 1] },
    {
      name: "stacks",
      inputs: [uniform([2, 3, 4]), uniform([2, 4, 2])],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "a stack and a matrix",
      inputs: [uniform([2, 3, 4]), uniform([4, 2])],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "a matrix and a stack",
      inputs: [uniform([3, 4]), uniform([2, 4, 2])],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "stacks broadcast",
      inputs: [uniform([2, 1, 2, 3]), uniform([3, 3, 2])],
      attributes: {},
      differentiable: [0, 1],
    },
    { name: "a row", inputs: [uniform([3]), uniform([3, 2])], attributes: {}, differentiable: [0, 1] },
    { name: "a column", inputs: [uniform([2, 3]), uniform([3])], attributes: {}, differentiable: [0, 1] },
    {
      name: "row times column",
      inputs: [uniform([3], -1, 1, 1), uniform([3], -1, 1, 2)],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "a row and a stack",
      inputs: [uniform([3]), uniform([2, 3, 2])],
      attributes: {},
      differentiable: [0, 1],
    },
  ],
  Gemm: [
    {
      name: "plain",
      inputs: [uniform([2, 3]), uniform([3, 4]), uniform([4])],
      attributes: product,
      differentiable: [0, 1, 2],
    },
    { name: "no c", inputs: [uniform([2, 3]), uniform([3, 4])], attributes: product, differentiable: [0, 1] },
    {
      name: "transposed b",
      inputs: [uniform([2, 3]), uniform([4, 3]), uniform([4])],
      attributes: { ...product, transB: true },
      differentiable: [0, 1, 2],
    },
    {
      name: "transposed a",
      inputs: [uniform([3, 2]), uniform([3, 4]), uniform([2, 1])],
      attributes: { ...product, transA: true },
      differentiable: [0, 1, 2],
    },
    {
      name: "both transposed, scaled",
      inputs: [uniform([3, 2]), uniform([4, 3]), uniform([2, 4])],
      attributes: { alpha: 0.5, beta: 1.5, transA: true, transB: true },
      differentiable: [0, 1, 2],
    },
    {
      name: "scalar c",
      inputs: [uniform([2, 3]), uniform([3, 4]), float32([], [0.7])],
      attributes: { ...product, beta: 2 },
      differentiable: [0, 1, 2],
    },
  ],
  FusedMatMul: [
    {
      name: "scaled",
      inputs: [uniform([2, 3]), uniform([3, 4])],
      attributes: { alpha: 0.5, transA: false, transB: false },
      differentiable: [0, 1],
    },
    {
      name: "transposed a",
      inputs: [uniform([2, 4, 3]), uniform([2, 4, 2])],
      attributes: { alpha: 1, transA: true, transB: false },
      differentiable: [0, 1],
    },
    {
      name: "transposed b",
      inputs: [uniform([2, 3, 4]), uniform([2, 2, 4])],
      attributes: { alpha: 1, transA: false, transB: true },
      differentiable: [0, 1],
    },
    {
      name: "both transposed",
      inputs: [uniform([4, 3]), uniform([2, 4])],
      attributes: { alpha: 2, transA: true, transB: true },
      differentiable: [0, 1],
    },
  ],
};
