import { expect, test } from "vitest";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import { type LanguageRows, PackedTexts, type RowFormat, rowsOfTexts, streamOf } from "./rows.js";

/** A tokenizer of letters: a is 10. */
const letters = (marks: Tokenizer["marks"], end?: number) =>
  ({
    pieces: (text: string) => [...text].map((letter) => letter.charCodeAt(0) - 87),
    text: (ids: readonly number[]) => String.fromCharCode(...ids.map((id) => id + 87)),
    marks,
    end,
  }) as unknown as Tokenizer;
const formatOf = (tokenizer: Tokenizer): RowFormat => ({
  ...{ objective: "causal", tokenizer, length: 4, share: 0, wholeWords: false, seed: 0 },
});

/** Returns the tokens of each row, and what is predicted in it: place -> token. */
function shown(texts: readonly string[], tokenizer: Tokenizer) {
  const rows = rowsOfTexts(texts, formatOf(tokenizer));
  const count = rows.places;
  const { x, weights } = rows.batch(0, [...Array(rows.count).keys()]);
  const width = x.dims[1]!;
  return {
    texts: rows.texts,
    rows: Array.from({ length: rows.count }, (_, r) => {
      const row = Array.from(x.data.slice(r * width, (r + 1) * width), Number);
      const predicted = Array.from({ length: count }, (_, i) =>
        weights[r * count + i] === 1 ? [[row[4 + i]! - 4 * r, row[4 + count + i]!]] : [],
      ).flat();
      return { tokens: row.slice(0, 4), predicted };
    }),
  };
}

test("every token of a text is predicted once, and its end; a further row begins with the last token of the row before", () => {
  expect(shown(["abcde", "f"], letters({ before: [1], behind: [2] }))).toEqual({
    texts: { ofRow: [0, 0, 1], bytes: [5, 1] },
    rows: [
      {
        tokens: [1, 10, 11, 12],
        predicted: [
          [0, 10],
          [1, 11],
          [2, 12],
        ],
      },
      {
        tokens: [12, 13, 14, 2],
        predicted: [
          [0, 13],
          [1, 14],
          [2, 2],
        ],
      },
      {
        tokens: [1, 15, 2, -1],
        predicted: [
          [0, 15],
          [1, 2],
        ],
      },
    ],
  });
});

test("the end token stands before a text if no other does; without either, the first token is predicted by nothing, nor counted", () => {
  const [first] = shown(["ab"], letters({ before: [], behind: [] }, 2)).rows;
  expect(first).toEqual({
    tokens: [2, 10, 11, 2],
    predicted: [
      [0, 10],
      [1, 11],
      [2, 2],
    ],
  });
  const { rows, texts } = shown(["ab"], letters({ before: [], behind: [] }));
  expect(rows).toEqual([{ tokens: [10, 11, -1, -1], predicted: [[0, 11]] }]);
  expect(texts!.bytes).toEqual([1]);
});

const marked = letters({ before: [1], behind: [2] });

test("labels are the predicted tokens, each with the number of its row", () => {
  const rows = rowsOfTexts(["abcde", "f"], formatOf(marked));
  expect([...rows.labels()]).toEqual([
    [10, 0],
    [11, 0],
    [12, 0],
    [13, 1],
    [14, 1],
    [2, 1],
    [15, 2],
    [2, 2],
  ]);
  expect([...rows.first(1).labels()]).toHaveLength(3);
});

test("a text without tokens keeps its place, and has no row", () => {
  const { texts, rows } = shown(["", "ab", "", "c"], marked);
  expect(texts).toEqual({ ofRow: [1, 3], bytes: [0, 2, 0, 1] });
  expect(rows.map(({ tokens }) => tokens)).toEqual([
    [1, 10, 11, 2],
    [1, 12, 2, -1],
  ]);
});

test("each seed packs texts in another order, with the same tokens", () => {
  const letter = (i: number) => String.fromCharCode(97 + i);
  const texts = Array.from({ length: 20 }, (_, i) => letter(i).repeat(1 + (i % 4)));
  const tokenizer = Object.assign(marked, { special: new Set<number>(), vocabulary: 40 });
  const rowsOf = (seed: number) =>
    new PackedTexts(streamOf(texts, tokenizer), { ...formatOf(tokenizer), length: 8, seed }, "texts");
  /** Returns the letters of each row of a pass. */
  const lettersOf = (rows: LanguageRows, pass = 0): number[][] =>
    Array.from({ length: rows.count }, (_, r) =>
      Array.from(rows.batch(pass, [r]).x.data.slice(0, 8), Number).filter((id) => id >= 10),
    );
  const [one, again, two] = [rowsOf(1), rowsOf(1), rowsOf(2)];
  const inOrder = (rows: number[][]) => rows.flat().sort((a, b) => a - b);
  expect(lettersOf(again)).toEqual(lettersOf(one));
  expect(two.count).toBe(one.count);
  expect(lettersOf(two)).not.toEqual(lettersOf(one));
  expect(lettersOf(one, 1)).not.toEqual(lettersOf(one));
  const all = texts.flatMap((text) => tokenizer.pieces(text)).sort((a, b) => a - b);
  for (const rows of [lettersOf(one), lettersOf(two), lettersOf(one, 1)]) expect(inOrder(rows)).toEqual(all);
  // Each row predicts all of its tokens but the first.
  expect([...one.labels()]).toHaveLength(all.length + texts.length + one.count * 2 - one.count);
});

test("the beginning of a text ends with a word, if one ends near its third", () => {
  const tokenizer = letters({ before: [], behind: [] }, 2);
  const texts = ["one two three four", "onetwothreefour", "of three more"];
  const rows = rowsOfTexts(texts, { ...formatOf(tokenizer), length: 30 });
  const begun = rows
    .beginnings(9, 16)
    .map(({ prompt, data }) => [prompt, data].map((ids) => tokenizer.text(ids)));
  expect(begun.map(([prompt]) => prompt!.slice(1))).toEqual(["one two", "onetw", "of three"]);
  expect(begun.map((parts) => parts.join("").slice(1, -1))).toEqual(texts);
});
