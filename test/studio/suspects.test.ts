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

const shown: ShownScore = {
  ...{ metric: "accuracy", value: 0.9, ci95: [0.8, 0.95], n: 60 },
  ...{ guessing: { name: "majority", value: 0.5 }, better_than_guessing: true },
};

test("a sure prediction of another class doubts a label, an unsure one does not", () => {
  const predictions = [
    prediction("1", "a", 0.99),
    prediction("2", "a", 0.125),
    prediction("3", "b", 0.75),
    prediction("4", "b", 0.9),
  ];
  expect(suspectsOf({ predictions, shown })).toEqual([
    { id: "4", label: "b", predicted: "a", score: 0.9, others: [] },
    { id: "2", label: "a", predicted: "b", score: 0.875, others: [] },
  ]);
  // No label is doubted while the number is refused, or no better than guessing.
  expect(suspectsOf({ predictions, shown: { ...shown, value: null } })).toEqual([]);
  expect(suspectsOf({ predictions, shown: { ...shown, better_than_guessing: null } })).toEqual([]);
});

test("samples of one recording with the same doubt are one suspect, the surest one", () => {
  const recording = { group: "take 1" };
  const predictions = [
    { ...prediction("1", "b", 0.9), ...recording },
    { ...prediction("2", "b", 0.95), ...recording },
    { ...prediction("3", "a", 0.05), ...recording },
    { ...prediction("4", "b", 0.85), group: "take 2" },
    prediction("5", "b", 0.9),
  ];
  const found = suspectsOf({ predictions, shown }).map(({ id, others }) => [id, ...others]);
  expect(found).toEqual([["2", "1"], ["3"], ["5"], ["4"]]);
});
