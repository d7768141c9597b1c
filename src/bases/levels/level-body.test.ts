import { expect, test } from "vitest";
import { type Layers, network } from "../../../test/support/level-networks.js";
import { float32, type Tensor, tensor } from "../../core/tensor.js";
import type { ImagePreprocessing } from "../../data/dataset.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { verifyGraph } from "../../graph/verify.js";
import { interpret } from "../../testing/reference/index.js";
import { withPixels } from "../pixels.js";
import { findLevels } from "./find-levels.js";
import { levelBody } from "./level-body.js";

const size = { height: 32, width: 64 };

/** Means over squares of 4 and 8 pixels: the levels can be computed by hand. */
const means = (l: Layers, x: Value): readonly [Value, Value] => {
  const average = (y: Value, side: number): Value =>
    l.g.node("AveragePool", [y], {
      ...{ kernel_shape: [side, side], strides: [side, side], dilations: [1, 1], pads: [0, 0, 0, 0] },
      ...{ ceil_mode: false, count_include_pad: false },
    });
  const four = l.g.concat([average(x, 4), average(x, 4), average(x, 4)], 1);
  return [four, average(four, 2)];
};

/** A picture whose value is its row, in all channels. */
const rowsOf = (batch: number): Tensor =>
  float32(
    [batch, 3, 32, 64],
    Float32Array.from({ length: batch * 3 * 32 * 64 }, (_, i) => Math.floor(i / 64) % 32),
  );
/** Means of the rows 0 … 3, 4 … 7, …: 1.5, 5.5, … */
const meansOfRows = (side: number) => (place: number, width: number, height: number) =>
  side * (Math.floor(place / width) % height) + (side - 1) / 2;

function expectMeans(numbers: readonly number[], side: number): void {
  const [height, width] = [32 / side, 64 / side];
  const mean = meansOfRows(side);
  expect(numbers).toHaveLength(2 * 9 * height * width);
  for (const [i, v] of numbers.entries()) expect(v).toBeCloseTo(mean(i, width, height), 9);
}

test("each level is one output float32[batch, channels, height, width]", () => {
  const { graph } = network((l, x) => l.classifier(means(l, x)[1]));
  const body = levelBody(graph, findLevels(graph).levels, size);
  verifyGraph(body.graph);
  expect(body.levels).toMatchObject([
    { stride: 4, height: 8, width: 16, classChannels: 9, boxChannels: 9 },
    { stride: 8, height: 4, width: 8, classChannels: 9, boxChannels: 9 },
  ]);
  expect(body.graph.inputs).toEqual(["image"]);
  expect(body.graph.typeOf("image").shape).toEqual(["batch", 3, 32, 64]);
  const [four, eight] = body.levels;
  expect(four!.classes).toBe(four!.boxes);
  expect(body.graph.outputs).toEqual([four!.classes, eight!.classes]);
  expect(body.graph.typeOf(four!.classes)).toEqual({ dtype: "float32", shape: ["batch", 9, 8, 16] });
  const values = interpret(body.graph, { image: rowsOf(2) });
  expectMeans([...values.get(four!.classes)!.data] as number[], 4);
  expectMeans([...values.get(eight!.classes)!.data] as number[], 8);
});

test("tokens lose their prefix and become a map; channels last come first", () => {
  const { graph, marks } = network((l, x) => {
    const [four, eight] = means(l, x);
    const last = l.mark("last", l.g.transpose(four, [0, 2, 3, 1]));
    const token = l.g.reduceMean(l.rows(eight), { axes: [1], keepdims: true });
    return [last, l.mark("tokens", l.g.concat([token, token, l.rows(eight)], 1))];
  });
  const value = (name: string, layout: "NHWC" | "tokens", prefix: number) =>
    [{ value: marks[name]!, use: "both", channels: 9, layout, prefix }] as const;
  const facts = { channels: 9, because: "", height: 0, width: 0 };
  const body = levelBody(
    graph,
    [
      { stride: 4, values: value("last", "NHWC", 0), ...facts },
      { stride: 8, values: value("tokens", "tokens", 2), ...facts },
    ],
    size,
  );
  const values = interpret(body.graph, { image: rowsOf(2) });
  expectMeans([...values.get(body.levels[0]!.classes)!.data] as number[], 4);
  expectMeans([...values.get(body.levels[1]!.classes)!.data] as number[], 8);
});

