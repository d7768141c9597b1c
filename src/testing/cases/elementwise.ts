import { float32, int64, tensor } from "../../core/tensor.js";
import type { Elementwise, None } from "../../graph/ops.js";
import { bool, type CaseOf, type CaseTable, int, ints, signed, spaced, uniform } from "./make.js";

type Plain = CaseOf<
  { [Op in keyof Elementwise]: Elementwise[Op] extends None ? Op : never }[keyof Elementwise]
>;

/** Two operands with every kind of broadcasting. */
function pairs(make: typeof signed): Plain[] {
  return [
    {
      name: "same shape",
      inputs: [make([2, 3], 1), make([2, 3], 2)],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "b of lower rank",
      inputs: [make([2, 3, 4], 1), make([4], 2)],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "a of lower rank",
      inputs: [make([3], 1), make([2, 3], 2)],
      attributes: {},
      differentiable: [0, 1],
    },
    {
      name: "both stretch",
      inputs: [make([2, 1, 3], 1), make([4, 1], 2)],
      attributes: {},
      differentiable: [0, 1],
    },
    { name: "a scalar", inputs: [make([2, 2], 1), make([], 2)], attributes: {}, differentiable: [0, 1] },
    { name: "empty", inputs: [make([0, 3], 1), make([3], 2)], attributes: {} },
  ];
}
function single(x: ReturnType<typeof uniform>): Plain[] {
  return [
    { name: "float", inputs: [x], attributes: {}, differentiable: [0] },
    { name: "scalar", inputs: [float32([], [x.data[0]!])], attributes: {}, differentiable: [0] },
  ];
}
const integers: Plain = { name: "int64", inputs: [ints(7, -7, 7, -7), ints(2, 2, -2, -2)], attributes: {} };
const special = float32([6], [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1]);
const nan: Plain = { name: "NaN and infinity", inputs: [special], attributes: {} };
const compared: Plain[] = [
  {
    name: "float",
    inputs: [float32([4], [1, 2, 3, Number.NaN]), float32([4], [1, 3, 2, 1])],
    attributes: {},
  },
  { name: "int64, broadcast", inputs: [int64([2, 1], [1, 2]), int64([3], [1, 2, 3])], attributes: {} },
];
const boolean: Plain[] = [
  { name: "truth table", inputs: [bool([4], [0, 0, 1, 1]), bool([4], [0, 1, 0, 1])], attributes: {} },
  { name: "broadcast", inputs: [bool([2, 1], [0, 1]), bool([2], [0, 1])], attributes: {} },
];
// Several inputs without ties.
const most: Plain[] = [
  ...(() => {
    const all = spaced([3, 2, 3]).data;
    const part = (i: number) => float32([2, 3], all.slice(6 * i, 6 * i + 6));
    return [
      { name: "two", inputs: [part(0), part(1)], attributes: {}, differentiable: [0, 1] },
      { name: "three", inputs: [part(0), part(1), part(2)], attributes: {}, differentiable: [0, 1, 2] },
      { name: "one", inputs: [part(0)], attributes: {}, differentiable: [0] },
      {
        name: "broadcast",
        inputs: [part(0), float32([3], [0.01, 0.02, 0.03])],
        attributes: {},
        differentiable: [0, 1],
      },
    ];
  })(),
  { name: "int64", inputs: [ints(1, -5, 3), ints(2, -6, 3)], attributes: {} },
];
// Halves round to even.
const rounded: Plain[] = [
  {
    name: "away from steps",
    inputs: [float32([6], [-1.7, -0.3, 0.2, 0.7, 1.4, 2.6])],
    attributes: {},
    differentiable: [0],
  },
  { name: "halves", inputs: [float32([6], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])], attributes: {} },
];

