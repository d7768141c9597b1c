import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { openTokenizer, wordPieceTokenizer } from "./tokenizer.js";

const asset = (file: string): string =>
  readFileSync(new URL(`../../../assets/${file}`, import.meta.url), "utf8");
const mini = {
  tokenizer: JSON.parse(asset("text-mini/tokenizer.json")),
  config: JSON.parse(asset("text-mini/tokenizer_config.json")),
};

/** Returns texts that are hard to split: scripts, accents, punctuation, special tokens, control characters, lone surrogates. */
function hardTexts(count: number): string[] {
  const pieces = [
    ..."hello World DON'T isn’t naïve Ångström Straße ΣΊΣΥΦΟΣ Σ İstanbul ﬁne １２３ 3.14 1,000 a_b x=y C++ foo-bar".split(
      " ",
    ),
    ..."[MASK] [CLS] [SEP]x y[MASK]z [mask] ##ing 中文 今天good天气 日本語 ひらがな カタカナ 한국어 ไทย हिन्दी עברית العربية".split(
      " ",
    ),
    ..."。 ， ！ ？ 、 「」 … — “quoted” 🙂 👩‍👩‍👧 é e\u0301 天\u0301 \u0301 \u200b a\u00adb \u00a0 \t \n \r\n \u3000 \u0000 \ufffd \ud83d a\tb 𠀀 豈 x\u2028y".split(
      " ",
    ),
    "w".repeat(120),
    "supercalifragilisticexpialidocious",
    ...asset("demo-texts/messages.csv").split("\n").slice(1, 301),
  ];
  const source = draws(13, "hard texts");
  const any = (list: readonly string[]) => list[Math.floor(source.uniform() * list.length)]!;
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + Math.floor(8 * source.uniform()) }, () => any(pieces)).join(
      any([" ", " ", " ", "", "  ", "\n"]),
    ),
  );
}

test("cached tokens equal those of Hugging Face's tokenizer for 4,000 hard texts", async () => {
  const { Tokenizer } = await import("@huggingface/tokenizers");
  const vocab = Object.entries(mini.tokenizer.model.vocab as Record<string, number>)
    .sort((a, b) => a[1] - b[1])
    .map(([piece]) => piece)
    .join("\n");
  const cased = { do_lower_case: false };
  for (const files of [mini, { tokenizer: wordPieceTokenizer(vocab, cased), config: cased }]) {
    const theirs = new Tokenizer(files.tokenizer, files.config);
    const ours = await openTokenizer(files, 64);
    for (const text of [...hardTexts(4000), ...hardTexts(200)]) {
      const { ids } = theirs.encode(text);
      const { ids: made, cut } = ours.encode(text);
      const expected = ids.length <= 64 ? ids : [...ids.slice(0, 63), ...ids.slice(-1)];
      if (JSON.stringify(made) !== JSON.stringify(expected) || cut !== ids.length > 64)
        expect({ text, made, cut }).toEqual({ text, made: expected, cut: ids.length > 64 });
    }
  }
});
