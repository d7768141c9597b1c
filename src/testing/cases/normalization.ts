import type { Normalization } from "../../graph/ops.js";
import { type CaseTable, uniform } from "./make.js";

function statistics(channels: number) {
  return [
    uniform([channels], 0.5, 1.5, 1),
    uniform([channels], -1, 1, 2),
    uniform([channels], -1, 1, 3),
    uniform([channels], 0.5, 1.5, 4),
  ];
}
const frozen = { epsilon: 1e-5, momentum: 0.9, training_mode: false };

export const normalization: CaseTable<Normalization> = {
  BatchNormalization: [
    {
      name: "frozen statistics",
      inputs: [uniform([2, 3, 2, 2]), ...statistics(3)],
      attributes: frozen,
      differentiable: [0, 1, 2, 3, 4],
    },
    {
      name: "frozen statistics, 2-d input",
      inputs: [uniform([4, 3]), ...statistics(3)],
      attributes: { ...frozen, epsilon: 0.01 },
      differentiable: [0, 1, 2, 3, 4],
    },
    {
      name: "frozen statistics, 1-d pictures",
      inputs: [uniform([2, 3, 4]), ...statistics(3)],
      attributes: frozen,
      differentiable: [0, 1, 2],
    },
    {
      name: "batch statistics",
      inputs: [uniform([3, 2, 2, 3]), ...statistics(2)],
      attributes: { ...frozen, training_mode: true },
      outputs: 3,
      differentiable: [0, 1, 2],
    },
    {
      name: "batch statistics, 2-d input",
      inputs: [uniform([5, 3]), ...statistics(3)],
      attributes: { epsilon: 1e-3, momentum: 0.7, training_mode: true },
      outputs: 3,
      differentiable: [0, 1, 2],
    },
  ],
  LRN: [
    {
      name: "AlexNet's",
      inputs: [uniform([2, 6, 2, 2])],
      attributes: { alpha: 1e-4, beta: 0.75, bias: 1, size: 5 },
      differentiable: [0],
    },
    {
      name: "a strong one",
      inputs: [uniform([1, 5, 2, 3])],
      attributes: { alpha: 0.5, beta: 0.6, bias: 2, size: 3 },
      differentiable: [0],
    },
    {
      name: "an even window",
      inputs: [uniform([1, 5, 2, 2])],
      attributes: { alpha: 0.5, beta: 0.75, bias: 1, size: 4 },
      differentiable: [0],
    },
  ],
  LayerNormalization: [
    {
      name: "last axis (transformers)",
      inputs: [uniform([2, 3, 6]), uniform([6], 0.5, 1.5, 1), uniform([6], -1, 1, 2)],
      attributes: { axis: -1, epsilon: 1e-5 },
      differentiable: [0, 1, 2],
    },
    {
      name: "two axes, no bias",
      inputs: [uniform([4, 3, 2]), uniform([3, 2], 0.5, 1.5, 1)],
      attributes: { axis: 1, epsilon: 1e-3 },
      differentiable: [0, 1],
    },
    {
      name: "all axes",
      inputs: [uniform([3, 4]), uniform([3, 4], 0.5, 1.5, 1), uniform([3, 4], -1, 1, 2)],
      attributes: { axis: 0, epsilon: 1e-5 },
      differentiable: [0, 1, 2],
    },
    {
      name: "with mean and inv_std",
      inputs: [uniform([2, 3, 4]), uniform([4], 0.5, 1.5, 1), uniform([4], -1, 1, 2)],
      attributes: { axis: -1, epsilon: 1e-2 },
      outputs: 3,
      differentiable: [0, 1, 2],
    },
    {
      name: "one scale for all, one bias",
      inputs: [uniform([2, 5]), uniform([1], 0.5, 1.5, 1), uniform([], -1, 1, 2)],
      attributes: { axis: -1, epsilon: 1e-5 },
      outputs: 3,
      differentiable: [0, 1, 2],
    },
    {
      name: "a scale for each row",
      inputs: [uniform([3, 4]), uniform([3, 1], 0.5, 1.5, 1), uniform([4], -1, 1, 2)],
      attributes: { axis: 1, epsilon: 1e-5 },
      differentiable: [0, 1, 2],
    },
    {
      name: "far from zero",
      inputs: [uniform([3, 8], 9, 11), uniform([8], 0.5, 1.5, 1), uniform([8], -1, 1, 2)],
      attributes: { axis: -1, epsilon: 1e-5 },
      differentiable: [0, 1, 2],
    },
  ],
  InstanceNormalization: [
    {
      name: "pictures",
      inputs: [uniform([2, 3, 3, 4]), uniform([3], 0.5, 1.5, 1), uniform([3], -1, 1, 2)],
      attributes: { epsilon: 1e-5 },
      differentiable: [0, 1, 2],
    },
    {
      name: "1-d",
      inputs: [uniform([3, 2, 5]), uniform([2], 0.5, 1.5, 1), uniform([2], -1, 1, 2)],
      attributes: { epsilon: 1e-2 },
      differentiable: [0, 1, 2],
    },
    {
      name: "3-d",
      inputs: [uniform([1, 2, 2, 2, 3]), uniform([2], 0.5, 1.5, 1), uniform([2], -1, 1, 2)],
      attributes: { epsilon: 1e-5 },
      differentiable: [0, 1, 2],
    },
  ],
};
