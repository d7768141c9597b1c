import { expect, test } from "vitest";
import type { SpeechItem } from "./open-speech.js";
import { unlearnt, validationOf } from "./transcript-head.js";

const clips = (...texts: readonly string[]): readonly SpeechItem[] =>
  texts.map((text) => ({ text })) as unknown as readonly SpeechItem[];

test("epochs are compared by the word error rate once it is below 90 %", () => {
  const held = clips("up down", "yes no");
  expect(validationOf({ unit: "words" }, held, ["up down", "yes yes"], 0.3)).toEqual({
    ...{ score: 0.75, loss: 0.3, value: 0.25 },
  });
});

test("above it by the loss alone: more than 100 % of errors are inserted words, not a worse model", () => {
  const held = clips("up down");
  for (const [text, rate] of [
    ["", 1],
    ["u p d own", 2],
  ] as const)
    expect(validationOf({ unit: "words" }, held, [text], 0.3)).toEqual({
      ...{ score: unlearnt, loss: 0.3, value: rate },
    });
  expect(validationOf({ unit: "words" }, [], [], 0.3)).toEqual({ score: unlearnt, loss: 0.3, value: 1 });
});

test("scripts without spaces count characters", () => {
  expect(validationOf({ unit: "characters" }, clips("上下上下"), ["上下上上"], 0.1).score).toBe(0.75);
});
