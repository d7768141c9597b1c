import { expect, test } from "vitest";
import type { EngraftEvent } from "../../core/events/events.js";
import { message } from "../../core/messages/message.js";
import { baselineNames } from "../../core/results/baseline-names.js";
import type { Context } from "../../run/context.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { tfIdfBaselines, wordRows } from "./tf-idf-baseline.js";

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

test("a baseline learns from validation texts too, as the solved head of a run does; not if the number of samples is given", async () => {
  const items = (["train", "validation", "test"] as const).flatMap((part) =>
    [0, 1].flatMap((label) =>
      Array.from({ length: 6 }, (_, i) => ({
        // The words of validation and test texts are others than those of the training texts.
        text: `${part === "train" ? ["apple", "pear"][label] : ["plum", "fig"][label]} tree ${i}`,
        id: `${part} ${label} ${i}`,
        part,
        label,
      })),
    ),
  );
  const scoreOf = async (options: object): Promise<number> => {
    const context = { dataset: { classes: ["a", "b"], items }, options, opened: {}, onEvent() {} };
    const { baselines } = await tfIdfBaselines(context as unknown as OfClasses);
    return baselines.tf_idf!.test.accuracy;
  };
  expect(await scoreOf({})).toBe(1);
  expect(await scoreOf({ trainSize: 12 })).toBe(0.5);
});
