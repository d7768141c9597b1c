import { expect, test } from "vitest";
import { suspectsOf } from "../../studio/engine/suspects.js";

/** Prediction of a sample of class `label`: probability `a` of class "a", the rest for "b". */
const prediction = (id: string, label: string, a: number) => {
  const answers = [
    { label: "a", score: a },
    { label: "b", score: 1 - a },
  ];
  return { id, label, answers: answers.sort((x, y) => y.score - x.score) };
};

test("a label may be wrong if another class is as probable as its own samples have it on average", () => {
  // Thresholds: a (0.9 + 0.7 + 0.2) / 3 = 0.6; b (0.9 + 0.8 + 0.1 + 0.45) / 4 = 0.5625.
  const predictions = [
    prediction("1", "a", 0.9),
    prediction("2", "a", 0.7),
    prediction("3", "a", 0.2),
    prediction("4", "b", 0.1),
    prediction("5", "b", 0.2),
    prediction("6", "b", 0.9),
    prediction("7", "b", 0.55),
  ];
  expect(suspectsOf({ predictions })).toEqual([
    { id: "6", label: "b", predicted: "a", score: 0.9 },
    { id: "3", label: "a", predicted: "b", score: 0.8 },
  ]);
});

test("an unsure prediction doubts no label, although it is above the mean of its class", () => {
  const predictions = [
    prediction("1", "a", 0.6),
    prediction("2", "a", 0.35),
    prediction("3", "b", 0.65),
    prediction("4", "b", 0.4),
  ];
  expect(suspectsOf({ predictions })).toEqual([]);
});
