import { expect, test } from "vitest";
import type { TrainOptions } from "./options.js";
import { requireCompanions } from "./refuse-unusable.js";

test.each<[TrainOptions, string]>([
  [{ lmOrder: 3 }, "the option lmOrder has no effect without --decoder beam"],
  [{ decoder: "greedy", lmWeight: 1 }, "the option lmWeight has no effect without a language model"],
])("%o is refused", (options, message) => {
  expect(() => requireCompanions(options)).toThrow(message);
});

test("the strength of an augmentation of texts says what it changes", () => {
  expect(() => requireCompanions({ option: { noise: 0.2 } })).toThrow(
    expect.objectContaining({
      details: { option: "noise", without: "--augment" },
      help: "it is the share of a text's words that --augment with some of delete, swap, mask, typo with commas between changes",
    }),
  );
});

test.each<[TrainOptions, Readonly<Record<string, string>>]>([
  [
    { decoder: "beam", lmOrder: 0, lmWeight: 1 },
    { option: "lmWeight", without: "a language model" },
  ],
  [{ huberDelta: 2 }, { option: "huberDelta", without: "--loss huber" }],
])("%o is refused with %o", (options, details) => {
  expect(() => requireCompanions(options)).toThrow(expect.objectContaining({ details }));
});

test("with its companion an option is taken", () => {
  for (const options of [
    { decoder: "beam", lmOrder: 3, lmWeight: 1 },
    { loss: "huber", huberDelta: 2 },
  ] as const)
    expect(() => requireCompanions(options)).not.toThrow();
});
