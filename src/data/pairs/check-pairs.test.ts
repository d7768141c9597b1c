import { expect, test } from "vitest";
import type { WarningText } from "../../core/messages/message.js";
import { checkPairs } from "./check-pairs.js";
import { scriptOfText } from "./script-of-text.js";

const words = "dog cat horse bird fish".split(" ");
const woerter = "Hund Katze Pferd Vogel Fisch".split(" ");
const ci = "狗猫马鸟鱼";
const slova = "собака кошка лошадь птица рыба".split(" ");
const english = (i: number): string => `${words[i % 5]} ${i}`;
const german = (i: number): string => `${woerter[i % 5]} ${i}`;
const chinese = (i: number): string => `${ci[i % 5]}子 ${i}`;
const russian = (i: number): string => `${slova[i % 5]} ${i}`;

type Side = (i: number) => string;
function checked(
  source: Side,
  target: Side,
  { n = 100, ...languages }: { readonly n?: number; readonly source?: string; readonly target?: string } = {},
) {
  const found = Array.from({ length: n }, (_, i) => ({
    ...{ id: `a.tsv, line ${i}`, source: source(i), target: target(i), given: undefined },
  }));
  const warnings: WarningText[] = [];
  const facts = checkPairs({ found, columns: { source: "src", target: "tgt" }, languages }, warnings);
  const codes = warnings.map(({ code }) => code);
  return {
    facts,
    codes,
    values: (k: number) => (warnings[k]!.sentence as { readonly values: unknown }).values,
  };
}

test.each([
  ["Ich heiße 李 Özil, naïve café.", "Latin"],
  ["汤姆 says hello", "Latin"],
  ["汤姆说你好吗？OK", "Han"],
  ["東京へ行く", "Kana"],
  ["カタカナ", "Kana"],
  ["안녕하세요", "Hangul"],
  ["Привет, Tom", "Cyrillic"],
  ["Καλημέρα", "Greek"],
  ["שלום", "Hebrew"],
  ["مرحبا", "Arabic"],
  ["नमस्ते", "Devanagari"],
  ["สวัสดี", "Thai"],
  ["𠀀𠀁 a", "Han"],
  ["ᏣᎳᎩ", "other"],
  ["12:30 — 100 % 🙂", undefined],
  ["", undefined],
])("%s is in %s", (text, script) => {
  expect(scriptOfText(text)).toBe(script);
});

test("one script in each column, also two of one language, is no warning", () => {
  expect(checked(english, german).codes).toEqual([]);
  expect(checked(english, chinese, { source: "en", target: "zh-CN" }).codes).toEqual([]);
  const japanese: Side = (i) => (i % 3 ? `${ci[i % 5]}がいる ${i}` : `東京 ${i}`);
  expect(checked(english, japanese, { source: "en", target: "ja" }).codes).toEqual([]);
  expect(checked(english, (i) => (i % 2 ? String(i) : "")).codes).toEqual([]);
});

test("lengths are counted in characters, and scripts in texts with letters", () => {
  const { facts } = checked(
    (i) => ["a", "b🙂", "ccc", "dddd🙂", "12 34"][i]!,
    (i) => ["是", "不是", "没有", "no", "?"][i]!,
    { n: 5 },
  );
  expect(facts.source).toEqual({
    characters: { median: 3, longest: 5, longest_id: "a.tsv, line 3" },
    scripts: [{ script: "Latin", share: 1 }],
  });
  expect(facts.target.scripts).toEqual([
    { script: "Han", share: 0.75 },
    { script: "Latin", share: 0.25 },
  ]);
});

test("a twentieth of the texts in another script is a warning with the first of them", () => {
  const mixed =
    (every: number): Side =>
    (i) =>
      i % every === 3 ? russian(i) : german(i);
  const { codes, values } = checked(english, mixed(20));
  expect(codes).toEqual(["pairs_in_scripts"]);
  expect(values(0)).toEqual({
    column: "tgt",
    shares: [
      { script: "Latin", percent: 95 },
      { script: "Cyrillic", percent: 5 },
    ],
    ...{ names: ["a.tsv, line 3", "a.tsv, line 23", "a.tsv, line 43"], more: 2 },
  });
  expect(checked(english, mixed(25)).codes).toEqual([]);
});

test("a pair with the scripts of the others exchanged is swapped, and no text of another language", () => {
  const isSwapped = (i: number) => i % 10 === 4;
  const { facts, codes, values } = checked(
    (i) => (isSwapped(i) ? chinese(i) : english(i)),
    (i) => (isSwapped(i) ? english(i) : chinese(i)),
  );
  expect([facts.swapped, codes]).toEqual([10, ["pairs_swapped"]]);
  expect(values(0)).toMatchObject({
    pairs: 10,
    source: "Latin",
    target: "Han",
    names: { length: 3 },
    more: 7,
  });
  // Two languages in one script cannot be told apart.
  const latin = checked(
    (i) => (i % 2 ? german(i) : english(i)),
    (i) => (i % 2 ? english(i) : german(i)),
  );
  expect([latin.facts.swapped, latin.codes]).toEqual([0, []]);
});

test("columns in another script than that of their language may be exchanged", () => {
  const { codes, values } = checked(chinese, english, { source: "en", target: "zh" });
  expect(codes).toEqual(["column_unlike_language", "column_unlike_language"]);
  expect([values(0), values(1)]).toEqual([
    { column: "src", language: "en", script: "Han" },
    { column: "tgt", language: "zh", script: "Latin" },
  ]);
  expect(checked(english, russian, { source: "en", target: "sr" }).codes).toEqual([]);
});

test("equal texts are counted, and a twentieth of the pairs is a warning", () => {
  const copied =
    (every: number): Side =>
    (i) =>
      i % every === 0 ? ` ${english(i).toUpperCase()}` : german(i);
  const few = checked(english, copied(25));
  expect([few.facts.equal, few.codes]).toEqual([4, []]);
  const many = checked(english, copied(20));
  expect([many.facts.equal, many.codes]).toEqual([5, ["pairs_equal"]]);
  expect(many.values(0)).toMatchObject({ pairs: 5, percent: 5, more: 2 });
});
