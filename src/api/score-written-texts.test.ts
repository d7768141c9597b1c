import { expect, test } from "vitest";
import { compareWrittenTexts, scoreWrittenTexts } from "./score-written-texts.js";

test("scores and compares", () => {
  // One deletion in four words.
  expect(scoreWrittenTexts(["Das ist gut."], ["Das ist sehr gut."], { edits: "words" }).edits?.rate).toBe(
    0.25,
  );
  const { chrf } = compareWrittenTexts(["gut"], ["schlecht"], ["gut"], { seed: undefined });
  expect([chrf.a, chrf.ci95]).toEqual([100, null]);
});

test.each([
  { tokenizer: "14a" },
  { language: "Chinese" },
  { wordOrder: 3 },
  { edits: "tokens" },
  { groups: [1] },
  { seed: -1 },
])("refuses $0", (options) => {
  const [option] = Object.keys(options);
  for (const call of [
    () => scoreWrittenTexts(["a"], ["a"], options as object),
    () => compareWrittenTexts(["a"], ["a"], ["a"], options as object),
  ])
    expect(call).toThrow(
      expect.objectContaining({ kind: "OptionError", details: expect.objectContaining({ option }) }),
    );
});

test("refuses an option that does not exist", () => {
  expect(() => scoreWrittenTexts(["a"], ["a"], { order: 2 } as object)).toThrow(
    expect.objectContaining({ details: { unknown: "order" } }),
  );
});
