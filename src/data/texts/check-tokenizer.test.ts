import { expect, test } from "vitest";
import { openTokenizer, wordPieceTokenizer } from "./tokenizer.js";

const good = wordPieceTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"].join("\n"), {});
const vocab = { "[UNK]": 0, a: 1 };
const number = "needs a number from 0 to 16777215";
const added = 'needs a text as "content" and an "id" from 0 to 16777215';

test("opens a sound one, with tokens that are added", async () => {
  const more = { ...good, added_tokens: [{ id: 5, content: "<b>", special: true }] };
  expect((await openTokenizer({ tokenizer: more, config: {} }, 8)).vocabulary).toBe(6);
});

/** The package that runs a tokenizer would walk over these lengths and numbers for minutes. */
test.each<[string, Record<string, unknown>, string]>([
  [
    "a false length of an added token",
    { added_tokens: [{ id: 1, content: { length: 4294967295 } }] },
    `entry 1 of "added_tokens" ${added}`,
  ],
  [
    "a huge number of an added token",
    { added_tokens: [{ id: 4294967294, content: "x" }] },
    `entry 1 of "added_tokens" ${added}`,
  ],
  ["added tokens that are no list", { added_tokens: { length: 4294967295 } }, '"added_tokens" is no list'],
  [
    "a huge number of a token",
    { model: { type: "WordPiece", vocab: { ...vocab, b: 4294967294 } } },
    `the token "b" ${number}`,
  ],
  [
    "a huge number of a token of a language",
    { model: { vocab: { de: { ...vocab, b: 4294967294 } } } },
    `the token "b" ${number}`,
  ],
  [
    "a false length of a vocabulary",
    { model: { type: "Unigram", vocab: { length: 4294967295 }, unk_id: 0 } },
    `the token "length" ${number}`,
  ],
  [
    "a score without its text",
    {
      model: {
        type: "Unigram",
        vocab: [
          ["a", 0],
          [{ length: 4294967295 }, 0],
        ],
        unk_id: 0,
      },
    },
    'entry 2 of "vocab" is no text with its score',
  ],
  [
    "pieces of no length",
    { pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "FixedLength", length: 0 }] } },
    '"FixedLength" needs a "length" of at least 1',
  ],
])("refuses %s", async (_, change, why) => {
  const opened = openTokenizer({ tokenizer: { ...good, ...change }, config: {} }, 8);
  await expect(opened).rejects.toMatchObject({
    kind: "ModelError",
    message: `tokenizer.json cannot be used: ${why}`,
    help: "take the tokenizer.json that belongs to the model",
  });
});
