/** Elementwise operators on NaN, infinities, zeros of both signs, large whole numbers, broadcast, empty and 0-d. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Tensor } from "../../src/core/tensor.js";
import type { Builder } from "../../src/graph/builder.js";
import type { OpName, Value } from "../../src/graph/index.js";
import { agree, broadcastable, graphOf, holds, type Numeric, shapes, values } from "./edge-semantics.js";

type Op = (g: Builder, a: Value, b: Value) => Value;
const plain =
  (op: OpName, attributes = {}): Op =>
  (g, a, b) =>
    g.node(op, [a, b], attributes as never);

/** Two operands that broadcast, one of them of the full shape. */
function pairs(dtype: Numeric, options: { from?: readonly number[]; second?: readonly number[] } = {}) {
  return shapes(3).chain((dims) =>
    broadcastable(dims).chain((other) =>
      fc.boolean().chain((swap) =>
        fc.record({
          a: values(dtype, swap ? other : dims, options),
          b: values(dtype, swap ? dims : other, options.second ? { from: options.second } : options),
        }),
      ),
    ),
  );
}
async function allAgree(inputs: Readonly<Record<string, Tensor>>, ops: readonly Op[]): Promise<void> {
  const graph = graphOf(inputs, (g) => ops.map((op) => op(g, "a", "b")));
  expect(await agree(graph, inputs)).toBeUndefined();
}

const comparisons = ["Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"] as const;
const where: Op = (g, a, b) => g.where(g.less(a, b), a, b);

test("float32: arithmetic and comparisons of two", async () => {
  const ops = [...(["Add", "Sub", "Mul", "Div", "Pow", "Min", "Max"] as const), ...comparisons].map((op) =>
    plain(op),
  );
  await holds(60, pairs("float32"), (t) => allAgree(t, [...ops, where]));
});

test("float32: remainders with the sign of the dividend", async () => {
  await holds(40, pairs("float32"), (t) => allAgree(t, [plain("Mod", { fmod: true })]));
});

test.each(["int32", "int64"] as const)("%s: arithmetic wraps around", async (dtype) => {
  const ops = (["Add", "Sub", "Mul", "Min", "Max", ...comparisons] as const).map((op) => plain(op));
  await holds(40, pairs(dtype), (t) => allAgree(t, [...ops, where]));
});

// A divisor of 0, and the smallest number by -1, end the process that divides: the specification leaves them open.
const divisible = [0, 1, -1, 2, -7, 100, -99];
const divisors = [1, -1, 2, -3, 7];
test.each(["int32", "int64"] as const)("%s: division, remainders and powers", async (dtype) => {
  const ops = [plain("Div"), plain("Mod", { fmod: false }), plain("Mod", { fmod: true })];
  await holds(30, pairs(dtype, { from: divisible, second: divisors }), (t) => allAgree(t, ops));
  await holds(20, pairs(dtype, { from: [0, 1, -1, 2, -3, 9], second: [0, 1, 2, 3] }), (t) =>
    allAgree(t, [plain("Pow")]),
  );
});

test("uint8: arithmetic and bits", async () => {
  const ops = (
    ["Add", "Sub", "Mul", "Min", "Max", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Equal"] as const
  ).map((op) => plain(op));
  await holds(30, pairs("uint8"), (t) => allAgree(t, ops));
  const shifts = [plain("BitShift", { direction: "LEFT" }), plain("BitShift", { direction: "RIGHT" })];
  await holds(20, pairs("uint8", { second: [0, 1, 3, 7] }), (t) => allAgree(t, shifts));
});

test("bool: logic", async () => {
  const ops = (["And", "Or", "Xor", "Equal"] as const).map((op) => plain(op));
  await holds(30, pairs("bool"), (t) =>
    allAgree(t, [...ops, (g, a, b) => g.node("Cast", [g.node("And", [a, b], {})], { to: "int64" })]),
  );
});

test("float32: operators of one", async () => {
  const names = [
    ...["Neg", "Abs", "Sign", "Sqrt", "Exp", "Log", "Reciprocal", "Erf", "Floor", "Ceil", "Round", "IsNaN"],
    ...[
      "Sigmoid",
      "Tanh",
      "Softplus",
      "Softsign",
      "HardSwish",
      "Relu",
      "Atan",
      "Sinh",
      "Cosh",
      "Asinh",
      "Sin",
      "Cos",
      "Tan",
      "Mish",
    ],
  ] as const;
  const ops = names.map(
    (op): Op =>
      (g, a) =>
        g.node(op as "Neg", [a], {}),
  );
  const more: Op[] = [
    (g, a) => g.node("LeakyRelu", [a], { alpha: 0.25 }),
    (g, a, b) => g.node("PRelu", [a, b], {}),
    (g, a) => g.node("Gelu", [a], { approximate: "none" }),
    (g, a) => g.node("Gelu", [a], { approximate: "tanh" }),
    (g, a) => g.node("Selu", [a], { alpha: 1.5, gamma: 2 }),
    (g, a) => g.node("Elu", [a], { alpha: 0.5 }),
    (g, a) => g.node("HardSigmoid", [a], { alpha: 0.25, beta: 0.5 }),
    (g, a) => g.node("IsInf", [a], { detect_negative: true, detect_positive: false }),
    (g, a) => g.clip(a, g.number(-1), g.number(2)),
    (g, a) => g.node("Cast", [a], { to: "bool" }),
  ];
  const inputs = shapes(3).chain((dims) =>
    fc.record({ a: values("float32", dims), b: values("float32", []) }),
  );
  await holds(40, inputs, (t) => allAgree(t, [...ops, ...more]));
});

test.each(["int32", "int64"] as const)("%s: operators of one", async (dtype) => {
  const ops: Op[] = [
    ...(["Neg", "Abs", "Sign", "BitwiseNot"] as const).map(
      (op): Op =>
        (g, a) =>
          g.node(op, [a], {}),
    ),
    (g, a) => g.node("Clip", [a, g.number(-3, a), g.number(50, a)], {}),
    ...(["float32", "bool", "int32", "int64", "uint8"] as const).map(
      (to): Op =>
        (g, a) =>
          g.node("Cast", [a], { to }),
    ),
  ];
  const inputs = shapes(3).chain((dims) => fc.record({ a: values(dtype, dims), b: values(dtype, []) }));
  await holds(25, inputs, (t) => allAgree(t, ops));
});
