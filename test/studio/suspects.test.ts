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

test("a sure prediction of another class doubts a label, an unsure one does not", () => {
  const predictions = [
    prediction("1", "a", 0.99),
    prediction("2", "a", 0.125),
    prediction("3", "b", 0.75),
    prediction("4", "b", 0.9),
  ];
  expect(suspectsOf({ predictions })).toEqual([
    { id: "4", label: "b", predicted: "a", score: 0.9 },
    { id: "2", label: "a", predicted: "b", score: 0.875 },
  ]);
});
