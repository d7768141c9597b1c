// Values against PyTorch's autograd, scripts/golden/make-attributions.py.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { float32, type Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { bindDims } from "../graph/surgery/index.js";
import { interpret } from "../testing/reference/index.js";
import { type GradientGraph, gradientGraph, gradientValues, integratedGradients } from "./index.js";

const { integrated_gradients: golden } = JSON.parse(
  readFileSync(new URL("../../test/golden/attributions.json", import.meta.url), "utf8"),
) as {
  integrated_gradients: Record<"table" | "w1" | "b1" | "w2" | "b2" | "x" | "x0" | "ids", number[]> & {
    class: number;
    base: number;
    prediction: number;
    steps48: number[][];
    integral: number[][];
  };
};

/** Network of the values by PyTorch: numbers and embeddings of two tokens, tanh, ReLU, logits of three classes. */
function network(): Graph {
  const graph = new Graph();
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: ["batch", 4] });
  const ids = graph.input("input_ids", { dtype: "int64", shape: ["batch", 2] });
  const weight = (name: "table" | "w1" | "b1" | "w2" | "b2", dims: number[]) =>
    g.weight(name, float32(dims, golden[name]));
  const words = g.gather(weight("table", [5, 3]), ids);
  const joined = g.concat([x, g.flatten(words)], 1);
  const h = g.relu(g.tanh(g.add(g.matmul(joined, weight("w1", [10, 8])), weight("b1", [8]))));
  graph.outputs.push(g.add(g.matmul(h, weight("w2", [8, 3])), weight("b2", [3])));
  return graph;
}

const batch = 5;
const runnerOf =
  ({ graph }: GradientGraph, counted = { points: 0 }) =>
  async (feeds: Readonly<Record<string, Tensor>>) => {
    counted.points += batch;
    const out = interpret(graph, feeds);
    return Object.fromEntries(
      graph.outputs.map((name) => {
        const { dims, data } = out.get(name)!;
        return [name, float32(dims, Float32Array.from(data as Float64Array))];
      }),
    );
  };

function opened() {
  const model = bindDims(network(), { batch });
  const embedding = model.nodes.find(({ op }) => op === "Gather")!.outputs[0]!;
  const made = gradientGraph(model, ["x", embedding], "softmax");
  const row = (ids: readonly number[]): Float32Array =>
    Float32Array.from(ids.flatMap((id) => golden.table.slice(3 * id, 3 * id + 3)));
  const paths = [
    { from: Float32Array.from(golden.x0), to: Float32Array.from(golden.x) },
    { from: row([0, 0]), to: row(golden.ids) },
  ];
  const selected = new Float32Array(3 * batch).map((_, at) => (at % 3 === golden.class ? 1 : 0));
  return { made, paths, feeds: { [gradientValues.selected]: float32([batch, 3], selected) } };
}

test("attributions are PyTorch's, of numbers and of embeddings at once", async () => {
  const { made, paths, feeds } = opened();
  const found = await integratedGradients(made, runnerOf(made), paths, feeds, { steps: 48, tolerance: 1 });
  expect(found.base).toBeCloseTo(golden.base, 6);
  expect(found.prediction).toBeCloseTo(golden.prediction, 6);
  expect(found.steps).toBe(48);
  golden.steps48.forEach((own, place) => {
    own.forEach((value, j) => {
      expect(found.attributions[place]![j]).toBeCloseTo(value, 5);
    });
  });
});

test("points are added until the sum is the difference of the predictions, and none is visited twice", async () => {
  const { made, paths, feeds } = opened();
  const counted = { points: 0 };
  const found = await integratedGradients(made, runnerOf(made, counted), paths, feeds, {
    steps: 1,
    tolerance: 1e-3,
  });
  expect(found.error).toBeLessThanOrEqual(1e-3);
  // 1, 3, 9, … points.
  expect(Math.log(found.steps) / Math.log(3)).toBeCloseTo(Math.round(Math.log(found.steps) / Math.log(3)), 9);
  expect(counted.points).toBeLessThan(found.steps + 7 * batch);
  const sum = found.attributions.reduce((all, own) => all + own.reduce((s, v) => s + v, 0), 0);
  expect(Math.abs(sum - (golden.prediction - golden.base))).toBeLessThan(
    1.01e-3 * Math.abs(golden.prediction - golden.base),
  );
  golden.integral.forEach((own, place) => {
    own.forEach((value, j) => {
      expect(found.attributions[place]![j]).toBeCloseTo(value, 2);
    });
  });
});

test("the budget of points ends it, with the error that is left", async () => {
  const { made, paths, feeds } = opened();
  const found = await integratedGradients(made, runnerOf(made), paths, feeds, {
    steps: 2,
    mostSteps: 6,
    tolerance: 0,
  });
  expect(found.steps).toBe(6);
  expect(found.error).toBeGreaterThan(0);
});

test("a linear prediction has weight times distance, from one point of the path", async () => {
  const graph = new Graph();
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: [1, 3] });
  graph.outputs.push(g.matmul(x, g.weight("w", float32([3, 1], [2, -1, 4]))));
  const made = gradientGraph(graph, ["x"], "identity");
  const { attributions, base, prediction, error, steps } = await integratedGradients(
    made,
    runnerOf(made),
    [{ from: Float32Array.of(1, 1, 1), to: Float32Array.of(2, 3, 1) }],
    { [gradientValues.selected]: float32([1, 1], [1]) },
    { steps: 1 },
  );
  expect([base, prediction, error, steps, ...attributions[0]!]).toEqual([5, 5, 0, 1, 2, -2, 0]);
});
