// Boosted trees as a graph of standard operators: in Node's runtime, a browser's, and float64, they are the trees.
import * as ortWeb from "onnxruntime-web";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RegressionTree, treeNet } from "../../src/bases/architectures/index.js";
import { floatAtMost } from "../../src/bases/architectures/tree-net.js";
import { exportModel } from "../../src/bases/export.js";
import { withHead } from "../../src/bases/heads.js";
import { draws } from "../../src/core/random.js";
import { float32 } from "../../src/core/tensor.js";
import { encodedWidth, encodeRows, fitEncoding } from "../../src/data/tables/table-encoding.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import type { Graph } from "../../src/graph/graph.js";
import { type BoostedTrees, fitBoostedTrees } from "../../src/methods/boosting/boosted-trees.js";
import { openSession } from "../../src/runtime/open.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { webRuntime } from "../../src/runtime/ort-web.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import { interpret } from "../../src/testing/reference/index.js";
import { goldenTrees } from "../support/golden-trees.js";

let runtimes: readonly Runtime[];
beforeAll(async () => {
  runtimes = await Promise.all([nodeRuntime({ threads: 1 }), webRuntime(ortWeb, { threads: 1 })]);
});
afterAll(async () => {
  for (const runtime of runtimes) await runtime.close();
});

/** The saved model as it is read again. */
const reread = ({ trees, head }: BoostedTrees, dims: number): Graph =>
  fromOnnx(exportModel(withHead(treeNet(trees, dims), head.bias.length, head), "features", ["batch", dims]))
    .graph;

async function inRuntimes(graph: Graph, x: Float32Array, dims: number): Promise<readonly Float32Array[]> {
  const features = float32([x.length / dims, dims], x);
  const all: Float32Array[] = [];
  for (const runtime of runtimes) {
    const session = await openSession(runtime, graph);
    all.push((await session.run({ features })).logits!.data as Float32Array);
    await session.dispose();
  }
  return all;
}

/** The outputs of a graph on rows of two numbers, in float64. */
const valuesOf = (graph: Graph, x: Float32Array): number[] =>
  [...interpret(graph, { features: float32([x.length / 2, 2], x) }).values()].flatMap(({ data }) =>
    Array.from(data as ArrayLike<number>),
  );

/** Walks each tree in float64, by its definition. */
function walked({ trees, head }: BoostedTrees, x: Float32Array, dims: number): number[] {
  const leafOf = (tree: RegressionTree, row: number, node = 0): number => {
    if (tree.left[node] === undefined) return tree.value[node]!;
    const isRight = x[row * dims + tree.feature[node]!]! > tree.threshold[node]!;
    return leafOf(tree, row, isRight ? tree.right[node]! : tree.left[node]);
  };
  return Array.from({ length: x.length / dims }, (_, row) => row).flatMap((row) => {
    const values = trees.map((tree) => leafOf(tree, row));
    return Array.from(head.bias, (bias, k) =>
      values.reduce((sum, value, i) => sum + value * head.weight[k * trees.length + i]!, bias),
    );
  });
}

/** Largest difference, relative to the largest value. */
const worst = (found: ArrayLike<number>, wanted: ArrayLike<number>): number =>
  Math.max(...Array.from(wanted, (value, i) => Math.abs(value - found[i]!))) /
  Math.max(1, ...Array.from(wanted, Math.abs));

const none = { features: new Float32Array(0), targets: [], count: 0 };

describe("the saved model gives the scores of scikit-learn's HistGradientBoosting", () => {
  for (const { name, dims, outputs, learns, x, y, scores } of goldenTrees.cases)
    test(name, async () => {
      const train = { features: Float32Array.from(x), targets: y, count: y.length };
      const fit = await fitBoostedTrees(
        { train, validation: none, dims, outputs, learns },
        { rounds: goldenTrees.rounds },
      );
      for (const logits of await inRuntimes(reread(fit, dims), train.features, dims)) {
        const centred = y.flatMap((_, i) => {
          const row = [...logits.subarray(i * outputs, (i + 1) * outputs)];
          const middle = row.reduce((a, b) => a + b) / outputs;
          if (learns === "numbers") return row;
          return outputs === 2 ? [row[1]! - row[0]!] : row.map((score) => score - middle);
        });
        // As for the trees on the host: gradients are rounded to float32.
        expect(worst(centred, scores)).toBeLessThan(1e-4);
        expect(worst(logits, fit.predict(train.features, train.count))).toBeLessThan(1e-5);
      }
    });
});

