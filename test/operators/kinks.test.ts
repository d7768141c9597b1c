/** At points without a slope, gradients equal those of PyTorch (scripts/golden/make-kinks.py). */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/index.js";
import { sizeOf } from "../../src/core/shape.js";
import { float32, int64, type Tensor, tensor } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph, type OpAttributes, type OpName, toOnnx, type Value } from "../../src/graph/index.js";
import { interpret } from "../../src/testing/reference/index.js";
import { onOrt } from "./spec-cases.js";

type Numbers = readonly (number | "inf" | "-inf" | "nan")[];
interface Given {
  readonly dims: readonly number[];
  readonly values: Numbers;
  readonly int?: boolean;
  readonly bool?: boolean;
}
interface Kink {
  readonly name: string;
  readonly op: OpName;
  readonly attributes: OpAttributes[OpName];
  readonly inputs: readonly Given[];
  /** By position; they have no gradient. */
  readonly constants: Readonly<Record<string, Given>>;
  readonly gradients: readonly Numbers[];
}

const kinks = JSON.parse(
  readFileSync(new URL("../golden/kinks.json", import.meta.url), "utf8"),
) as readonly Kink[];

const words = { inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY, nan: Number.NaN };
const numbers = (list: Numbers): number[] => list.map((v) => (typeof v === "number" ? v : words[v]));
function constantOf({ dims, values, int, bool }: Given): Tensor {
  if (int) return int64(dims, numbers(values));
  if (bool) return tensor("bool", dims, Uint8Array.from(numbers(values)));
  return float32(dims, numbers(values));
}

/** The graph of the gradients of sum(y * [1, 2, 3, …]), with what to feed it. */
function gradientGraph({ op, attributes, inputs, constants }: Kink) {
  const graph = new Graph("kink");
  const g = new Builder(graph);
  const fed = inputs.map(({ dims }, i) => graph.input(`x${i}`, { dtype: "float32", shape: dims }));
  const list: Value[] = [];
  const rest = [...fed];
  for (let i = 0; i < fed.length + Object.keys(constants).length; i++) {
    const constant = constants[i];
    list.push(constant ? g.constant(constantOf(constant)) : rest.shift()!);
  }
  const y = g.nodes(op, list, attributes, op === "TopK" ? 2 : 1)[0]!;
  const dims = g.dims(y);
  const weights = Array.from({ length: sizeOf(dims) }, (_, i) => i + 1);
  const loss = g.reduceSum(g.mul(y, g.constant(float32(dims, weights))));
  const gradients = differentiate(graph, loss, fed);
  graph.outputs.push(...fed.map((x) => gradients.get(x)!));
  const numbersOf = inputs.map(({ values }) => Float64Array.from(numbers(values)));
  return { graph, numbersOf };
}

function byReference(kink: Kink): number[][] {
  const { graph, numbersOf } = gradientGraph(kink);
  const feeds = Object.fromEntries(
    kink.inputs.map(({ dims }, i) => [`x${i}`, { dtype: "float32", dims, data: numbersOf[i]! } as const]),
  );
  const results = interpret(graph, feeds);
  return graph.outputs.map((y) => Array.from(results.get(y)!.data));
}

async function onRuntime(kink: Kink): Promise<number[][]> {
  const { graph, numbersOf } = gradientGraph(kink);
  const feeds = Object.fromEntries(kink.inputs.map(({ dims }, i) => [`x${i}`, float32(dims, numbersOf[i]!)]));
  const results = await onOrt(toOnnx(graph), feeds);
  return graph.outputs.map((y) => [...results[y]!.numbers]);
}

function expectSame(got: readonly number[][], { gradients }: Kink, relative: number): void {
  got.forEach((list, i) => {
    const want = numbers(gradients[i]!);
    want.forEach((v, k) => {
      if (!Number.isFinite(v)) expect(list[k], `${list} / ${want}`).toBe(v);
      else {
        const apart = Math.abs(list[k]! - v) / Math.max(1, Math.abs(v));
        expect(apart, `${list} / ${want}`).toBeLessThanOrEqual(relative);
      }
    });
  });
}

// Constants of a gradient are float32: 2^-24 of their size.
test.each(kinks.map((k) => [k.name, k] as const))("%s", (_, kink) => {
  expectSame(byReference(kink), kink, 2e-7);
});

// Runtimes approximate exp, tanh and erf to about 1e-5; a row of equal values divides by sqrt(1e-5).
test.each(kinks.map((k) => [k.name, k] as const))("on onnxruntime, %s", async (_, kink) => {
  expectSame(await onRuntime(kink), kink, 1e-4);
});

test("HardSwish is flat at -3 and of slope 1 at 3, as PyTorch since its correction #148049", () => {
  const inputs = [{ dims: [2], values: [-3, 3] }];
  // The second output is weighted with 2; 1 / 6 is a float32 constant of the graph.
  const gradients = [[0, 2]];
  const bounds: Kink = { name: "bounds", op: "HardSwish", attributes: {}, inputs, constants: {}, gradients };
  expectSame(byReference(bounds), bounds, 2e-7);
});
