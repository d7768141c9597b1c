import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { EngraftError } from "../core/errors.js";
import { softmaxRows } from "../linalg/softmax.js";
import { classificationMetrics, topKAccuracy } from "./classification-metrics.js";
import { auroc, averagePrecision } from "./ranking.js";

type Averages = Record<"macro" | "micro" | "weighted", number>;
interface Golden {
  name: string;
  classes: number;
  labels: number[];
  probabilities: number[];
  balanced_accuracy: number;
  precision: Averages;
  recall: Averages;
  f1: Averages;
  kappa: number | null;
  mcc: number;
  brier: number;
  auroc: (number | null)[];
  average_precision: (number | null)[];
  auroc_micro: number;
  average_precision_micro: number;
  auroc_macro?: number;
  auroc_weighted?: number;
  average_precision_macro?: number;
  average_precision_weighted?: number;
  top_k: Record<string, number>;
}
const golden: Golden[] = JSON.parse(
  readFileSync(new URL("../../test/golden/metrics.json", import.meta.url), "utf8"),
).metrics;

const named = (n: number) => Array.from({ length: n }, (_, k) => `c${k}`);

// Both sides compute in float64; the golden probabilities have nine digits, and rows are made to sum to 1.
const digits = 8;

function near(actual: number | null, expected: number | null): void {
  if (expected === null) expect(actual).toBeNull();
  else expect(actual).toBeCloseTo(expected, digits);
}

for (const g of golden)
  test(`equals scikit-learn: ${g.name}`, () => {
    const scores = classificationMetrics({ ...g, classes: named(g.classes) });
    near(scores.balanced_accuracy, g.balanced_accuracy);
    for (const average of ["macro", "micro", "weighted"] as const) {
      near(scores.precision[average], g.precision[average]);
      near(scores.recall[average], g.recall[average]);
      near(scores.f1[average], g.f1[average]);
    }
    near(scores.kappa, g.kappa);
    near(scores.mcc, g.mcc);
    near(scores.brier, g.brier);
    scores.per_class.forEach((row, k) => {
      near(row.auroc, g.auroc[k]!);
      near(row.average_precision, g.average_precision[k]!);
    });
    near(scores.auroc.micro, g.auroc_micro);
    near(scores.average_precision.micro, g.average_precision_micro);
    if (g.auroc_macro !== undefined) {
      near(scores.auroc.macro, g.auroc_macro);
      near(scores.auroc.weighted, g.auroc_weighted!);
      near(scores.average_precision.macro, g.average_precision_macro!);
      near(scores.average_precision.weighted, g.average_precision_weighted!);
    }
    expect(Object.fromEntries(scores.top_k.map(({ k, accuracy }) => [k, accuracy]))).toEqual(g.top_k);
  });

test("a class without an item has no ranking, and the averages leave it out and name it", () => {
  const {
    auroc: area,
    absent,
    per_class,
  } = classificationMetrics({
    classes: named(3),
    labels: [0, 0, 1],
    probabilities: [0.8, 0.1, 0.1, 0.2, 0.6, 0.2, 0.3, 0.6, 0.1],
  });
  expect(absent).toEqual(["c2"]);
  expect(per_class[2]).toEqual({
    label: "c2",
    n: 0,
    predicted: 0,
    right: 0,
    auroc: null,
    average_precision: null,
  });
  expect(area.macro).toBeCloseTo((per_class[0]!.auroc! + per_class[1]!.auroc!) / 2, 12);
});

test("one class in the test part: nothing to rank against, no agreement beyond chance", () => {
  const scores = classificationMetrics({
    classes: named(2),
    labels: [0, 0],
    probabilities: [0.9, 0.1, 0.8, 0.2],
  });
  expect(scores.auroc.macro).toBeNull();
  expect(scores.average_precision.macro).toBe(1);
  expect(scores.kappa).toBeNull();
  expect(scores.mcc).toBe(0);
});

test("k of at least the number of classes finds every class", () => {
  expect(topKAccuracy([0.2, 0.8, 0.6, 0.4], [0, 1], 2, 2)).toBe(1);
  expect(topKAccuracy([0.2, 0.8, 0.6, 0.4], [0, 1], 2, 5)).toBe(1);
});

test("equal scores are half a win, and one step of the precision-recall curve", () => {
  expect(auroc([1, 1, 1, 1], [0, 1, 1, 0])).toBe(0.5);
  expect(averagePrecision([1, 1, 1, 1], [0, 1, 0, 0])).toBe(0.25);
  expect(auroc([1, 2], [1, 1])).toBeUndefined();
  expect(averagePrecision([1, 2], [0, 0])).toBeUndefined();
});

test("a row that is no distribution is refused, with the item", () => {
  const refusal = (probabilities: number[], labels = [0, 1]): string => {
    try {
      classificationMetrics({ classes: ["ant", "bee"], labels, probabilities, items: ["a.jpg", "b.jpg"] });
    } catch (error) {
      const { message, at, help } = error as EngraftError;
      return [message, at, help].filter(Boolean).join(" | ");
    }
    return "";
  };
  expect(refusal([0.5, 0.5, 0.9, 0.8])).toBe(
    'the probabilities sum to 1.7, not to 1 | item "b.jpg" | give one probability distribution an item (a softmax), not an independent score a class',
  );
  expect(refusal([-1, 2, 0.5, 0.5])).toBe(
    'the probability of class "ant" is -1 | item "a.jpg" | give probabilities from 0 to 1; raw scores go through a softmax first (scoreClassification does it)',
  );
  expect(refusal([Number.NaN, 1, 0.5, 0.5])).toMatch(/the probability of class "ant" is NaN/);
  expect(refusal([0.5, 0.5])).toBe(
    "2 labels and 2 classes need float64[2, 2] probabilities (4 values), got 2 and 2 item names",
  );
  expect(refusal([0.5, 0.5, 0.5, 0.5], [0, 2])).toMatch(/the label is 2, there are 2 classes/);
  expect(refusal([], [])).toMatch(/item names|no items/);
});

test("what 16-bit floats lose of a sum is made good", () => {
  const { brier } = classificationMetrics({
    classes: named(2),
    labels: [0],
    probabilities: [0.9004, 0.1],
  });
  expect(brier).toBeCloseTo((0.1 / 1.0004) ** 2, 12);
});

test("a softmax at temperature T has log odds that are T times smaller", () => {
  const p = softmaxRows([3, 1, -2], 3, 2);
  expect(Math.log(p[0]! / p[1]!)).toBeCloseTo(1, 12);
  expect(p[0]! + p[1]! + p[2]!).toBeCloseTo(1, 12);
  expect(softmaxRows([1000, 0], 2)[0]).toBe(1);
});
