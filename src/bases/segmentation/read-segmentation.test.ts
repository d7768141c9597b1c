import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { uniform } from "../../../test/support/families/draw.js";
import { draws } from "../../core/random.js";
import { int64 } from "../../core/tensor.js";
import type { Size } from "../../data/boxes/box.js";
import { Builder, Graph, none, toOnnx } from "../../graph/index.js";
import { logitsAt, type MaskLogits, readSegmentation } from "./read-segmentation.js";

interface GoldenCase {
  readonly name: string;
  readonly classes: number;
  readonly low: readonly [number, number];
  readonly size: readonly [number, number];
  readonly labels: string;
  readonly probabilities: readonly (number | null)[];
}
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/dense-vision.json", import.meta.url), "utf8"),
) as { readonly segmentations: readonly GoldenCase[] };

const drawn = (name: string, classes: number, [height, width]: readonly [number, number]): MaskLogits => ({
  ...{ classes, height, width },
  data: Float32Array.from(uniform(name, classes * height * width), (u) => 6 * u - 3),
});

test.each(golden.segmentations.map((one) => [one.name, one] as const))(
  "labels and probabilities equal PyTorch's interpolation: %s",
  (name, { classes, low, size: [height, width], labels, probabilities }) => {
    const found = readSegmentation(drawn(name, classes, low), { height, width });
    expect(found.labels.join("")).toBe(labels);
    for (const [k, p] of found.probabilities.entries()) {
      expect(p === null).toBe(probabilities[k] === null);
      // PyTorch enlarges in float32.
      if (p !== null) expect(p).toBeCloseTo(probabilities[k]!, 6);
      expect(found.pixels[k]).toBe([...labels].filter((l) => Number(l) === k).length);
    }
  },
);

/** Labels of onnxruntime: Resize, then ArgMax. */
async function resized({ data, classes, height, width }: MaskLogits, size: Size): Promise<number[]> {
  const graph = new Graph("resize");
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: [1, classes, height, width] });
  const sizes = g.constant(int64([4], [1, classes, size.height, size.width]));
  const large = g.node("Resize", [x, none, none, sizes], {
    ...{ mode: "linear", coordinate_transformation_mode: "half_pixel", nearest_mode: "floor" },
    ...{ cubic_coeff_a: -0.75, exclude_outside: false, extrapolation_value: 0 },
    ...{ keep_aspect_ratio_policy: "stretch", axes: undefined },
  });
  graph.outputs.push(g.argMax(large, 1));
  const session = await ort.InferenceSession.create(toOnnx(graph));
  const feeds = { x: new ort.Tensor("float32", data, [1, classes, height, width]) };
  return Array.from(Object.values(await session.run(feeds))[0]!.data as BigInt64Array, Number);
}

test.each([
  [150, 200],
  [15, 20],
  [24, 32],
])("labels equal onnxruntime's Resize at %d × %d", async (height, width) => {
  const logits = drawn("resize", 4, [24, 32]);
  expect([...readSegmentation(logits, { height, width }).labels]).toEqual(
    await resized(logits, { height, width }),
  );
});

test("of equal logits the first class decides, and a class without a pixel has no probability", () => {
  const logits = { classes: 3, height: 1, width: 2, data: Float32Array.of(1, 0, 1, 2, 0, 2) };
  const found = readSegmentation(logits, { height: 1, width: 2 });
  expect([...found.labels]).toEqual([0, 1]);
  expect(found.pixels).toEqual([1, 1, 0]);
  expect(found.probabilities[0]).toBeCloseTo(1 / (2 + Math.exp(-1)), 12);
  expect(found.probabilities[1]).toBeCloseTo(1 / (2 + Math.exp(-2)), 12);
  expect(found.probabilities[2]).toBeNull();
});

test("a large image has nearly the probabilities of a small one, and those of a class of few pixels", () => {
  const logits = drawn("resize", 4, [24, 32]);
  // Class 3 is likely at one place in a corner only.
  for (let p = 0; p < 24 * 32; p++) logits.data[3 * 24 * 32 + p] = p === 24 * 32 - 1 ? 5 : -9;
  const [small, large] = [1, 3].map((n) => readSegmentation(logits, { height: 480 * n, width: 512 * n }));
  // Class 3 has about 100 pixels on the grid, the others more than 50,000.
  for (const [k, p] of large!.probabilities.entries())
    expect(Math.abs(p! - small!.probabilities[k]!)).toBeLessThan(k === 3 ? 0.05 : 5e-3);
  expect(large!.pixels.reduce((a, b) => a + b, 0)).toBe(9 * 480 * 512);
});

test("refuses logits of another size", () => {
  const logits = { classes: 2, height: 2, width: 2, data: new Float32Array(7) };
  expect(() => readSegmentation(logits, { height: 4, width: 4 })).toThrow(
    "7 logits do not fit 2 classes of 2 × 2 places",
  );
});

test("logits of single pixels are those that decide their class", () => {
  const draw = draws(5, "logits");
  const logits = {
    ...{ classes: 3, width: 4, height: 3 },
    data: Float32Array.from({ length: 36 }, () => draw.normal()),
  };
  const size = { width: 13, height: 10 };
  const { labels } = readSegmentation(logits, size);
  const positions = Array.from({ length: 130 }, (_, i) => 129 - i);
  const found = logitsAt(logits, size, positions);
  for (const [i, position] of positions.entries()) {
    const row = Array.from(found.subarray(3 * i, 3 * i + 3));
    expect(row.indexOf(Math.max(...row))).toBe(labels[position]);
  }
  // Between two centres: pixel (0, 2) of 13 columns is at 2.5 · 4 / 13 − ½ of a cell.
  const t = (2.5 * 4) / 13 - 0.5;
  const [single] = logitsAt(logits, size, [2]);
  expect(single).toBeCloseTo((1 - t) * logits.data[0]! + t * logits.data[1]!, 5);
});
