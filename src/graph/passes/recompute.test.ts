import { expect, test } from "vitest";
import { differentiate } from "../../autodiff/index.js";
import { EngraftError } from "../../core/errors.js";
import { Builder } from "../builder.js";
import { Graph } from "../graph.js";
import type { Node } from "../node.js";
import { verifyGraph as verify } from "../verify.js";
import { fuseForOrt } from "./fuse-for-ort.js";
import { recompute } from "./recompute.js";

const [rows, width] = [1000, 10];
const layer = 4 * rows * width;

/** x -> tanh(x w) -> … -> Σ, and the gradients of the weights. */
function chain(layers: number): Graph {
  const graph = new Graph("chain");
  const g = new Builder(graph);
  let x = graph.input("x", { dtype: "float32", shape: [rows, width] });
  const weights: string[] = [];
  for (let i = 0; i < layers; i++) {
    const w = graph.input(`w${i}`, { dtype: "float32", shape: [width, width] });
    weights.push(w);
    x = g.tanh(g.matmul(x, w));
  }
  const loss = g.reduceSum(x);
  const gradients = differentiate(graph, loss, weights);
  graph.outputs.push(loss, ...weights.map((w) => gradients.get(w)!));
  return fuseForOrt(graph);
}

const countOf = (nodes: readonly Node[], op: string) =>
  nodes.filter((n) => n.kind === "op" && n.op === op).length;

test("of n layers about √n are kept, and √n computed again at a time", () => {
  const layers = 64;
  const graph = chain(layers);
  const { bytes, share, graph: small } = recompute(graph, { ends: [graph.outputs[0]!] });
  // All results of tanh, at least.
  expect(bytes.before).toBeGreaterThan(layers * layer);
  // 8 + 8, the current gradient, and inputs and outputs of a node.
  expect(bytes.now).toBeLessThan((2 * Math.sqrt(layers) + 9) * layer);
  expect(share).toBeLessThan(1);
  verify(small);
  expect(countOf(small.nodes, "Tanh")).toBeGreaterThan(layers + layers / 2);
  expect(countOf(small.nodes, "Tanh")).toBeLessThan(2 * layers);
});

test("a limit that is kept already changes nothing", () => {
  const graph = chain(8);
  const result = recompute(graph, { ends: [graph.outputs[0]!], limitBytes: 1e9 });
  expect(result.graph).toBe(graph);
  expect(result.share).toBe(0);
});

test("a graph in which nothing is kept for later stays as it is", () => {
  const graph = new Graph("forward");
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: [100, 100] });
  graph.outputs.push(g.tanh(g.tanh(x)));
  const result = recompute(graph, { ends: graph.outputs });
  expect(result.graph).toBe(graph);
  expect(result.bytes.now).toBe(result.bytes.before);
});

test("no more is computed twice than a limit asks for", () => {
  const graph = chain(32);
  const ends = [graph.outputs[0]!];
  const most = recompute(graph, { ends });
  const limitBytes = (most.bytes.before + most.bytes.now) / 2;
  const some = recompute(graph, { ends, limitBytes });
  expect(some.bytes.now).toBeLessThanOrEqual(limitBytes);
  expect(some.share).toBeGreaterThan(0);
  expect(some.share).toBeLessThan(most.share);
});

test("a limit that cannot be kept is refused with what can be reached, and what to do", () => {
  const graph = chain(16);
  const ends = [graph.outputs[0]!];
  const { bytes } = recompute(graph, { ends });
  const refused = (): unknown => recompute(graph, { ends, limitBytes: 100_000 });
  expect(refused).toThrow(EngraftError);
  expect(refused).toThrow(/cannot do with 1 MB of memory: it takes 1 MB, and 1 MB when all that can be/);
  try {
    refused();
  } catch (error) {
    const { help, details } = error as EngraftError;
    expect(help).toMatch(/smaller batch.*smaller pictures.*cut the base earlier/);
    expect(details).toMatchObject({ available: 100_000, usual: bytes.before });
    expect((details as { needs: number }).needs).toBeGreaterThanOrEqual(bytes.now);
  }
});

test("what a copy reads passes a barrier: the runtime would compute equal nodes once", () => {
  const graph = chain(32);
  const { graph: small } = recompute(graph, { ends: [graph.outputs[0]!] });
  const keys = small.nodes.map((n) => JSON.stringify([n.op, n.inputs, n.kind === "op" && n.attributes]));
  expect(new Set(keys).size).toBe(keys.length);
});

test("statistics of a batch are kept, and not averaged again", () => {
  const graph = new Graph("normalised");
  const g = new Builder(graph);
  let x = graph.input("x", { dtype: "float32", shape: [8, 4, 16, 16] });
  const moving: string[] = [];
  for (let i = 0; i < 12; i++) {
    const [scale, bias, mean, variance] = ["scale", "bias", "mean", "variance"].map((n) =>
      graph.input(`${n}${i}`, { dtype: "float32", shape: [4] }),
    );
    const attributes = { epsilon: 1e-5, momentum: 0, training_mode: true };
    const [y, m] = g.nodes("BatchNormalization", [x, scale!, bias!, mean!, variance!], attributes, 3);
    moving.push(m!);
    x = g.tanh(y!);
  }
  const loss = g.reduceSum(x);
  const scales = Array.from({ length: 12 }, (_, i) => `scale${i}`);
  const gradients = differentiate(graph, loss, scales);
  graph.outputs.push(loss, ...moving, ...scales.map((s) => gradients.get(s)!));
  const { graph: small, share } = recompute(fuseForOrt(graph), { ends: [loss] });
  expect(share).toBeGreaterThan(0);
  verify(small);
  const norms = small.nodes.filter((n) => n.op === "BatchNormalization");
  expect(norms.length).toBeGreaterThan(12);
  const training = norms.filter(
    (n) => n.kind === "op" && "training_mode" in n.attributes && n.attributes.training_mode,
  );
  expect(training.length).toBe(12);
});
