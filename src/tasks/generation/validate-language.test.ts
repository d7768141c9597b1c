import { expect, test } from "vitest";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import { LanguageRows, type Part, RowsOfTexts } from "./rows.js";
import { continueInRows, validateLanguage } from "./validate-language.js";

const [length, places] = [12, 11];

/** A network that says the token after t is t + 1, and is never sure: each place costs 2 nats. */
function counting() {
  const rows: number[] = [];
  const evaluate = async ({ data, dims }: { readonly data: unknown; readonly dims: readonly number[] }) => {
    const x = data as Int32Array;
    const [batch = 0, width = 0] = dims;
    rows.push(batch);
    const given = new Float32Array(3 * places * batch);
    for (let row = 0; row < batch; row++)
      for (let i = 0; i < places; i++) {
        const at = row * width;
        // Places count through the batch.
        const token = x[at + (x[at + length + i]! - row * length)]!;
        given.set([2, Number(x[at + length + places + i] === token + 1), token + 1], 3 * (row * places + i));
      }
    return given;
  };
  return { evaluate, rows };
}

const how = { length, places, most: 20, stops: new Set([40]) };

test("each row goes on until its end token, the length of a row, or the most tokens", async () => {
  const { evaluate, rows } = counting();
  expect(await continueInRows(evaluate, [[37, 38], [1, 2, 3], [5]], how)).toEqual([
    [37, 38, 39],
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  ]);
  expect(rows).toEqual([3, 3, 2, 2, 2, 2, 2, 2, 2, 1, 1]);
  expect(await continueInRows(evaluate, [[5]], { ...how, most: 2 })).toEqual([[5, 6, 7]]);
  expect(await continueInRows(evaluate, [], how)).toEqual([]);
});

const tokenizer = { text: (ids: readonly number[]) => ids.map((id) => ` ${id}`).join("") } as Tokenizer;

/** Texts of six tokens, of which a third is the beginning. */
function texts(count: number): RowsOfTexts {
  const ids = (text: number) => [0, 1, 2, 3, 4, 5].map((i) => 10 * text + i);
  const parts = Array.from(
    { length: count },
    (_, text): Part => ({ ids: ids(text), isPredicted: () => true, text }),
  );
  const format = { objective: "causal", tokenizer, length, share: 0, wholeWords: false, seed: 0 } as const;
  return new RowsOfTexts(
    parts,
    parts.map(() => 1),
    format,
    places,
  );
}

const validated = (rows: LanguageRows, trained: number, ends?: readonly number[]) =>
  validateLanguage(counting().evaluate, rows, { tokenizer, trained, length, ends, signal: undefined });

test("a decoder is validated by its loss, and says how held-back texts go on", async () => {
  const { written, ...scores } = await validated(texts(10), 1000);
  expect(scores).toEqual({ score: -Math.exp(2), loss: 2 });
  expect(written).toEqual([
    { prompt: " 0 1", text: " 2 3 4 5 6 7 8 9 10 11" },
    { prompt: " 10 11", text: " 12 13 14 15 16 17 18 19 20 21" },
    { prompt: " 20 21", text: " 22 23 24 25 26 27 28 29 30 31" },
  ]);
  expect((await validated(texts(10), 1000, [4])).written![0]!.text).toBe(" 2 3");
});

test("samples take a tenth of the time of an epoch: fewer tokens, or none, after few rows", async () => {
  // 0.1 · (3 · 10 + 20) = 5 rows.
  expect((await validated(texts(20), 10)).written).toEqual([{ prompt: " 0 1", text: " 2 3 4 5 6" }]);
  expect((await validated(texts(10), 9)).written).toBeUndefined();
  const hidden = Object.create(LanguageRows.prototype) as LanguageRows;
  expect((await validated(Object.assign(hidden, { count: 0, places }), 1000)).written).toBeUndefined();
});
