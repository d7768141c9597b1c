import { expect, test } from "vitest";
import type { Tensor } from "../../core/tensor.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import { rowsOfTexts } from "./rows.js";
import { languageScores, lossesOf, meanOf, unigramLosses } from "./scores.js";

/** A tokenizer of letters: a is 3. A text ends with 2. */
const tokenizer = {
  pieces: (text: string) => [...text].map((letter) => letter.charCodeAt(0) - 94),
  text: (ids: readonly number[]) => String.fromCharCode(...ids.map((id) => id + 94)),
  ...{ marks: { before: [1], behind: [2] }, end: undefined },
} as unknown as Tokenizer;
const rowsOf = (texts: readonly string[], length: number) =>
  rowsOfTexts(texts, { objective: "causal", tokenizer, length, share: 0, wholeWords: false, seed: 0 });

test("guessing by frequency costs the logarithm of the smoothed share of a token", () => {
  // The tokens to learn: 3, 3, 4, 2 and 3, 2. With one more of each of 6 tokens there are 12: 4 of 3, 3 of 2, 2 of 4.
  const train = rowsOf(["aab", "a"], 8);
  const { loss, right, places, bytes } = unigramLosses(train, rowsOf(["ab", "", "c"], 8), 6);
  expect(Array.from(places)).toEqual([3, 0, 2]);
  expect(Array.from(right)).toEqual([1, 0, 0]);
  expect(Array.from(bytes!)).toEqual([2, 0, 1]);
  const nats = [
    Math.log(12 / 4) + Math.log(12 / 2) + Math.log(12 / 3),
    0,
    Math.log(12 / 1) + Math.log(12 / 3),
  ];
  for (const [i, value] of nats.entries()) expect(loss[i]).toBeCloseTo(value, 12);
  const mean = meanOf({ loss, right, places });
  expect(mean.loss).toBeCloseTo((nats[0]! + nats[2]!) / 5, 12);
  expect(mean.accuracy).toBe(0.2);
});

test("the rows of a long text add up to the sums of the text", () => {
  const train = rowsOf(["aab", "a"], 8);
  const held = ["abcba", "ab"];
  const [whole, divided] = [8, 3].map((length) => unigramLosses(train, rowsOf(held, length), 6));
  expect(divided!.places).toEqual(whole!.places);
  expect(divided!.right).toEqual(whole!.right);
  for (const i of [0, 1]) expect(divided!.loss[i]).toBeCloseTo(whole!.loss[i]!, 12);
});

test("the losses of a model are summed by text, without unused places", async () => {
  const rows = rowsOf(["abc", "", "a"], 3);
  // The loss of a place is its token, and the token 3 is right.
  const evaluate = async ({ dims, data }: Tensor) => {
    const [count, width] = dims as [number, number];
    return Float32Array.from(
      Array.from({ length: count * rows.places }, (_, i) => {
        const row = Math.floor(i / rows.places);
        const token = Number(data[row * width + 3 + rows.places + (i % rows.places)]);
        return [token, Number(token === 3), 0];
      }).flat(),
    );
  };
  const { loss, right, places, bytes } = await lossesOf(evaluate, rows);
  // 3 + 4 + 5 + 2, and 3 + 2.
  expect(Array.from(loss)).toEqual([14, 0, 5]);
  expect(Array.from(right)).toEqual([1, 0, 1]);
  expect(Array.from(places)).toEqual([4, 0, 2]);
  expect(Array.from(bytes!)).toEqual([3, 0, 1]);
  const scores = languageScores({ loss, right, places, bytes: bytes! });
  expect(scores).toMatchObject({ n: 6, loss: 19 / 6, accuracy: 1 / 3 });
  expect(scores.bits_per_byte).toBeCloseTo(19 / 4 / Math.LN2, 12);
});
