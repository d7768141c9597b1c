// Values against PyTorch's, scripts/golden/make-explain.py.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { float32, type Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { interpret } from "../testing/reference/index.js";
import { gradCam, gradCamGraph, type RunGradCam } from "./index.js";

const { grad_cam: golden } = JSON.parse(
  readFileSync(new URL("../../test/golden/explain.json", import.meta.url), "utf8"),
) as {
  grad_cam: Record<
    "x" | "w1" | "b1" | "w2" | "b2" | "w3" | "b3" | "w4" | "b4" | "logits" | "cam",
    number[]
  > & {
    classes: number[];
    shape: [number, number, number];
  };
};

/** Network of the values by PyTorch: two convolutions, max pooling, two linear layers. */
function network(): Graph {
  const graph = new Graph();
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: ["batch", 3, 12, 10] });
  const weight = (name: keyof typeof golden & string, dims: number[]) =>
    g.weight(name, float32(dims, golden[name] as number[]));
  const h = g.relu(g.conv(x, weight("w1", [4, 3, 3, 3]), weight("b1", [4]), { pads: [1, 1, 1, 1] }));
  const options = { strides: [2, 2], pads: [1, 1, 1, 1] };
  const maps = g.relu(g.conv(h, weight("w2", [5, 4, 3, 3]), weight("b2", [5]), options));
  const pooled = g.maxPool(maps, { kernel: [2, 2], strides: [2, 2] });
  const hidden = g.relu(
    g.gemm(g.flatten(pooled), weight("w3", [6, 30]), weight("b3", [6]), { transB: true }),
  );
  graph.outputs.push(g.gemm(hidden, weight("w4", [3, 6]), weight("b4", [3]), { transB: true }));
  return graph;
}

const runnerOf =
  (graph: Graph): RunGradCam =>
  async (feeds) => {
    const out = interpret(graph, feeds);
    return Object.fromEntries(graph.outputs.map((name) => [name, out.get(name)! as unknown as Tensor]));
  };

test("its maps are PyTorch's, of a network whose scores are not linear in the last map", async () => {
  const made = gradCamGraph(network(), 2);
  // The map after max pooling is skipped: the paper uses that of the last convolution.
  const { classes, shape, cam } = golden;
  const maps = await gradCam(made, runnerOf(made.graph), float32([2, 3, 12, 10], golden.x), classes, 3);
  expect([maps.length, maps[0]!.rows, maps[0]!.columns]).toEqual(shape);
  const all = maps.flatMap((map) => map.values);
  all.forEach((value, i) => {
    expect(value).toBeCloseTo(cam[i]!, 5);
  });
});

/** Mean pooling and a linear head on one convolution. */
function linear(weight: readonly number[], bias: readonly number[], size = 6): Graph {
  const graph = new Graph();
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: ["batch", 1, size, size] });
  const maps = g.relu(
    g.conv(x, g.weight("k", float32([2, 1, 1, 1], [1, -1])), g.weight("c", float32([2], [0, 0]))),
  );
  const features = g.flatten(g.globalAveragePool(maps));
  const head = [g.weight("w", float32([2, 2], [...weight])), g.weight("b", float32([2], [...bias]))] as const;
  graph.outputs.push(g.gemm(features, ...head, { transB: true }));
  return graph;
}

test("with mean pooling and a linear head the map before its ReLU sums up to the score without its bias", async () => {
  const made = gradCamGraph(linear([2, 1, -1, 3], [0.5, -0.25]));
  const x = Array.from({ length: 36 }, (_, i) => Math.sin(i));
  const out = interpret(made.graph, {
    x: float32([1, 1, 6, 6], x),
    "engraft/grad-cam/classes": float32([1, 2], [1, 0]),
  });
  const [cam, logits] = made.graph.outputs.map((name) => [...(out.get(name)!.data as Float64Array)]);
  expect(cam!.reduce((a, b) => a + b, 0)).toBeCloseTo(logits![0]! - 0.5, 5);
});

test("the map is high at the place that decides the prediction: one bright spot", async () => {
  const made = gradCamGraph(linear([1, 0, 0, 1], [0, 0]));
  const x = new Float32Array(36);
  x[3 * 6 + 4] = 2;
  const [map] = await gradCam(made, runnerOf(made.graph), float32([1, 1, 6, 6], x), [0], 2);
  expect(map!.values.findIndex((v) => v > 0)).toBe(3 * 6 + 4);
  expect(map!.values.filter((v) => v > 0)).toHaveLength(1);
});

test("a model of tokens has no map, and the error names other methods", () => {
  const graph = new Graph();
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: ["batch", 3, 8, 8] });
  const patches = g.conv(
    x,
    g.weight("k", float32([4, 3, 4, 4], new Float32Array(192))),
    g.weight("c", float32([4], [0, 0, 0, 0])),
    {
      strides: [4, 4],
    },
  );
  const tokens = g.transpose(g.reshape(patches, [0, 4, 4]), [0, 2, 1]);
  const mixed = g.matmul(tokens, g.weight("w", float32([4, 4], new Float32Array(16))));
  const head = g.weight("h", float32([4, 2], new Float32Array(8)));
  graph.outputs.push(g.matmul(g.reduceMean(mixed, { axes: [1] }), head));
  expect(() => gradCamGraph(graph)).toThrow(
    /no last feature map with places: Grad-CAM has nothing to look at/,
  );
  try {
    gradCamGraph(graph);
  } catch (error) {
    expect((error as { format(): string }).format()).toContain(
      "use occlusion, which looks at the answers alone",
    );
  }
});
