import { expect, test } from "vitest";
import { shownScore, type TestScores } from "../../evaluate/shown-score.js";
import type { Lang } from "../words/langs.js";
import type { Figure } from "./sheet.js";
import { saidOfScore } from "./shown-score.js";

const accuracy: Figure = { name: { en: "accuracy", zh: "准确率" }, as: "share", value: 0 };
const r2: Figure = { name: "R²", as: "decimal", value: 0 };
const said = (test: TestScores, lang: Lang = "en", baselines: object = {}, figure = accuracy) => {
  const shown = shownScore(test, baselines);
  const parts = saidOfScore({ shown, figure, sample: "picture", lang, baselines });
  return JSON.parse(JSON.stringify(parts).replaceAll("\u00a0", " ")) as typeof parts;
};
const scores = (value: number, low: number, high: number, n: number): TestScores => ({
  metric: { name: "accuracy", value, ci95: [low, high] },
  ...{ n, per_class: [{ n: n / 2 }, { n: n / 2 }] },
});
const numbers = (value: number, low: number, high: number): TestScores => ({
  metric: { name: "r2", value, ci95: [low, high] },
  n: 40,
});

test("a score without digits says how many samples or groups give one", () => {
  expect(said(scores(1, 0.61, 1, 6)).few).toBe("6 test pictures are too few for a number: about 20 give one");
  expect(said(scores(1, 0.21, 1, 1)).few).toMatch(/^1 test picture is too few/);
  const grouped = { ...scores(1, 0, 1, 40), groups: 1, few_groups: true } as const;
  expect(said(grouped).few).toBe(
    "the test pictures are of 1 group, too few for a number: about 20 groups give one",
  );
  expect(said(grouped, "zh").few).toBe("测试图片只来自 1 组，太少，给不出数字：大约需要 20 组");
});

test("what guessing gives, and whether the model is better", () => {
  const guessing = (test: TestScores, lang: Lang = "en") => said(test, lang, {}, r2).guessing;
  expect(guessing(numbers(0.5, 0.4, 0.6))).toBe("guessing gives R² 0.000: always the mean");
  expect(guessing(numbers(0.1, -0.05, 0.2))).toBe(
    "guessing gives R² 0.000 (always the mean): the interval includes it",
  );
  expect(guessing(numbers(-0.1, -0.2, 0.05))).toBe("no better than guessing: always the mean gives R² 0.000");
  expect(guessing(numbers(-0.1, -0.2, 0.05), "zh")).toBe("不比猜测好：总是回答平均值，R² 0.000");
  expect(said({ ...scores(0.45, 0.31, 0.6, 40), loss: 0.9 }).guessing).toMatch(
    /; its log loss is 0\.900, that of guessing 0\.693$/,
  );
});

test("a baseline beside a score that is better than guessing is not repeated", () => {
  const majority = { test: { metric: { name: "accuracy", value: 0.5 } } };
  expect(said(scores(0.9, 0.77, 0.96, 40), "en", { majority })).toEqual({});
  expect(said(scores(0.45, 0.31, 0.6, 40), "en", { majority }).guessing).toBeDefined();
});

test("a recogniser that hears nothing has the error rate of guessing", () => {
  const silent = { metric: { name: "word_accuracy", value: 0, ci95: null }, n: 12 } as const;
  const wer: Figure = { ...accuracy, name: "WER", value: 1, isError: true };
  expect(said(silent, "en", {}, wer).guessing).toMatch(/predicting nothing gives WER 100.0 %$/);
});
