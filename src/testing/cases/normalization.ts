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
};
