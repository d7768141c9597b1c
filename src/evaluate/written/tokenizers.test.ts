import { expect, test } from "vitest";
import { bleuTokens, charactersWithoutSpaces, tokenizerFor, wordsWithSigns } from "./tokenizers.js";

// Expected tokens: sacreBLEU 2.6.0.

test.each([
  ["It is 3.5 kg, isn't it?", "It is 3.5 kg , isn't it ?"],
  ["a-b 3-4 x/y $5.00 (ok)", "a-b 3 - 4 x / y $ 5.00 ( ok )"],
  ["at 12,000-year-old U.S. site", "at 12,000 - year-old U . S . site"],
  ["&quot;yes&quot; &amp; &lt;no&gt;", '" yes " & < no >'],
  ["a <skipped>b line-\nbreak\nend \n", "a b linebreak end"],
  [".5 and 5.", ". 5 and 5 ."],
])("13a divides %j", (text, tokens) => {
  expect(bleuTokens(text, "13a")).toEqual(tokens.split(" "));
});

test("zh divides Chinese characters and leaves numbers and words", () => {
  expect(bleuTokens("他今天去北京3.5次ABC", "zh")).toEqual("他 今 天 去 北 京 3.5 次 ABC".split(" "));
});

test("zh counts the signs of sacreBLEU's table as Chinese, and no ideograph beyond U+FFFF", () => {
  expect(bleuTokens("a“b”…→c", "zh")).toEqual(["a", "“", "b", "”", "…", "→", "c"]);
  expect(bleuTokens("a\u2000b", "zh")).toEqual(["a", "b"]);
  expect(bleuTokens("𠀀𠀀", "zh")).toEqual(["𠀀𠀀"]);
  expect(bleuTokens("かな", "zh")).toEqual(["かな"]);
});

test("char and none", () => {
  expect(bleuTokens("a b😀\n", "char")).toEqual(["a", "b", "😀"]);
  expect(bleuTokens(" a, b\u3000c ", "none")).toEqual(["a,", "b", "c"]);
});

test("white space is that of Python", () => {
  expect(bleuTokens("a\x1cb\x85c\ufeffd", "none")).toEqual(["a", "b", "c\ufeffd"]);
  expect(charactersWithoutSpaces("a\x1f b\u200b")).toEqual(["a", "b", "\u200b"]);
});

test("words of chrF have one sign apart, the last before the first", () => {
  expect(wordsWithSigns("(hi) (hi hi! ! a😀")).toEqual(["(hi", ")", "(", "hi", "hi", "!", "!", "a😀"]);
});

test("half of a surrogate pair is a token", () => {
  for (const tokenizer of ["13a", "zh", "char", "none"] as const)
    expect(bleuTokens("\ud800", tokenizer)).toEqual(["\ud800"]);
});

test.each([
  ["de", "13a"],
  ["zh-Hant", "zh"],
  ["ZH_cn", "zh"],
  ["ja", "char"],
  ["ko-KR", "char"],
] as const)("the language %s has the tokenizer %s", (language, tokenizer) => {
  expect(tokenizerFor(language, ["a"])).toBe(tokenizer);
});

test.each([
  [["The cat.", "我"], "13a"],
  [["我爱吃苹果。", "他今天去了北京3.5次ABC"], "zh"],
  [["東京大学で勉強する", "今日は雨"], "char"],
  [["ฉันรักเธอ"], "char"],
  [[""], "13a"],
] as const)("without a language, the script of %j has the tokenizer %s", (references, tokenizer) => {
  expect(tokenizerFor(undefined, references)).toBe(tokenizer);
});
