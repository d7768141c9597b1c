import { expect, test } from "vitest";
import { scoreClassification } from "../../evaluate/classification.js";
import { plainText } from "../../report/sheet/sheet.js";
import { classesSheet } from "./classes-sheet.js";

/** What stands above the wrong predictions of a model that is right for some of the test samples. */
function noteOf(n: number, right: number): string {
  const labels = Array.from({ length: n }, (_, i) => i % 2);
  const logits = Float32Array.from(
    labels.flatMap((label, i) => ((label === 0) === i < right ? [1, 0] : [0, 1])),
  );
  const test = scoreClassification({ classes: ["a", "b"], labels, logits, items: labels.map(String) });
  const { tables } = classesSheet.scores(test, { task: "image-classification" });
  return plainText(tables.find(({ section }) => section === "worst")!.note!, "en");
}

test("wrong predictions doubt labels only if the number is shown and better than guessing", () => {
  expect(noteOf(60, 55)).toContain("Check these pictures for wrong labels");
  // 6 of 8: no digits. 33 of 60: no better than guessing. 35 of 60: not told.
  for (const [n, right] of [
    [8, 6],
    [60, 30],
    [60, 35],
  ] as const)
    expect(noteOf(n, right)).not.toContain("label");
});
