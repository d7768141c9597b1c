import { expect, test } from "vitest";
import { suppressBoxes } from "../../src/bases/detection/decode-places.js";
import { draws } from "../../src/core/random.js";
import { float32, tensor } from "../../src/core/tensor.js";
import type { Box } from "../../src/data/boxes/box.js";
import { fromOnnx, toOnnx } from "../../src/graph/index.js";
import { bytesOf, type OneNode, run } from "../support/one-node.js";

const [places, classes] = [60, 3];
const d = draws(3, "boxes");
/** Whole numbers: their overlaps are exact in float32. */
const boxes: Box[] = Array.from({ length: places }, () => {
  const [x, y] = [d.integer(60), d.integer(60)];
  return [x, y, x + 10 + d.integer(20), y + 10 + d.integer(20)];
});
const scores = Float32Array.from({ length: classes * places }, () => d.uniform());

const model = (iou: number): OneNode => ({
  op: "NonMaxSuppression",
  inputs: {
    // [y1, x1, y2, x2]
    boxes: float32([1, places, 4], Float32Array.from(boxes.flatMap(([x1, y1, x2, y2]) => [y1, x1, y2, x2]))),
    scores: float32([1, classes, places], scores),
    most: tensor("int64", [1], BigInt64Array.from([BigInt(places)])),
    iou: float32([1], Float32Array.from([iou])),
  },
  fed: { boxes: [1, places, 4], scores: [1, classes, places] },
  outputs: ["y"],
  types: { y: "int64" },
});

/** Class and place of each kept box, in order. */
const keptBy = (values: readonly number[]): string[] =>
  Array.from({ length: values.length / 3 }, (_, i) => `${values[3 * i + 1]} ${values[3 * i + 2]}`).sort();

// 0.5: many of these boxes have exactly this overlap with another, or are near it.
test.each([0.3, 0.5, 0.7])(
  "the host keeps the boxes that onnxruntime keeps, at an IoU of %d",
  async (iou) => {
    const one = model(iou);
    const { y } = await run(bytesOf(one), one.inputs);
    const detections = Array.from(scores, (score, i) => ({
      ...{ score, label: Math.floor(i / places), place: i % places, box: boxes[i % places]! },
    }));
    const kept = suppressBoxes(detections, { iou, most: 1000 });
    expect(kept.map(({ label, place }) => `${label} ${place}`).sort()).toEqual(keptBy(y!.values));
    expect(kept.length).toBeLessThan(classes * places);
    expect(kept.map(({ score }) => score)).toEqual(kept.map(({ score }) => score).sort((a, b) => b - a));
  },
);

test("an overlap equal to the threshold does not suppress, here and in onnxruntime", async () => {
  const one = model(0.5);
  const pair: OneNode = {
    ...one,
    inputs: {
      ...one.inputs,
      boxes: float32([1, 2, 4], Float32Array.from([0, 0, 10, 10, 0, 0, 5, 10])),
      scores: float32([1, 1, 2], Float32Array.from([0.9, 0.8])),
    },
    fed: { boxes: [1, 2, 4], scores: [1, 1, 2] },
  };
  expect((await run(bytesOf(pair), pair.inputs)).y!.values).toEqual([0, 0, 0, 0, 0, 1]);
  const detections = [
    { label: 0, score: 0.9, box: [0, 0, 10, 10] as const },
    { label: 0, score: 0.8, box: [0, 0, 10, 5] as const },
  ];
  expect(suppressBoxes(detections, { iou: 0.5 })).toHaveLength(2);
  expect(suppressBoxes(detections, { iou: 0.49 })).toHaveLength(1);
  expect(suppressBoxes([detections[0]!, { ...detections[1]!, label: 1 }], { iou: 0.4 })).toHaveLength(2);
  expect(
    suppressBoxes([detections[0]!, { ...detections[1]!, label: 1 }], { iou: 0.4, byClass: false }),
  ).toHaveLength(1);
});

test("a graph with NonMaxSuppression is read and written, and gives the same boxes", async () => {
  const one = model(0.5);
  const { graph } = fromOnnx(bytesOf(one));
  const { y } = await run(bytesOf(one), one.inputs);
  expect((await run(toOnnx(graph), one.inputs)).y).toEqual(y);
});
