import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { chosenThresholds, labelValidation, predictedLabels, scoreLabels, sigmoid } from "./labels.js";

interface Case {
  readonly targets: number[][];
  readonly logits: number[][];
  readonly thresholds: number[];
  readonly f1: number[];
  readonly average_precision: (number | null)[];
  readonly auroc: (number | null)[];
  readonly [score: string]: unknown;
}
const { cases } = JSON.parse(
  readFileSync(new URL("../../test/golden/labels.json", import.meta.url), "utf8"),
) as { cases: Case[] };

test.each(cases.map((c) => [`${c.targets.length} items, ${c.targets[0]!.length} labels`, c] as const))(
  "every score equals scikit-learn's: %s",
  (_, c) => {
    const l = c.targets[0]!.length;
    const scores = scoreLabels(
      {
        labels: Array.from({ length: l }, (_, k) => `label ${k}`),
        logits: c.logits.flat(),
        targets: Uint8Array.from(c.targets.flat()),
        items: c.targets.map((_, i) => String(i)),
      },
      { thresholds: c.thresholds },
    );
    for (const name of [
      "micro_f1",
      "macro_f1",
      "micro_precision",
      "micro_recall",
      "subset_accuracy",
      "hamming_loss",
      "mean_average_precision",
      "macro_auroc",
      "loss",
    ] as const)
      expect(scores[name], name).toBeCloseTo(c[name] as number, 12);
    const near = (a: number | null, b: number | null) =>
      b === null ? expect(a).toBeNull() : expect(a).toBeCloseTo(b, 12);
    for (const [k, own] of scores.per_label.entries()) {
      expect(own.f1).toBeCloseTo(c.f1[k]!, 12);
      near(own.average_precision, c.average_precision[k]!);
      near(own.auroc, c.auroc[k]!);
    }
    for (const [low, high, value] of [
      [...scores.micro_f1_ci95, scores.micro_f1],
      [...(scores.macro_f1_ci95 ?? [0, 1]), scores.macro_f1],
      [...scores.hamming_loss_ci95, scores.hamming_loss],
      [...scores.subset_accuracy_ci95, scores.subset_accuracy],
    ]) {
      expect(low).toBeLessThanOrEqual(value!);
      expect(high).toBeGreaterThanOrEqual(value!);
    }
  },
);

test("what is worst names the labels that were missed and those that were said wrongly", () => {
  const { worst, without_labels } = scoreLabels({
    labels: ["a", "b", "c"],
    logits: [2, -1, -3, 1, 1, -1, -1, -1, -1],
    targets: Uint8Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0),
    items: ["x", "y", "z"],
  });
  expect(worst).toEqual([{ item: "y", mistakes: 3, missed: ["c"], wrong: ["a", "b"] }]);
  expect(without_labels).toEqual({ n: 1, predicted: 1 });
});

test("a threshold is where F1 on the held-out part is highest, half-way between two scores", () => {
  // Positives score 0, 1, 2, 3, 4 and one negative 0.5: with everything from 0 on F1 is 10/11, above that 8/9.
  const z = [0, 1, 2, 3, 4, 0.5, -1, -2];
  const y = Uint8Array.of(1, 1, 1, 1, 1, 0, 0, 0);
  expect(chosenThresholds(z, y, 1)[0]).toBeCloseTo(sigmoid(-0.5), 5);
  // Four positives say too little.
  expect(chosenThresholds(z, Uint8Array.of(0, 1, 1, 1, 1, 0, 0, 0), 1)).toEqual([0.5]);
  const [threshold] = chosenThresholds(z, y, 1);
  expect(labelValidation(z, y, 1).score).toBeLessThanOrEqual(10 / 11);
  expect([...predictedLabels(z, 1, [threshold!])]).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
});
