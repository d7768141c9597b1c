import { float32 } from "../../core/tensor.js";
import type { Activation, None } from "../../graph/ops.js";
import { type CaseOf, type CaseTable, signed, spaced, uniform } from "./make.js";

type Plain = CaseOf<{ [Op in keyof Activation]: Activation[Op] extends None ? Op : never }[keyof Activation]>;

/** Values on both sides of 0, large values, a scalar, and an empty tensor. */
function shapes<A extends object>(attributes: A, x = signed([2, 3, 4])) {
  return [
    { name: "float", inputs: [x], attributes, differentiable: [0] },
    { name: "scalar", inputs: [float32([], [0.7])], attributes, differentiable: [0] },
    { name: "far out", inputs: [float32([4], [-60, -20, 20, 60])], attributes },
    { name: "empty", inputs: [float32([0, 2], [])], attributes },
  ];
}
/** Renames cases with a prefix. */
function named<Case extends { readonly name: string }>(prefix: string, cases: readonly Case[]): Case[] {
  return cases.map((c) => ({ ...c, name: `${prefix}, ${c.name}` }));
}
const plain: Plain[] = shapes({});
const alongAxis = [
  { name: "last axis", inputs: [uniform([3, 5])], attributes: { axis: -1 }, differentiable: [0] },
  { name: "first axis", inputs: [uniform([4, 3])], attributes: { axis: 0 }, differentiable: [0] },
  { name: "middle axis", inputs: [uniform([2, 4, 3])], attributes: { axis: 1 }, differentiable: [0] },
  { name: "1-d", inputs: [uniform([4])], attributes: { axis: 0 }, differentiable: [0] },
  {
    name: "large logits",
    inputs: [float32([2, 3], [1000, 1001, 999, -1000, 0, 50])],
    attributes: { axis: -1 },
  },
  { name: "one class", inputs: [uniform([3, 1])], attributes: { axis: 1 }, differentiable: [0] },
];

export const activation: CaseTable<Activation> = {
  Relu: plain,
  Sigmoid: plain,
  Tanh: plain,
  Softplus: plain,
  Softsign: plain,
  // Kinks at -3 and 3.
  HardSwish: [
    ...plain,
    {
      name: "all three pieces",
      inputs: [float32([5], [-5, -2, 0.3, 2, 5])],
      attributes: {},
      differentiable: [0],
    },
  ],
  LeakyRelu: shapes({ alpha: 0.1 }),
  Elu: shapes({ alpha: 0.8 }),
  Selu: shapes({ alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
  // Kinks where 0.2 x + 0.5 is 0 or 1: at -2.5 and 2.5.
  HardSigmoid: [
    ...shapes({ alpha: 0.2, beta: 0.5 }),
    {
      name: "all three pieces",
      inputs: [float32([5], [-4, -2, 0.3, 2, 4])],
      attributes: { alpha: 0.2, beta: 0.5 },
      differentiable: [0],
    },
  ],
  PRelu: [
    {
      name: "one slope",
      inputs: [signed([2, 3]), float32([1], [0.2])],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "a slope for each channel",
      inputs: [signed([2, 3, 2, 2]), float32([3, 1, 1], [0.1, 0.2, 0.3])],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "a slope for each value",
      inputs: [signed([2, 3]), uniform([2, 3])],
      attributes: {},
      differentiable: [0, 1],
    },
  ],
  Clip: [
    {
      name: "both bounds",
      inputs: [signed([3, 4]), float32([], [-0.51]), float32([], [0.63])],
      attributes: {},
      differentiable: [0],
    },
    { name: "below only", inputs: [signed([3, 4]), float32([], [0])], attributes: {}, differentiable: [0] },
    {
      name: "above only",
      inputs: [signed([3, 4]), undefined, float32([], [0])],
      attributes: {},
      differentiable: [0],
    },
    { name: "no bounds", inputs: [signed([3, 4])], attributes: {}, differentiable: [0] },
    { name: "NaN", inputs: [float32([2], [Number.NaN, 9]), undefined, float32([], [6])], attributes: {} },
  ],
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  Hardmax: [
    { name: "last axis", inputs: [spaced([3, 5])], attributes: { axis: -1 } },
    { name: "middle axis", inputs: [spaced([2, 4, 3])], attributes: { axis: 1 } },
    {
      name: "ties: the first one wins",
      inputs: [float32([2, 3], [1, 2, 2, 3, 3, 1])],
      attributes: { axis: 1 },
    },
  ],
  Gelu: [
    ...shapes({ approximate: "none" } as const),
    ...named("tanh", shapes({ approximate: "tanh" } as const)),
  ],
  Mish: plain,
};