test("the values of a level are joined by what they serve", () => {
  const { graph, marks } = network((l, x) => {
    const stem = l.layer(l.layer(x, 8, { stride: 2 }), 8, { stride: 2 });
    return [
      l.layer(stem, 10, { name: "a" }),
      l.layer(stem, 12, { name: "b" }),
      l.layer(stem, 14, { name: "c" }),
    ];
  });
  const one = (name: string, use: "classes" | "boxes" | "both", channels: number) =>
    ({ value: marks[name]!, use, channels, layout: "NCHW", prefix: 0 }) as const;
  const facts = { stride: 4, channels: 36, because: "", height: 0, width: 0 };
  const towers = [one("a", "classes", 10), one("b", "boxes", 12), one("c", "both", 14)];
  const body = levelBody(graph, [{ ...facts, values: towers }], size);
  expect(body.levels[0]).toMatchObject({ classChannels: 24, boxChannels: 26 });
  expect(body.graph.outputs.map((v) => body.graph.typeOf(v).shape)).toEqual([
    ["batch", 24, 8, 16],
    ["batch", 26, 8, 16],
  ]);
});

test("the preprocessing of bytes can be put in front", () => {
  const { graph } = network((l, x) => l.classifier(means(l, x)[1]));
  const body = levelBody(graph, findLevels(graph).levels, size);
  const preprocessing: ImagePreprocessing = {
    ...size,
    ...{ rescale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], channels: "rgb" },
  };
  const fed = withPixels(body.graph, preprocessing);
  verifyGraph(fed);
  const pixels = Uint8Array.from({ length: 32 * 64 * 3 }, (_, i) => Math.floor(i / (3 * 64)));
  const values = interpret(fed, { pixels: tensor("uint8", [1, 32, 64, 3], pixels) });
  const four = [...values.get(fed.outputs[0]!)!.data] as number[];
  // (mean of the rows / 255 - 0.5) / 0.25
  for (const [i, v] of four.entries())
    expect(v).toBeCloseTo((meansOfRows(4)(i, 16, 8) / 255 - 0.5) / 0.25, 5);
});

test("weights of the base are kept, those behind the levels are not", () => {
  const { graph } = network((l, x) => {
    const s4 = l.layer(l.layer(x, 8, { stride: 2 }), 12, { stride: 2 });
    return l.classifier(l.layer(s4, 16, { stride: 2 }));
  });
  const body = levelBody(graph, findLevels(graph).levels, size);
  const sizes = [...body.graph.initializers.values()].map(({ dims }) => dims.join("x"));
  expect(sizes.sort()).toEqual(["12", "12x8x3x3", "16", "16x12x3x3", "8", "8x3x3x3"]);
});

test("a fixed batch, a second input and another size than the only one are refused", () => {
  const { graph } = network((l, x) => l.classifier(means(l, x)[1]));
  const { levels } = findLevels(graph);
  const single = new Graph("single");
  single.input("image", { dtype: "float32", shape: [1, 3, "height", "width"] });
  for (const node of graph.nodes) single.push(node);
  for (const [name, value] of graph.initializers) single.initializer(name, value);
  expect(() => levelBody(single, levels, size)).toThrow(
    "the base takes 1 picture at a time: its batch is fixed",
  );

  const two = network((l, x) => {
    const gain = l.graph.input("gain", { dtype: "float32", shape: [1] });
    return l.classifier(means(l, l.g.mul(x, gain))[1]);
  });
  expect(() => levelBody(two.graph, findLevels(two.graph).levels, size)).toThrow(
    "the base has 2 inputs on the way to its feature levels, a picture model has one",
  );

  const table = network(
    (l, x) => {
      const four = means(l, x)[0];
      const positions = l.g.weight("positions", float32([1, 9, 8, 16], new Float32Array(1152)));
      return l.classifier(l.pool(l.g.add(four, positions)));
    },
    [32, 64],
  );
  const fixed = findLevels(table.graph);
  expect(fixed.fixed).toEqual(size);
  expect(levelBody(table.graph, fixed.levels, size).levels).toHaveLength(2);
  expect(() => levelBody(table.graph, fixed.levels, { height: 64, width: 64 })).toThrow(
    "the base takes pictures of 32 x 64 pixels only, not 64 x 64",
  );
});