export const elementwise: CaseTable<Elementwise> = {
  Add: [...pairs(signed), integers],
  Sub: [...pairs(signed), integers],
  Mul: [...pairs(signed), integers],
  Div: [...pairs(signed), integers],
  Pow: [
    ...pairs((dims, key) => uniform(dims, 0.4, 2, key)),
    {
      name: "square of negatives",
      inputs: [signed([5]), float32([], [2])],
      attributes: {},
      differentiable: [0],
    },
    {
      name: "cube of negatives",
      inputs: [signed([5]), float32([], [3])],
      attributes: {},
      differentiable: [0],
    },
    { name: "integer exponent", inputs: [signed([5]), int(3)], attributes: {}, differentiable: [0] },
  ],
  Min: most,
  Max: most,
  Mod: [
    {
      name: "float, C's sign",
      inputs: [float32([4], [5.3, -5.3, 5.3, -5.3]), float32([4], [2, 2, -2, -2])],
      attributes: { fmod: true },
      differentiable: [0, 1],
    },
    { name: "int64, Python's sign", inputs: integers.inputs, attributes: { fmod: false } },
    { name: "int64, C's sign", inputs: integers.inputs, attributes: { fmod: true } },
  ],
  Neg: [...single(signed([2, 3])), { name: "int64", inputs: [ints(1, -2)], attributes: {} }],
  Abs: [...single(signed([2, 3])), { name: "int64", inputs: [ints(1, -2)], attributes: {} }, nan],
  Sign: [...single(signed([2, 3])), { name: "zero", inputs: [float32([3], [-1, 0, 1])], attributes: {} }],
  Sqrt: [...single(uniform([2, 3], 0.2, 3)), nan],
  Exp: [...single(uniform([2, 3])), nan],
  Log: [...single(uniform([2, 3], 0.2, 3)), nan],
  Reciprocal: single(signed([2, 3])),
  Erf: [
    ...single(uniform([2, 3])),
    { name: "tails", inputs: [float32([4], [-5, -3, 3, 5])], attributes: {} },
  ],
  Floor: rounded,
  Ceil: rounded,
  Round: rounded,
  Equal: [...compared, ...boolean],
  Greater: compared,
  GreaterOrEqual: compared,
  Less: compared,
  LessOrEqual: compared,
  And: boolean,
  Or: boolean,
  Not: [{ name: "bool", inputs: [bool([2], [0, 1])], attributes: {} }],
  IsNaN: [nan],
  Where: [
    {
      name: "same shape",
      inputs: [bool([2, 2], [1, 0, 0, 1]), signed([2, 2], 1), signed([2, 2], 2)],
      attributes: {},
      differentiable: [1, 2],
    },
    {
      name: "everything broadcasts",
      inputs: [bool([2, 1, 1], [1, 0]), signed([3, 1], 1), signed([2], 2)],
      attributes: {},
      differentiable: [1, 2],
    },
    { name: "int64", inputs: [bool([2], [1, 0]), ints(1, 2), int(9)], attributes: {} },
  ],
  Cast: [
    { name: "float32 to float64", inputs: [signed([4])], attributes: { to: "float64" }, differentiable: [0] },
    {
      name: "float32 to int64 truncates",
      inputs: [float32([4], [-1.7, -0.2, 0.9, 2.5])],
      attributes: { to: "int64" },
    },
    { name: "float32 to int32", inputs: [float32([2], [-1.7, 2.5])], attributes: { to: "int32" } },
    { name: "float32 to bool", inputs: [float32([3], [-0.5, 0, 2])], attributes: { to: "bool" } },
    { name: "bool to float32", inputs: [bool([2], [0, 1])], attributes: { to: "float32" } },
    { name: "int64 to float32", inputs: [ints(-3, 5)], attributes: { to: "float32" } },
    {
      name: "int64 to uint8 wraps",
      inputs: [tensor("int64", [3], BigInt64Array.of(255n, 256n, -1n))],
      attributes: { to: "uint8" },
    },
  ],
  Xor: boolean,
  IsInf: [
    {
      name: "of either sign",
      inputs: [special],
      attributes: { detect_negative: true, detect_positive: true },
    },
    { name: "above only", inputs: [special], attributes: { detect_negative: false, detect_positive: true } },
    { name: "below only", inputs: [special], attributes: { detect_negative: true, detect_positive: false } },
  ],
};
