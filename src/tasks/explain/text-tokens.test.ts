// Assignment of tokens to words, for several kinds of vocabularies.
import { expect, test } from "vitest";
import { openTokenizer, type Tokenizer, wordPieceTokenizer } from "../../data/texts/tokenizer.js";
import { tokenPieces } from "./explain-texts.js";

const vocabulary = "[PAD] [UNK] [CLS] [SEP] [MASK] the par ##cel is here 不 好 ! '".split(" ");
const wordPieces = (longest = 64): Promise<Tokenizer> =>
  openTokenizer(
    { tokenizer: wordPieceTokenizer(`${vocabulary.join("\n")}\n`, {}), config: { pad_token: "[PAD]" } },
    longest,
  );
const withTokens = ({ pieces }: ReturnType<typeof tokenPieces>) =>
  pieces.filter(({ tokens }) => tokens > 0).map(({ text, tokens }) => [text, tokens]);

test("word pieces belong to their word; punctuation and Chinese characters are words of their own", async () => {
  const found = tokenPieces(await wordPieces(), "the  Parcel is 不好 here!");
  expect(withTokens(found)).toEqual([
    ["the", 1],
    ["Parcel", 2],
    ["is", 1],
    ["不", 1],
    ["好", 1],
    ["here", 1],
    ["!", 1],
  ]);
  expect(found.pieces.map(({ text }) => text).join("")).toBe("the  Parcel is 不好 here!");
  // [CLS] … [SEP]
  expect(found.ids).toHaveLength(10);
});

test("words beyond the model's maximum length have no tokens", async () => {
  const found = tokenPieces(await wordPieces(6), "the parcel is here");
  expect(found.ids).toHaveLength(6);
  expect(withTokens(found)).toEqual([
    ["the", 1],
    ["parcel", 2],
    ["is", 1],
  ]);
});

test("a vocabulary with tokens across spaces is explained by token", async () => {
  const tokenizer: Tokenizer = {
    ...(await wordPieces()),
    encode: () => ({ ids: [2, 5, 7, 3], cut: false }),
    tokenOf: (id) => ({ 5: "▁new▁york", 7: "##er" })[id],
  };
  expect(tokenPieces(tokenizer, "new yorker").pieces).toEqual([
    { text: "new▁york", tokens: 1 },
    { text: "er", tokens: 1 },
  ]);
});
