import { describe, expect, test } from "vitest";
import { sizeOf } from "../../core/shape.js";
import { float32 } from "../../core/tensor.js";
import { Graph } from "../../graph/graph.js";
import { parametersOf } from "../../graph/surgery/index.js";
import { interpret } from "../../testing/reference/index.js";
import { withWeights } from "../heads.js";
import { type FeatureMap, freshDenseHead, headParameters, levelNames } from "./dense-head.js";
import { detectionHead, withDetectionHead } from "./detection-head.js";
import { segmentationHead, withSegmentationHead } from "./segmentation-head.js";

const size = { width: 64, height: 32 };
const mapAt = (stride: number, channels: number): FeatureMap => ({
  ...{ values: [`map${stride}`], stride, channels },
  ...{ height: size.height / stride, width: size.width / stride },
});

/** A backbone whose maps are its inputs. */
function backbone(maps: readonly FeatureMap[]): Graph {
  const graph = new Graph("maps");
  for (const { values, channels, height, width } of maps) {
    const x = graph.input(`fed ${values[0]!}`, {
      dtype: "float32",
      shape: ["batch", channels, height, width],
    });
    const identity = { kind: "op", op: "Identity", name: values[0]!, attributes: {} } as const;
    graph.push({ ...identity, inputs: [x], outputs: [values[0]!] }, [graph.typeOf(x)]);
    graph.outputs.push(values[0]!);
  }
  return graph;
}

/** Maps of two pictures: 1, 2, 3 … in tenths. */
const fed = (maps: readonly FeatureMap[]) =>
  Object.fromEntries(
    maps.map(({ values, channels, height, width }) => {
      const dims = [2, channels, height, width];
      const data = Float32Array.from({ length: sizeOf(dims) }, (_, i) => i / 10);
      return [`fed ${values[0]!}`, float32(dims, data)];
    }),
  );

const outputOf = (graph: Graph, maps: readonly FeatureMap[]): Float64Array =>
  interpret(graph, fed(maps)).get("logits")!.data as Float64Array;

const parameters = (graph: Graph): number =>
  parametersOf(graph)
    .filter(({ kind }) => kind !== "statistic")
    .reduce((sum, { value }) => sum + sizeOf(graph.initializers.get(value)!.dims), 0);

describe("a segmentation head", () => {
  test.each([
    ["with a map of stride 4", [mapAt(4, 3), mapAt(8, 5), mapAt(16, 7)]],
    ["with coarser maps only", [mapAt(8, 5), mapAt(32, 7)]],
  ])("predicts at stride 4, %s", (_, maps) => {
    const shape = segmentationHead(maps, { classes: 3, size });
    const graph = withSegmentationHead(backbone(maps), shape);
    expect(graph.outputs).toEqual(["logits"]);
    expect(graph.typeOf("logits").shape).toEqual(["batch", 3, 8, 16]);
    expect(headParameters(shape)).toBe(parameters(graph));
    const weights = freshDenseHead(shape, 1, () => Float32Array.of(1, 2, 3));
    const out = outputOf(withWeights(graph, weights), maps);
    expect(out.length).toBe(2 * 3 * 8 * 16);
    expect(new Set(out).size).toBeGreaterThan(100);
  });

  test("gives the first predictions everywhere while the last weights are 0", () => {
    const maps = [mapAt(8, 5), mapAt(16, 7)];
    const shape = segmentationHead(maps, { classes: 2, size });
    const graph = withSegmentationHead(backbone(maps), shape);
    const out = outputOf(
      withWeights(graph, new Map([[levelNames(0).outBias, float32([2], [0.5, -1])]])),
      maps,
    );
    const expected = Array.from({ length: out.length }, (_, i) => (Math.floor(i / 128) % 2 === 0 ? 0.5 : -1));
    expect([...out]).toEqual(expected);
  });
});

describe("a detection head", () => {
  const maps = [mapAt(8, 5), mapAt(16, 7), mapAt(32, 9)];

  test.each([
    ["reads its own map only in a detector", true, [[0], [1], [2]]],
    ["reads the coarser maps too in a classifier", false, [[0, 1, 2], [1, 2], [2]]],
  ] as const)("a level %s", (_, hasNeck, reads) => {
    const shape = detectionHead(maps, { classes: 2, hasNeck });
    expect(shape.levels.map((level) => level.reads)).toEqual(reads);
    expect(headParameters(shape)).toBe(parameters(withDetectionHead(backbone(maps), shape)));
  });

  test("lists the places level by level, row by row, with logits and distances of each", () => {
    const shape = detectionHead(maps, { classes: 2, hasNeck: true });
    const graph = withDetectionHead(backbone(maps), shape);
    // 4 × 8, 2 × 4 and 1 × 2 places.
    expect(graph.typeOf("logits").shape).toEqual(["batch", 42, 6]);
    const biases = maps.map((_, l) => [levelNames(l).outBias, float32([6], [l, 1, 2, 3, 4, 5])] as const);
    const out = outputOf(withWeights(graph, new Map(biases)), maps);
    const places = [...new Array(32).fill(0), ...new Array(8).fill(1), ...new Array(2).fill(2)];
    const one = places.flatMap((level) => [level, 1, 2, 3, 4, 5]);
    expect([...out]).toEqual([...one, ...one]);
  });
});
