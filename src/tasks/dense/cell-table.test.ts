import { expect, test } from "vitest";
import {
  addDenseHead,
  type DenseHeadShape,
  freshDenseHead,
  levelNames,
} from "../../bases/dense/dense-head.js";
import { withWeights } from "../../bases/heads.js";
import { draws } from "../../core/random.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { Graph } from "../../graph/graph.js";
import { interpret } from "../../testing/reference/index.js";
import { CellCollector } from "./cell-table.js";
import { normWeights } from "./solve-cells.js";

const maps = [
  { values: ["fine"], stride: 4, channels: 3, height: 6, width: 8 },
  { values: ["coarse"], stride: 8, channels: 5, height: 3, width: 4 },
];
const shape = (enlarge: DenseHeadShape["enlarge"], height = 6, width = 8): DenseHeadShape => ({
  ...{ maps, outputs: 2, width: 4, blocks: 1, enlarge },
  levels: [{ height, width, reads: [0, 1] }],
});

const draw = draws(1, "maps");
const pictures = [0, 1].map(() =>
  maps.map(({ channels, height, width }) =>
    Float32Array.from({ length: channels * height * width }, () => 3 + 2 * draw.normal()),
  ),
);

/** Predictions of the dense head for a picture: float32[outputs, height, width]. */
function dense(own: DenseHeadShape, weights: ReadonlyMap<string, Tensor>, maps: readonly Float32Array[]) {
  const graph = new Graph("maps");
  for (const { values, channels, height, width } of own.maps)
    graph.input(values[0]!, { dtype: "float32", shape: ["batch", channels, height, width] });
  const [y] = addDenseHead(graph, own);
  graph.outputs.push(y!);
  const fed = own.maps.map(({ values, channels, height, width }, m) => [
    values[0]!,
    float32([1, channels, height, width], maps[m]!),
  ]);
  return interpret(withWeights(graph, weights), Object.fromEntries(fed)).get(y!)!.data as Float64Array;
}

test.each([
  ["nearest", 6, 8],
  ["linear", 6, 8],
  ["linear", 7, 11],
] as const)("rows of cells have the features that the head reads, %s enlarged to %i × %i", (mode, h, w) => {
  const own = shape(mode, h, w);
  const collector = new CellCollector(own);
  const cells = Array.from({ length: h * w }, (_, i) => i);
  const sampled = { cells, weights: cells.map(() => 1), targets: { truth: Float32Array.from(cells) } };
  for (const picture of pictures) collector.add(picture, [sampled]);
  const weights = new Map([...freshDenseHead(own, 3), ...normWeights(collector.statistics())]);
  const { features, width, count, targets } = collector.takeTable(0);
  expect([width, count, targets.truth!.length]).toEqual([8, 2 * h * w, 2 * h * w]);
  const names = levelNames(0);
  const mix = [0, 1].map((m) => weights.get(names.mix(m))!.data as Float32Array);
  const out = weights.get(names.out)!.data as Float32Array;
  // y = W₂ silu(W₁ x), for the channels of both maps beside each other.
  const predicted = (row: number, k: number): number => {
    let y = 0;
    for (let c = 0; c < own.width; c++) {
      let sum = 0;
      for (let t = 0; t < width; t++)
        sum += features[row * width + t]! * (t < 3 ? mix[0]![c * 3 + t]! : mix[1]![c * 5 + t - 3]!);
      y += out[k * own.width + c]! * (sum / (1 + Math.exp(-sum)));
    }
    return y;
  };
  for (const [p, picture] of pictures.entries()) {
    const expected = dense(own, weights, picture);
    for (const cell of cells)
      for (const k of [0, 1])
        expect(predicted(p * h * w + cell, k)).toBeCloseTo(expected[k * h * w + cell]!, 5);
  }
});

test("features are normalised by mean and variance of their map over all cells, whichever are sampled", () => {
  const collector = new CellCollector(shape("nearest"));
  const one = { cells: [0], weights: [1], targets: {} };
  for (const picture of pictures) collector.add(picture, [one]);
  const values = pictures.flatMap((picture) => Array.from(picture[0]!.subarray(0, 48)));
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  const { features } = collector.takeTable(0);
  expect(features[0]).toBeCloseTo((pictures[0]![0]![0]! - mean) / Math.sqrt(variance + 1e-5), 4);
});
