import { expect, test } from "vitest";
import { differentiate } from "../../autodiff/differentiate.js";
import { draws } from "../../core/random.js";
import { sizeOf } from "../../core/shape.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { interpret } from "../../testing/reference/index.js";
import { Builder } from "../builder.js";
import { Graph } from "../graph.js";
import type { Value } from "../node.js";
import { recognize } from "./recognize.js";

const dims = [2, 3, 8];
function normal(name: string, ...shape: number[]): Tensor<"float32"> {
  const d = draws(4, name);
  return float32(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => d.normal()),
  );
}
type Make = (g: Builder, x: Value) => Value;

function graphOf(make: Make): Graph {
  const graph = new Graph("g");
  graph.input("x", { dtype: "float32", shape: dims });
  graph.outputs.push(make(new Builder(graph), "x"));
  return graph;
}
const ops = (graph: Graph): string => graph.nodes.map((n) => n.op).join(" ");

const c = (g: Builder, v: number): Value => g.number(v);
const mean = (g: Builder, x: Value, axes = [-1]): Value => g.reduceMean(x, { axes, keepdims: true });
/** As PyTorch wrote it before opset 17. */
const written =
  (axes: readonly number[], shape: readonly number[]): Make =>
  (g, x) => {
    const d = g.sub(x, mean(g, x, [...axes]));
    const variance = mean(g, g.pow(d, c(g, 2)), [...axes]);
    const y = g.div(d, g.sqrt(g.add(variance, c(g, 1e-5))));
    return g.add(g.mul(y, g.weight("scale", normal("s", ...shape))), g.weight("bias", normal("b", ...shape)));
  };
const half = (g: Builder, x: Value): Value => g.mul(x, c(g, 0.5));
const erf = (g: Builder, x: Value): Value => g.add(g.node("Erf", [g.div(x, c(g, Math.SQRT2))], {}), c(g, 1));
const tanhOf = (g: Builder, v: Value): Value => g.add(c(g, 1), g.tanh(v));
const root = Math.sqrt(2 / Math.PI);

test.each<[string, string, Make]>([
  ["LayerNormalization over the last axis", "LayerNormalization", written([-1], [8])],
  ["LayerNormalization over two axes", "LayerNormalization", written([1, 2], [3, 8])],
  [
    "LayerNormalization without a bias, d² as a product, the reciprocal of the deviation",
    "LayerNormalization",
    (g, x) => {
      const d = g.sub(x, mean(g, x));
      const deviation = g.pow(g.add(c(g, 1e-3), mean(g, g.mul(d, d))), c(g, 0.5));
      return g.mul(g.weight("scale", normal("s", 8)), g.mul(g.node("Reciprocal", [deviation], {}), d));
    },
  ],
  ["Gelu, halved at the end", "Gelu", (g, x) => half(g, g.mul(x, erf(g, x)))],
  ["Gelu, halved first", "Gelu", (g, x) => g.mul(half(g, x), erf(g, x))],
  ["Gelu, halved within", "Gelu", (g, x) => g.mul(x, g.mul(c(g, 0.5), erf(g, x)))],
  [
    "Gelu of a product",
    "Mul Gelu",
    (g, x) => {
      const z = g.mul(x, x);
      return half(g, g.mul(z, erf(g, z)));
    },
  ],
  [
    "Gelu by tanh, with a cube",
    "Gelu",
    (g, x) => {
      const cube = g.mul(c(g, 0.044715), g.pow(x, c(g, 3)));
      return g.mul(half(g, x), tanhOf(g, g.mul(c(g, root), g.add(x, cube))));
    },
  ],
  [
    "Gelu by tanh, as 1 + 0.044715 x²",
    "Gelu",
    (g, x) => {
      const inner = g.add(c(g, 1), g.mul(g.mul(c(g, 0.044715), x), x));
      return g.mul(half(g, x), tanhOf(g, g.mul(g.mul(x, c(g, root)), inner)));
    },
  ],
  [
    "HardSwish by Clip, divided at the end",
    "HardSwish",
    (g, x) => g.div(g.mul(x, g.clip(g.add(x, c(g, 3)), c(g, 0), c(g, 6))), c(g, 6)),
  ],
  [
    "HardSwish by Clip, divided first",
    "HardSwish",
    (g, x) => g.mul(x, g.div(g.clip(g.add(x, c(g, 3)), c(g, 0), c(g, 6)), c(g, 6))),
  ],
  ["HardSwish by HardSigmoid", "HardSwish", (g, x) => g.mul(x, g.hardSigmoid(x, 1 / 6, 0.5))],
])("%s is put back, with the same values and gradients", (_, becomes, make) => {
  const before = graphOf(make);
  const after = recognize(before);
  expect(ops(after)).toBe(becomes);
  const values = [before, after].map((graph) => {
    const g = new Builder(graph, "loss");
    const loss = g.reduceSum(g.mul(graph.outputs[0]!, g.constant(normal("weights", ...dims))));
    const wrt = ["x", ...["scale", "bias"].filter((v) => graph.initializers.has(v))];
    const gradients = differentiate(graph, loss, wrt);
    const wanted = [graph.outputs[0]!, ...wrt.map((v) => gradients.get(v)!)];
    const results = interpret(graph, { x: normal("x", ...dims) }, wanted);
    return wanted.flatMap((v) => Array.from(results.get(v)!.data));
  });
  // Constants of both are float32: √2 and √(2/π) are right to 2^-24.
  values[0]!.forEach((v, i) => {
    expect(Math.abs(v - values[1]![i]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(v)));
  });
});

test.each<[string, Make]>([
  ["a normalisation over the first axis", written([1], [3, 1])],
  ["a normalisation whose scale has one number for all", written([-1], [1])],
  [
    "deviation about another mean",
    (g, x) => {
      const d = g.sub(x, mean(g, g.abs(x)));
      return g.mul(
        g.div(d, g.sqrt(g.add(mean(g, g.mul(d, d)), c(g, 1e-5)))),
        g.weight("scale", normal("s", 8)),
      );
    },
  ],
  ["half of 1 + erf(x)", (g, x) => half(g, g.mul(x, g.add(g.node("Erf", [x], {}), c(g, 1))))],
  [
    "a rougher root of 2",
    (g, x) => half(g, g.mul(x, g.add(g.node("Erf", [g.div(x, c(g, 1.41))], {}), c(g, 1)))),
  ],
  ["the erf of another value", (g, x) => half(g, g.mul(x, erf(g, g.abs(x))))],
  ["a whole Gelu and no half", (g, x) => g.mul(x, erf(g, x))],
  ["clip(x + 3, 0, 6) times x", (g, x) => g.mul(x, g.clip(g.add(x, c(g, 3)), c(g, 0), c(g, 6)))],
  [
    "a constant that widens x",
    (g, x) => g.mul(g.mul(x, g.constant(float32([1, 1, 1, 1], [0.5]))), erf(g, x)),
  ],
])("%s stays", (_, make) => {
  const graph = graphOf(make);
  expect(recognize(graph)).toBe(graph);
});

test("a value between that something else reads stays too", () => {
  const graph = graphOf((g, x) => {
    const e = erf(g, x);
    return g.add(g.mul(half(g, x), e), g.relu(e));
  });
  expect(ops(recognize(graph))).toBe("Div Erf Add Gelu Relu Add");
});
