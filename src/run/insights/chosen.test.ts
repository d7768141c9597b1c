import { expect, test } from "vitest";
import { chosenOf } from "./chosen.js";

const classes = ["ant", "bee"];
const answers = (logits: readonly number[], labels: readonly number[]) => ({
  classes,
  logits: Float32Array.from(logits),
  labels,
  items: labels.map((_, i) => `${i}`),
});

test("the worst answers are wrong ones; what is right and unsure is not among them", () => {
  // 0: right and unsure. 1: wrong and sure. 2 and 3: right and sure.
  const chosen = chosenOf(answers([0.1, 0, 3, 0, 0, 4, 5, 0], [0, 1, 1, 0]));
  expect(chosen.filter(({ which }) => which === "worst").map(({ at }) => at)).toEqual([1]);
  expect(chosen.filter(({ which }) => which === "best").map(({ at }) => at)).toEqual([3, 2, 0]);
});

test("where every answer is right, the least sure ones are explained under that name", () => {
  const chosen = chosenOf(answers([0.1, 0, 3, 0, 0, 4, 5, 0], [0, 0, 1, 0]));
  expect(chosen.map(({ at, which }) => [at, which])).toEqual([
    [0, "least-sure"],
    [1, "least-sure"],
    [3, "best"],
    [2, "best"],
  ]);
});
