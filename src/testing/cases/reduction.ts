import { float32 } from "../../core/tensor.js";
import type { Reduction } from "../../graph/ops.js";
import { type CaseTable, int, ints, signed, spaced, uniform } from "./make.js";

const keep = { keepdims: true, noop_with_empty_axes: false };
const drop = { keepdims: false, noop_with_empty_axes: false };
const forward = { exclusive: false, reverse: false };

function reductions(x: ReturnType<typeof uniform>) {
  return [
    { name: "all axes, by default", inputs: [x], attributes: drop, differentiable: [0] },
    { name: "all axes, kept", inputs: [x], attributes: keep, differentiable: [0] },
    { name: "one axis", inputs: [x, ints(1)], attributes: drop, differentiable: [0] },
    { name: "a negative axis, kept", inputs: [x, ints(-1)], attributes: keep, differentiable: [0] },
    { name: "two axes", inputs: [x, ints(0, 2)], attributes: drop, differentiable: [0] },
    {
      name: "an empty list reduces nothing",
      inputs: [x, ints()],
      attributes: { ...drop, noop_with_empty_axes: true },
      differentiable: [0],
    },
  ];
}
function positions(x: ReturnType<typeof uniform>) {
  const ties = float32([2, 3], [1, 2, 2, 3, 3, 1]);
  return [
    { name: "last axis", inputs: [x], attributes: { axis: -1, keepdims: false, select_last_index: false } },
    {
      name: "first axis, kept",
      inputs: [x],
      attributes: { axis: 0, keepdims: true, select_last_index: false },
    },
    {
      name: "ties, the first",
      inputs: [ties],
      attributes: { axis: 1, keepdims: false, select_last_index: false },
    },
    {
      name: "ties, the last",
      inputs: [ties],
      attributes: { axis: 1, keepdims: false, select_last_index: true },
    },
  ];
}

export const reduction: CaseTable<Reduction> = {
  ReduceSum: [
    ...reductions(uniform([2, 3, 4])),
    { name: "int64", inputs: [ints(1, 2, 3)], attributes: drop },
  ],
  ReduceMean: reductions(uniform([2, 3, 4])),
  ReduceMax: reductions(spaced([2, 3, 4])),
  ReduceMin: reductions(spaced([2, 3, 4])),
  ReduceProd: reductions(signed([2, 3, 2])),
  // By ONNX's definition an empty list of axes still squares; onnxruntime returns x, so there is no case for it.
  ReduceSumSquare: reductions(uniform([2, 3, 4])).slice(0, 5),
  ReduceL2: reductions(signed([2, 3, 4])).slice(0, 5),
  ArgMax: positions(spaced([2, 3, 4])),
  ArgMin: positions(spaced([2, 3, 4])),
  ReduceL1: reductions(signed([2, 3, 4])),
  ReduceLogSum: reductions(uniform([2, 3, 4], 0.2, 2)),
  ReduceLogSumExp: [
    ...reductions(uniform([2, 3, 4])),
    { name: "large", inputs: [float32([2, 2], [1000, 1001, -1000, -1002]), ints(1)], attributes: drop },
  ],
  CumSum: [
    { name: "first axis", inputs: [uniform([3, 4]), int(0)], attributes: forward, differentiable: [0] },
    {
      name: "a negative axis",
      inputs: [uniform([2, 3, 2]), int(-2)],
      attributes: forward,
      differentiable: [0],
    },
    {
      name: "exclusive",
      inputs: [uniform([2, 4]), int(1)],
      attributes: { exclusive: true, reverse: false },
      differentiable: [0],
    },
    {
      name: "from the other end",
      inputs: [uniform([2, 4]), int(1)],
      attributes: { exclusive: false, reverse: true },
      differentiable: [0],
    },
    {
      name: "exclusive, from the other end",
      inputs: [uniform([2, 4]), ints(1)],
      attributes: { exclusive: true, reverse: true },
      differentiable: [0],
    },
    { name: "int64", inputs: [ints(1, 2, 3), int(0)], attributes: forward },
  ],
};
