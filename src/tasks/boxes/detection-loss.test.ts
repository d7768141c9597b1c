// The loss of a validation, compared with PyTorch: scripts/golden/make-dense-losses.py.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { addLoss, lossOf, noLoss } from "./detection-loss.js";

interface Case {
  readonly name: string;
  readonly classes: number;
  readonly places: number;
  readonly weights: number[];
  readonly output: number[];
  readonly distances: number[];
  readonly assigned: number[];
  readonly counted: number[];
  readonly classification: number;
  readonly boxes: number;
}
const { detection } = JSON.parse(
  readFileSync(new URL("../../../test/golden/dense-losses.json", import.meta.url), "utf8"),
) as { detection: Case[] };

test.each(detection)("the loss of pictures one by one is that of the batch: $name", (known) => {
  const { classes, places, weights } = known;
  const sums = noLoss();
  for (const [i, weight] of weights.entries()) {
    if (weight === 0) continue;
    const row = (values: readonly number[], size: number) =>
      Float32Array.from(values.slice(i * places * size, (i + 1) * places * size));
    const rows = {
      assigned: row(known.assigned, 1),
      distances: row(known.distances, 4),
      counted: row(known.counted, 1),
    };
    addLoss(sums, row(known.output, classes + 4), rows, classes);
  }
  expect(lossOf(sums)).toBeCloseTo(known.classification + 2 * known.boxes, 5);
});
