import { afterAll, expect, test } from "vitest";
import { differentiate } from "../src/autodiff/index.js";
import { draws } from "../src/core/random.js";
import { sizeOf } from "../src/core/shape.js";
import { float32, type Tensor, toNumbers } from "../src/core/tensor.js";
import { Builder } from "../src/graph/builder.js";
import { Graph } from "../src/graph/graph.js";
import { blockForOrt } from "../src/graph/passes/block-for-ort.js";
import { fuseForOrt } from "../src/graph/passes/fuse-for-ort.js";
import { toOnnx } from "../src/graph/to-onnx.js";
import { nodeRuntime } from "../src/runtime/ort-node.js";

// Convolutions in the runtime's blocked form, forward and backward, against the plain form on the same runtime.
const runtime = await nodeRuntime({ threads: 1 });
afterAll(() => runtime.close());

/** A stem on a picture, a residual block with a stride and one without, and the gradients of all weights. */
function network(): { graph: Graph; feeds: Record<string, Tensor> } {
  const graph = new Graph("residual");
  const g = new Builder(graph);
  const noise = draws(5, "blocked");
  const feeds: Record<string, Tensor> = {};
  const input = (name: string, dims: readonly number[], scale = 1) => {
    const values = Array.from({ length: sizeOf(dims) }, () => scale * noise.normal());
    feeds[name] = float32(dims, values);
    return graph.input(name, { dtype: "float32", shape: dims });
  };
  const weights: string[] = [];
  const conv = (x: string, o: number, k: number, stride: number) => {
    const c = g.dims(x)[1]!;
    const w = input(`w${weights.length}`, [o, c, k, k], Math.sqrt(2 / (c * k * k)));
    const b = input(`b${weights.length}`, [o], 0.1);
    weights.push(w, b);
    const p = (k - 1) / 2;
    return g.conv(x, w, b, { pads: [p, p, p, p], strides: [stride, stride] });
  };
  const block = (x: string, o: number, stride: number) => {
    const inner = conv(g.relu(conv(g.relu(conv(x, 32, 1, 1)), 32, 3, stride)), o, 1, 1);
    return g.relu(g.add(inner, stride === 1 ? x : conv(x, o, 1, stride)));
  };
  const x = input("x", [2, 3, 20, 24]);
  const y = block(block(g.relu(conv(x, 32, 3, 1)), 64, 2), 64, 1);
  const loss = g.reduceSum(g.mul(y, input("cotangent", g.dims(y))), { axes: [0, 1, 2, 3] });
  const gradients = differentiate(graph, loss, weights);
  graph.outputs.push(y, ...weights.map((w) => gradients.get(w)!));
  return { graph, feeds };
}

test("a residual network and its gradients are the same blocked and plain, and the same again", async () => {
  const { graph, feeds } = network();
  const blockSize = await runtime.blockSize!();
  const plain = fuseForOrt(graph);
  const blocked = blockForOrt(plain, { blockSize, fromPixels: 0 });
  if (blockSize > 1) expect(blocked.nodes.filter((n) => n.kind === "custom").length).toBeGreaterThan(10);
  const results: number[][][] = [];
  for (const form of [plain, blocked, blocked]) {
    const session = await runtime.session(toOnnx(form));
    const fed = Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!]));
    const found = await session.run(fed);
    results.push(graph.outputs.map((name) => Array.from(toNumbers(found[name]!))));
    await session.dispose();
  }
  const [wanted, first, second] = results as [number[][], number[][], number[][]];
  expect(second).toEqual(first);
  wanted.forEach((values, k) => {
    const scale = Math.max(...values.map(Math.abs));
    const worst = Math.max(...values.map((v, i) => Math.abs(v - first[k]![i]!)));
    // float32's rounding in sums of up to a few thousand products; a wrong layout is off by about 1.
    expect(worst / scale, graph.outputs[k]).toBeLessThan(1e-5);
  });
});