test("numbers at a threshold, infinite ones and missing ones go where the trees on the host send them", async () => {
  const draw = draws(1, "trees");
  const values = Float32Array.from({ length: 900 }, () => Math.round(4 * draw.normal()) / 8);
  const targets = Array.from({ length: 300 }, (_, i) => Math.sin(3 * values[3 * i]!) + values[3 * i + 1]!);
  const train = { features: values, targets, count: 300 };
  const fit = await fitBoostedTrees(
    { train, validation: none, dims: 3, outputs: 1, learns: "numbers" },
    { rounds: 40 },
  );
  const thresholds = fit.trees.flatMap((tree) => Object.values(tree.threshold)).slice(0, 60);
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, ...thresholds];
  const x = Float32Array.from({ length: 3 * odd.length }, (_, i) => odd[(i * 7) % odd.length]!);
  const graph = reread(fit, 3);
  const exact = interpret(graph, { features: float32([odd.length, 3], x) }).get("logits")!;
  const wanted = walked(fit, x, 3);
  // The values of the leaves are float32 in the graph.
  expect(worst(exact.data as ArrayLike<number>, wanted)).toBeLessThan(1e-6);
  expect(worst(fit.predict(x, odd.length), wanted)).toBeLessThan(1e-6);
  for (const logits of await inRuntimes(graph, x, 3)) expect(worst(logits, wanted)).toBeLessThan(1e-5);
});

test("columns with missing values and categories are read as in training", async () => {
  const draw = draws(2, "rows");
  const colours = ["red", "blue", "green", "grey"];
  const cells = Array.from({ length: 400 }, () => [
    draw.uniform() < 0.3 ? "" : draw.normal().toFixed(3),
    draw.uniform() < 0.1 ? "?" : colours[draw.integer(4)]!,
  ]);
  const classOf = ([number, colour]: readonly string[]): number =>
    number === "" ? 2 : Number(number) > 0 === (colour === "red") ? 1 : 0;
  const encoding = fitEncoding(cells, [
    { name: "number", kind: "number" },
    { name: "colour", kind: "category" },
  ]);
  const dims = encodedWidth(encoding);
  const encode = (rows: readonly (readonly string[])[]) => encodeRows(encoding, ["number", "colour"], rows);
  const train = { features: encode(cells), targets: cells.map(classOf), count: cells.length };
  const fit = await fitBoostedTrees(
    { train, validation: none, dims, outputs: 3, learns: "classes" },
    { rounds: 60 },
  );
  const asked = [...cells.slice(0, 50), ["", "red"], ["1", ""], ["-1", "violet"], ["x", "blue"]];
  const x = encode(asked);
  for (const logits of await inRuntimes(reread(fit, dims), x, dims)) {
    expect(worst(logits, walked(fit, x, dims))).toBeLessThan(1e-5);
    const predicted = asked.slice(0, 50).map((_, i) => {
      const row = [...logits.subarray(3 * i, 3 * i + 3)];
      return row.indexOf(Math.max(...row));
    });
    // The classes follow from the columns without noise.
    expect(predicted).toEqual(asked.slice(0, 50).map(classOf));
  }
});

test("trees of one leaf, and of different depths, stand side by side", async () => {
  const leaf = { feature: [], threshold: [], left: [], right: [], value: [5] };
  // x0 ≤ 1: 10; else x1 ≤ 2: 20, else 30.
  const left: number[] = [];
  const right: number[] = [];
  [left[0], right[0], left[2], right[2]] = [1, 2, 3, 4];
  const trees = [leaf, { feature: [0, 0, 1], threshold: [1, 0, 2], left, right, value: [0, 10, 0, 20, 30] }];
  const x = Float32Array.of(0, 9, 1, 9, 2, 2, 2, 2.5);
  expect(valuesOf(treeNet(trees, 2).graph, x)).toEqual([5, 10, 5, 10, 5, 20, 5, 30]);
  expect(valuesOf(treeNet([leaf], 2).graph, x)).toEqual([5, 5, 5, 5]);
});

test("a float32 is at most a number if it is at most the float32 below it", () => {
  const draw = draws(3, "floats");
  const step = 2 ** -23;
  const numbers = Array.from({ length: 200 }, () => draw.normal() * 10 ** (12 * draw.uniform() - 6));
  for (const x of [...numbers, 0, 1, -1, 1 + step / 2, -1 - step / 2, 1e-60, -1e-60, 1e39, -1e39]) {
    const below = floatAtMost(x);
    expect(Math.fround(below)).toBe(below);
    expect(below <= x).toBe(true);
    // The next float32 is above x.
    const bits = new Int32Array(Float32Array.of(below).buffer);
    bits[0]! += below > 0 || Object.is(below, 0) ? 1 : -1;
    const [next] = new Float32Array(bits.buffer);
    if (Number.isFinite(below)) expect(next! > x || Object.is(next, -0)).toBe(true);
  }
  expect(floatAtMost(-1e-60)).toBe(-(2 ** -149));
});
