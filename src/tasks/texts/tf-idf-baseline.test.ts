import { expect, test } from "vitest";
import type { EngraftEvent } from "../../core/events/events.js";
import { message } from "../../core/messages/message.js";
import { baselineNames } from "../../core/results/baseline-names.js";
import type { Context } from "../../run/context.js";
import { wordRows } from "./tf-idf-baseline.js";

/** Returns the number of terms of training texts by baseline, and the sentences of the warnings. */
function termsOf(...texts: readonly string[]) {
  const warnings: unknown[] = [];
  const context = {
    dataset: { items: texts.map((text) => ({ text, part: "train" })) },
    onEvent: (event: EngraftEvent) => event.event === "warning" && warnings.push(event.sentence),
  } as unknown as Context;
  const [words, characters] = (["tf_idf", "characters"] as const).map(
    (key) => wordRows(key, context, 1)?.terms,
  );
  return { words, characters, warnings };
}

test("texts without a repeated word have the baseline on characters, and a warning names the missing one", () => {
  // Repeated: " a", "ab", " ab" at the beginning of a word.
  expect(termsOf("abx", "aby")).toEqual({
    words: undefined,
    characters: 3,
    warnings: [message("no-term-twice", { baseline: baselineNames.tf_idf })],
  });
});

test("texts without anything in common have neither", () => {
  const { words, characters, warnings } = termsOf("ab", "cd", "");
  expect([words, characters]).toEqual([undefined, undefined]);
  expect(warnings).toHaveLength(2);
  expect(termsOf().warnings).toHaveLength(2);
});
