import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { interpret } from "../../testing/reference/index.js";
import { Builder } from "../builder.js";
import { Graph } from "../graph.js";
import { adaptChannels, adaptInputChannels } from "./input-channels.js";

/** 3 input channels, 2 output channels, 2 × 2. */
const rgb = float32(
  [2, 3, 2, 2],
  Array.from({ length: 24 }, (_, i) => i + 1),
);
const at = (w: { readonly data: unknown }, channels: number, o: number, i: number, k: number): number =>
  (w.data as Float32Array)[(o * channels + i) * 4 + k]!;

/** timm's adapt_input_conv for I = 3: a sum for one channel, else repeated, cut off and scaled by 3 / N. */
function timm(channels: number, o: number, n: number, k: number): number {
  if (channels === 1) return [0, 1, 2].reduce((s, i) => s + at(rgb, 3, o, i, k), 0);
  return at(rgb, 3, o, n % 3, k) * (3 / channels);
}

test.each([1, 2, 4, 6, 7])("a weight for RGB becomes one for %i channels as timm makes it", (channels) => {
  const adapted = adaptChannels(rgb, channels);
  expect(adapted.dims).toEqual([2, channels, 2, 2]);
  for (let o = 0; o < 2; o++)
    for (let n = 0; n < channels; n++)
      for (let k = 0; k < 4; k++)
        expect(at(adapted, channels, o, n, k)).toBeCloseTo(timm(channels, o, n, k), 5);
});

function net(channels: number): Graph {
  const graph = new Graph();
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: ["batch", channels, 4, 4] });
  const data = Array.from({ length: 2 * channels * 9 }, (_, i) => Math.sin(i));
  const w = g.weight("w", float32([2, channels, 3, 3], data));
  graph.outputs.push(g.relu(g.conv(x, w)));
  return graph;
}
const picture = Array.from({ length: 16 }, (_, i) => Math.cos(i));
const answer = (graph: Graph, channels: number): number[] => {
  const x = float32([1, channels, 4, 4], Array.from({ length: channels }, () => picture).flat());
  return [...(interpret(graph, { x }).get(graph.outputs[0]!)!.data as Float64Array)];
};

test.each([
  [3, 1],
  [1, 3],
  [3, 6],
  [1, 4],
])("a model for %i channels answers to a grey picture in %i of them as before", (from, to) => {
  const graph = net(from);
  const adapted = adaptInputChannels(graph, to);
  expect(adapted.typeOf("x").shape).toEqual(["batch", to, 4, 4]);
  // float32 weights
  answer(adapted, to).forEach((v, i) => {
    expect(v).toBeCloseTo(answer(graph, from)[i]!, 5);
  });
});

test("says so when the input is not read by a convolution", () => {
  const graph = new Graph();
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: ["batch", 1, 4, 4] });
  graph.outputs.push(g.relu(x));
  expect(() => adaptInputChannels(graph, 3)).toThrow("the model cannot be adapted to 3 channels");
});
