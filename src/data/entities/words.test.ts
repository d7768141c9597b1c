import { expect, test } from "vitest";
import { openTokenizer, wordPieceTokenizer } from "../texts/tokenizer.js";
import { encodeWords, sentenceOf, wordsOf } from "./words.js";

const vocabulary = "[PAD] [UNK] [CLS] [SEP] [MASK] ada love ##lace slept . 北 京 in".split(" ");
const tokenizer = (longest: number) =>
  openTokenizer({ tokenizer: wordPieceTokenizer(vocabulary.join("\n"), {}), config: {} }, longest);

test("splits a text into words with their places; punctuation and Chinese characters are words", () => {
  const text = "Ada Lovelace slept, in 北京.";
  const words = wordsOf(text);
  expect(words.map(({ word }) => word)).toEqual(["Ada", "Lovelace", "slept", ",", "in", "北", "京", "."]);
  for (const { word, start, end } of words) expect(text.slice(start, end)).toBe(word);
  expect(wordsOf("  ")).toEqual([]);
});

test("joins words without spaces next to Chinese characters", () => {
  expect(sentenceOf(["Ada", "slept", "in", "北", "京"])).toBe("Ada slept in北京");
});

test("places point at the first token of each word; an empty word is the unknown token", async () => {
  const encoded = encodeWords(await tokenizer(16), ["Ada", "Lovelace", " ", "slept"]);
  expect(encoded.ids).toEqual([2, 5, 6, 7, 1, 8, 3]);
  expect([...encoded.places]).toEqual([1, 2, 4, 5]);
  expect(encoded.cut).toBe(false);
});

test("tokens of single words equal those of the whole text", async () => {
  const whole = await tokenizer(32);
  for (const text of ["Ada Lovelace slept in 北京.", "北京ada.", "Ada..Ada"]) {
    const words = wordsOf(text).map(({ word }) => word);
    expect(encodeWords(whole, words).ids).toEqual(whole.encode(text).ids);
  }
});

test("byte-level tokens include the space before a word", async () => {
  const vocab = ["<unk>", "a", "Ġa", "b", "Ġb", ".", "Ġ."];
  const bytes = await openTokenizer(
    {
      tokenizer: {
        version: "1.0",
        added_tokens: [],
        normalizer: null,
        pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true },
        post_processor: null,
        decoder: { type: "ByteLevel" },
        model: {
          type: "BPE",
          unk_token: "<unk>",
          vocab: Object.fromEntries(["Ġ", ...vocab].map((token, i) => [token, i])),
          merges: [
            ["Ġ", "a"],
            ["Ġ", "b"],
            ["Ġ", "."],
          ],
        },
      },
      config: { unk_token: "<unk>" },
    },
    16,
  );
  const text = "a b.";
  const words = wordsOf(text);
  const spaced = (i: number) => i > 0 && words[i - 1]!.end < words[i]!.start;
  expect(
    encodeWords(
      bytes,
      words.map(({ word }) => word),
      spaced,
    ).ids,
  ).toEqual(bytes.encode(text).ids);
});

test("truncated words have no place", async () => {
  const short = await tokenizer(4);
  const encoded = encodeWords(short, ["Ada", "Lovelace", "slept"]);
  expect(encoded.ids).toEqual([2, 5, 6, 3]);
  expect([...encoded.places]).toEqual([1, 2, -1]);
  expect(encoded.cut).toBe(true);
  expect(encodeWords(short, ["Ada", "Ada"]).cut).toBe(false);
});
