import { expect, test } from "vitest";
import { scoreClassification, scoresOfNone } from "../../evaluate/classification.js";
import { scoreRegression } from "../../evaluate/regression.js";
import { classesSheet } from "../../tasks/classes/classes-sheet.js";
import { numbersSheet } from "../../tasks/numbers/numbers-sheet.js";
import { accuracyJson, sheetJson, writtenDifference } from "./sheet-json.js";

const classes = ["ant", "bee"];
const labels = Array.from({ length: 40 }, (_, i) => i % 2);
// Every eighth sample is taken for the other class.
const logits = Float32Array.from(
  labels.flatMap((label, i) => ((label === 1) === i % 8 > 0 ? [0, 2] : [2, 0])),
);
const scores = scoreClassification({ classes, labels, logits, items: labels.map((_, i) => `${i}.jpg`) });
const task = "image-classification";
const written = (test: typeof scores, lang: "en" | "zh", more: object = {}) => {
  const json = sheetJson(classesSheet, { task, classes, test, ...more } as never, lang);
  return JSON.parse(JSON.stringify(json).replaceAll("\u00a0", " ")) as typeof json;
};

test("a sheet as JSON has the score, further scores and tables in the language of the page", () => {
  const en = written(scores, "en");
  expect(en.score).toMatchObject({ name: "accuracy", value: "87.5 %", interval: "73.9 to 94.5 %", n: 40 });
  expect(en.score.guessing).toMatch(/^Guessing gives accuracy 50\.0 %: .*\.$/);
  expect(en.further.map(({ name }) => name)).toEqual(["macro F1", "log loss", "calibration error"]);
  expect(en.notes).toEqual(["35 of 40 test pictures right."]);
  expect(en.tables.map(({ title }) => title)).toEqual(["Most confused pairs", "Scores by class"]);
  const zh = written(scores, "zh");
  expect(zh.score).toMatchObject({ name: "准确率", value: "87.5 %", interval: "73.9 至 94.5 %" });
  expect(zh.tables[1]!.columns.map(({ name }) => name)).toContain("召回率");
});

test("the worst predictions and the confusion matrix are those of the report", () => {
  const { samples, confusion } = written(scores, "en");
  // Of 40 samples, every eighth is wrong: 0, 16, 32 are ants, 8, 24 too.
  expect(samples.map(({ title, items }) => [title, items.toSorted()])).toEqual([
    ["Worst samples", ["0.jpg", "16.jpg", "24.jpg", "32.jpg", "8.jpg"]],
  ]);
  // softmax(2, 0) = 0.881
  expect(samples[0]!.rows[0]).toEqual(["ant", "bee", "88.1 %"]);
  expect(confusion).toEqual({
    title: "Confusion matrix",
    axis: "true ↓ · predicted →",
    rows: [
      { name: "ant", cells: [15, 5].map((count) => ({ count, text: `${count}` })) },
      { name: "bee", cells: [0, 20].map((count) => ({ count, text: `${count}` })) },
    ],
  });
  expect(written(scores, "zh").confusion).toMatchObject({ title: "混淆矩阵", axis: "真实 ↓ · 预测 →" });
});

test("a matrix of more than 40 classes has those with the most errors, and says so", () => {
  const many = Array.from({ length: 42 }, (_, k) => `class ${k}`);
  // Class 0 is taken for class 41; the others are right.
  const own = many.map((_, k) => k);
  const guesses = Float32Array.from(own.flatMap((k) => many.map((_, p) => (p === (k || 41) ? 3 : 0))));
  const of42 = scoreClassification({ classes: many, labels: own, logits: guesses, items: many });
  const { confusion } = written(of42, "en", { classes: many });
  expect(confusion!.rows).toHaveLength(40);
  expect(confusion!.rows.map(({ name }) => name)).toEqual(expect.arrayContaining(["class 0", "class 41"]));
  expect(confusion!.note).toContain("40");
});

test("results of numbers have the words of numbers: no class, no confusion matrix", () => {
  const test = scoreRegression({
    targets: ["stars"],
    deviations: [11.5],
    truth: labels.map((_, i) => i),
    // Every prediction is half a star too high, and one is ten stars too high.
    predicted: labels.map((_, i) => (i === 7 ? 17 : i + 0.5)),
    items: labels.map((_, i) => `line ${i + 2}`),
  });
  for (const lang of ["en", "zh"] as const) {
    const json = sheetJson(numbersSheet, { task: "text-regression", test } as never, lang);
    expect(JSON.stringify(json)).not.toMatch(/class|confus|accura|类别|混淆|准确率/i);
    expect(json.confusion).toBeUndefined();
    const { items, rows, columns } = json.samples[0]!;
    expect([items[0], rows[0]]).toEqual(["line 9", ["stars", "7", "17"]]);
    expect(columns.map(({ name }) => name)).toEqual(
      lang === "en" ? ["target", "true", "predicted"] : ["目标", "真实值", "预测值"],
    );
    expect(json.tables[0]!.title).toBe(lang === "en" ? "Scores by target" : "各目标的得分");
  }
});

test("a score without digits or without samples says why", () => {
  const few = written(
    { ...scores, accuracy_ci95: [0.5, 1], metric: { ...scores.metric, ci95: [0.5, 1] } },
    "en",
  );
  expect(few.score).toMatchObject({ value: null, number: null, interval: "50.0 to 100.0 %" });
  expect(few.score.few).toMatch(/^40 test pictures are too few .*\.$/);
  expect(few.further).toEqual([]);
  const none = written(scoresOfNone(classes), "en", {
    no_score: { message: "one group only" },
  });
  expect(none).toMatchObject({ warning: "one group only.", score: { value: null, n: 0 } });
});

test("two scores of one metric have a difference", () => {
  const accuracyOf = (value: number | null) =>
    accuracyJson({ metric: "accuracy", value, ci95: null, n: 40, better_than_guessing: null }, "en");
  expect(writtenDifference(accuracyOf(0.9), accuracyOf(0.88))).toBe("+2.0");
  expect(writtenDifference(accuracyOf(0.9), accuracyOf(null))).toBeUndefined();
});
