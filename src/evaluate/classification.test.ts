import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { groupWords } from "../core/results/group-words.js";
import { wilsonInterval } from "../statistics/wilson.js";
import { correctness, scoreClassification } from "./classification.js";

interface Golden {
  name: string;
  classes: number;
  labels: number[];
  logits: number[];
  accuracy: number;
  macro_f1: number;
  loss: number;
  ece: number;
  precision: number[];
  recall: number[];
  f1: number[];
  support: number[];
  confusion: number[][];
}
const golden: Golden[] = JSON.parse(
  readFileSync(new URL("../../test/golden/evaluate-scores.json", import.meta.url), "utf8"),
);
const names = (n: number) => Array.from({ length: n }, (_, i) => `item ${i}`);

function failure(run: () => unknown): EngraftError {
  try {
    run();
  } catch (error) {
    if (error instanceof EngraftError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Scores of answers of which group g is right throughout where `right(g)`. */
const ofGroups = (groups: number, size: number, right: (g: number, i: number) => boolean) => {
  const n = groups * size;
  const logits = new Float32Array(2 * n);
  const group = (i: number): number => Math.floor(i / size);
  for (let i = 0; i < n; i++) logits[2 * i + (right(group(i), i) ? 0 : 1)] = 1;
  return scoreClassification({
    ...{ classes: ["a", "b"], labels: new Int32Array(n), logits, items: names(n) },
    groups: Array.from({ length: n }, (_, i) => `group ${group(i)}`),
  });
};

test("300 answers of 10 groups of equal answers have the interval of 10 items, not of 300", () => {
  const scores = ofGroups(10, 30, (g) => g < 7);
  // v = 10 · 900 · 0.21 / 300² · 10 / 9, against 0.21 / 300 of independent items: 300 / (30 · 10 / 9) = 9.
  expect(scores).toMatchObject({ n: 300, accuracy: 0.7, groups: 10, effective: expect.closeTo(9, 9) });
  const [low, high] = scores.accuracy_ci95;
  const [lowOf10, highOf10] = wilsonInterval(7, 10);
  expect(low).toBeLessThanOrEqual(lowOf10);
  expect(high).toBeGreaterThanOrEqual(highOf10);
  expect(scores.metric.ci95).toEqual(scores.accuracy_ci95);
  expect(groupWords(scores, "pictures")).toBe(
    "the 300 pictures are of 10 groups, and those of one resemble each other: they count as about 9",
  );
});

test("groups whose samples are as different as any are only counted", () => {
  expect(groupWords({ n: 40, groups: 10, effective: 39.8 }, "clips")).toBe("the 40 clips are of 10 groups");
  // No answer differs from another one, so the interval of an error rate is not known. The groups are enough.
  expect(groupWords({ n: 110, groups: 64 }, "clips")).toBe("the 110 clips are of 64 groups");
});

test("fewer than 10 groups have no interval, and one of all the same answers has one", () => {
  const few = ofGroups(9, 30, (g) => g < 7);
  expect(few).toMatchObject({ groups: 9, few_groups: true, accuracy_ci95: [0, 1] });
  expect(few).not.toHaveProperty("effective");
  expect(groupWords(few, "pictures")).toBe(
    "the 270 pictures are of 9 groups: too few groups for an interval, which needs 10",
  );
  expect(
    groupWords(
      ofGroups(1, 30, () => true),
      "pictures",
    ),
  ).toContain("are of 1 group: too few");
  // Nothing varies between the groups either: they are as many items as there are groups.
  const sure = ofGroups(10, 30, () => true);
  expect(sure).toMatchObject({ groups: 10, effective: 10 });
  expect(sure.accuracy_ci95[0]).toBeLessThan(0.75);
});

test("groups of one item each, and no groups, leave Wilson's interval as it is", () => {
  const alone = ofGroups(30, 1, (g) => g < 21);
  expect(alone).not.toHaveProperty("groups");
  expect(alone.accuracy_ci95).toEqual(wilsonInterval(21, 30));
  expect(groupWords(alone, "pictures")).toBeUndefined();
});

for (const g of golden) {
  test(`equals scikit-learn: ${g.name}`, () => {
    const scores = scoreClassification({
      classes: Array.from({ length: g.classes }, (_, k) => `c${k}`),
      labels: g.labels,
      logits: Float32Array.from(g.logits),
      items: names(g.labels.length),
    });
    // Both sides compute in float64 from the same float32 logits.
    expect(scores.accuracy).toBeCloseTo(g.accuracy, 12);
    expect(scores.macro_f1).toBeCloseTo(g.macro_f1, 12);
    // scikit-learn clips probabilities at 1e-15, far below what these logits reach.
    expect(scores.loss).toBeCloseTo(g.loss, 7);
    expect(scores.ece).toBeCloseTo(g.ece, 7);
    expect(scores.confusion).toEqual(g.confusion);
    scores.per_class.forEach((row, k) => {
      expect(row.n).toBe(g.support[k]);
      expect(row.precision).toBeCloseTo(g.precision[k]!, 12);
      expect(row.recall).toBeCloseTo(g.recall[k]!, 12);
      expect(row.f1).toBeCloseTo(g.f1[k]!, 12);
    });
  });
}

test("the metric repeats accuracy and its interval, for every task alike", () => {
  const s = scoreClassification({
    classes: ["ant", "bee"],
    labels: [0, 1, 1],
    logits: Float32Array.of(2, 0, 0, 1, 1, 0),
    items: names(3),
  });
  expect(s.metric).toEqual({
    name: "accuracy",
    value: 2 / 3,
    ci95: s.accuracy_ci95,
    higher_is_better: true,
  });
});

test("is log K when the model is undecided", () => {
  const s = scoreClassification({
    classes: ["a", "b", "c"],
    labels: [0, 1, 2],
    logits: new Float32Array(9),
    items: names(3),
  });
  expect(s.loss).toBeCloseTo(Math.log(3), 12);
  // Equal logits: the first class is predicted, with confidence 1/3, right once in three.
  expect(s.accuracy).toBeCloseTo(1 / 3, 12);
  expect(s.ece).toBeCloseTo(0, 12);
});

test("huge logits neither overflow nor lose the loss", () => {
  const s = scoreClassification({
    classes: ["a", "b"],
    labels: [1],
    logits: Float32Array.of(1000, 0),
    items: ["x"],
  });
  expect(s.loss).toBe(1000);
});

test("lists the pairs mixed up most and the wrong answers with the highest loss, worst first", () => {
  const s = scoreClassification({
    classes: ["ant", "bee", "cat"],
    labels: [0, 0, 1, 2],
    logits: Float32Array.of(0, 3, 0, 0, 1, 0, 0, 2, 0, 4, 0, 0),
    items: ["p", "q", "r", "s"],
  });
  expect(s.most_confused).toEqual([
    { true: "ant", predicted: "bee", count: 2 },
    { true: "cat", predicted: "ant", count: 1 },
  ]);
  // "r" is a bee and was called one.
  expect(s.worst.map((w) => w.item)).toEqual(["s", "p", "q"]);
  expect(s).not.toHaveProperty("least_sure");
  expect(s.worst[0]).toMatchObject({ true: "cat", predicted: "ant" });
  expect(s.worst[0]!.score).toBeCloseTo(Math.exp(4) / (Math.exp(4) + 2), 6);
});

test("where every answer is right, the least sure ones are listed under that name", () => {
  const s = scoreClassification({
    classes: ["ant", "bee"],
    labels: [0, 0, 1],
    logits: Float32Array.of(3, 0, 1, 0, 0, 2),
    items: ["p", "q", "r"],
  });
  expect(s.worst).toEqual([]);
  expect(s.least_sure!.map((w) => w.item)).toEqual(["q", "r", "p"]);
  // softmax of (1, 0): 1 / (1 + e^-1)
  expect(s.least_sure![0]).toMatchObject({ true: "ant", predicted: "ant" });
  expect(s.least_sure![0]!.score).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
});

test("correctness tells each item", () => {
  expect(
    correctness({
      classes: ["a", "b"],
      labels: [0, 0],
      logits: Float32Array.of(1, 0, 0, 1),
      items: ["x", "y"],
    }),
  ).toEqual([true, false]);
});

test("a logit that is not finite is an error that names the item and the class", () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const error = failure(() =>
      scoreClassification({
        classes: ["ant", "bee"],
        labels: [0, 1],
        logits: Float32Array.of(1, 0, 0, bad),
        items: ["a.jpg", "b.jpg"],
      }),
    );
    expect(error.kind).toBe("NumericError");
    expect(error.message).toBe(`the logit of class "bee" is ${bad}`);
    expect(error.at).toBe('item "b.jpg"');
  }
});

test("an empty set cannot be scored", () => {
  const error = failure(() =>
    scoreClassification({ classes: ["a"], labels: [], logits: new Float32Array(0), items: [] }),
  );
  expect(error.kind).toBe("DataError");
  expect(error.message).toBe("there are no items to score");
});

test("labels out of range and lengths that differ are errors with the values", () => {
  const label = failure(() =>
    scoreClassification({ classes: ["a", "b"], labels: [2], logits: new Float32Array(2), items: ["x"] }),
  );
  expect(label.kind).toBe("DataError");
  expect(label.message).toBe("label 2 is not one of the 2 classes 0 … 1");
  const shape = failure(() =>
    scoreClassification({ classes: ["a", "b"], labels: [1], logits: new Float32Array(3), items: ["x"] }),
  );
  expect(shape.kind).toBe("ShapeError");
  expect(shape.message).toBe(
    "1 labels and 2 classes need 1 item names and float32[1, 2] logits (2 values), got 1 and 3",
  );
});

test("the intervals of a cross-validation count that its models share training samples", () => {
  // 45 of 50 are right; of the 25 of each class, 20 and 25.
  const labels = Array.from({ length: 50 }, (_, i) => i % 2);
  const logits = Float32Array.from(
    labels.flatMap((label, i) => (i % 10 === 0 ? [0, 1] : [1 - label, label])),
  );
  const answers = { classes: ["ant", "bee"], labels, logits, items: names(50) };
  // Wilson's interval of 50 / 2.25 samples, and of 25 / 2.25: the variance counts 1 + 5 / 4 times.
  const {
    accuracy,
    accuracy_ci95: ci95,
    per_class: [ant, bee],
  } = scoreClassification(answers, { folds: 5 });
  expect(accuracy).toBe(0.9);
  expect(ci95[0]).toBeCloseTo(0.71166, 5);
  expect(ci95[1]).toBeCloseTo(0.97043, 5);
  expect(ant!.recall_ci95![0]).toBeCloseTo(0.50603, 5);
  expect(ant!.recall_ci95![1]).toBeCloseTo(0.93983, 5);
  expect(bee!.recall_ci95![0]).toBeCloseTo(0.74309, 5);
  const alone = scoreClassification(answers);
  expect(alone.accuracy_ci95[0]).toBeCloseTo(0.7864, 4);
  expect(alone.macro_f1_ci95![0]).toBeGreaterThan(
    scoreClassification(answers, { folds: 5 }).macro_f1_ci95![0],
  );
});
