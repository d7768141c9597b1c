import { expect, test } from "vitest";
import { scoreClassification, scoresOfNone } from "../../evaluate/classification.js";
import { classesSheet } from "../../tasks/classes/classes-sheet.js";
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
  // Neither confused pairs nor samples: the page lists them.
  expect(en.tables.map(({ rows }) => rows.map(([name]) => name))).toEqual([["bee", "ant"].sort()]);
  const zh = written(scores, "zh");
  expect(zh.score).toMatchObject({ name: "准确率", value: "87.5 %", interval: "73.9 至 94.5 %" });
  expect(zh.tables[0]!.columns.map(({ name }) => name)).toContain("召回率");
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
