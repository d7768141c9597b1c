import { scriptOfTexts } from "../../data/texts/script-of-texts.js";
import { isWithoutSpaces } from "../../data/texts/without-spaces.js";

/** Python's white space, which sacreBLEU splits at: JavaScript's without U+FEFF, and with U+001C to U+001F and U+0085. */
const space = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const spaces = new RegExp(`[${space}]+`);
const edges = new RegExp(`^[${space}]+`);

/** Returns the tokens between white space, as `str.split()` of Python does. */
export const splitAtSpaces = (text: string): string[] => text.split(spaces).filter((token) => token !== "");

/** Returns the characters of a text without its white space: code points, as Python has them. */
export const charactersWithoutSpaces = (text: string): string[] => Array.from(splitAtSpaces(text).join(""));

/** Signs at the beginning or end of a word that chrF counts as words of their own. */
const sign = /^[!-/:-@[-`{-~]$/;

/** Returns the words that chrF counts: the last character alone if it is a sign, otherwise the first if that is one. */
export const wordsWithSigns = (text: string): string[] =>
  splitAtSpaces(text).flatMap((word) => {
    const characters = Array.from(word);
    if (characters.length === 1) return [word];
    if (sign.test(characters.at(-1)!)) return [word.slice(0, -1), word.slice(-1)];
    return sign.test(characters[0]!) ? [word.slice(0, 1), word.slice(1)] : [word];
  });

/** Returns words and signs of Western languages. Periods and commas of numbers stay. */
const westernTokens = (text: string): string[] =>
  splitAtSpaces(
    text
      .replace(/[{-~[-` -&(-+:-@/]/g, " $& ")
      .replace(/([^0-9])([.,])/g, "$1 $2 ")
      .replace(/([.,])([^0-9])/g, " $1 $2")
      .replace(/([0-9])(-)/g, "$1 $2 "),
  );

/**
 * Characters that sacreBLEU counts as Chinese. Its table writes U+20000 as U+2000 and "0": so it has all signs from U+2001 to U+2A6D, and no
 * ideograph beyond U+FFFF.
 */
const chinese =
  /[\u2001-\u2a6d\u2e80-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31ef\u3200-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/g;

/**
 * How BLEU divides a text, by the names of sacreBLEU 2.6.
 * @see https://github.com/mjpost/sacrebleu, tokenizers (mteval-v13a.pl)
 */
const tokensBy = {
  "13a": (text: string): string[] => {
    const line = text.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
    const decoded = line
      .replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">");
    return westernTokens(` ${decoded} `);
  },
  zh: (text: string): string[] => westernTokens(text.replace(edges, "").replace(chinese, " $& ")),
  char: charactersWithoutSpaces,
  none: splitAtSpaces,
};

/** Name of a tokenizer of BLEU. */
export type BleuTokenizer = keyof typeof tokensBy;

export const bleuTokenizers = Object.keys(tokensBy) as BleuTokenizer[];

/** Returns the tokens of a text. White space at its end does not count. */
export const bleuTokens = (text: string, tokenizer: BleuTokenizer): string[] =>
  tokensBy[tokenizer](withoutEnd(text));

/** Returns a text without white space at its end. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && spaces.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** Languages whose tokens are not those of `13a`. sacreBLEU takes MeCab for Japanese and Korean, which is not here. */
const tokenizerOf: Readonly<Record<string, BleuTokenizer>> = {
  zh: "zh",
  yue: "zh",
  ...{ ja: "char", ko: "char", th: "char", lo: "char", km: "char", my: "char" },
};

const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;

/**
 * Returns the tokenizer of a language: `zh` for Chinese, `char` for Japanese, Korean, Thai, Lao, Khmer and Burmese, otherwise `13a`.
 * @param language code such as "de" or "zh-Hant". Undefined: by the script of the references
 */
export function tokenizerFor(language: string | undefined, references: readonly string[]): BleuTokenizer {
  if (language !== undefined) return tokenizerOf[language.split(/[-_]/)[0]!.toLowerCase()] ?? "13a";
  if (!isWithoutSpaces(references)) return "13a";
  const isChinese = scriptOfTexts(references.map((text) => ({ text }))) === "han";
  // Japanese may have more Chinese characters than kana, but hardly a sentence without kana.
  return isChinese && 2 * references.filter((text) => kana.test(text)).length < references.length
    ? "zh"
    : "char";
}
