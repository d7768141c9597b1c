import { expect, test } from "vitest";
import type { ShownScore } from "../../src/core/results/shown-score.js";
import { suspectsOf } from "../../studio/engine/suspects.js";

/** Prediction of a sample of class `label`: probability `a` of class "a", the rest for "b". */
const prediction = (id: string, label: string, a: number) => {
  const answers = [
    { label: "a", score: a },
    { label: "b", score: 1 - a },
  ];
  return { id, label, answers: answers.sort((x, y) => y.score - x.score) };
};

test("a sure prediction of another class doubts a label, an unsure one does not", () => {
  const predictions = [
    prediction("1", "a", 0.99),
    prediction("2", "a", 0.125),
    prediction("3", "b", 0.75),
    prediction("4", "b", 0.9),
  ];
  const shown: ShownScore = {
    ...{ metric: "accuracy", value: 0.9, ci95: [0.8, 0.95], n: 60 },
    ...{ guessing: { name: "majority", value: 0.5 }, better_than_guessing: true },
  };
  expect(suspectsOf({ predictions, shown })).toEqual([
    { id: "4", label: "b", predicted: "a", score: 0.9 },
    { id: "2", label: "a", predicted: "b", score: 0.875 },
  ]);
  // No label is doubted while the number is refused, or no better than guessing.
  expect(suspectsOf({ predictions, shown: { ...shown, value: null } })).toEqual([]);
  expect(suspectsOf({ predictions, shown: { ...shown, better_than_guessing: null } })).toEqual([]);
});
