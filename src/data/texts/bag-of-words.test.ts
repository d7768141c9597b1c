import { expect, test } from "vitest";
import { denseRows, fitBagOfWords, rowsOf, wordsOf } from "./bag-of-words.js";

test("words are runs of letters and digits in lower case, of any script, with an apostrophe inside", () => {
  expect(wordsOf("Don't stop — it’s 4 O'Clock! Größe «très»")).toEqual([
    "don't",
    "stop",
    "it’s",
    "4",
    "o'clock",
    "größe",
    "très",
  ]);
});

test("terms are words and pairs that occur in at least two texts, the most frequent first", () => {
  const { terms, idf } = fitBagOfWords(["a good book", "a good film", "a bad film once"]);
  expect(terms).toEqual(["a", "a good", "film", "good"]);
  // a is in all 3 texts: 1 + ln(4/4); good in 2: 1 + ln(4/3)
  expect(idf[0]).toBeCloseTo(1, 12);
  expect(idf[3]).toBeCloseTo(1 + Math.log(4 / 3), 12);
  expect(fitBagOfWords(["a good book", "a good film"], 1).terms).toEqual(["a"]);
  expect(() => fitBagOfWords(["one", "two"])).toThrow(/no word occurs in two texts/);
});

test("a row has mean square 1 for any length of text, and unknown words are ignored", () => {
  const bag = fitBagOfWords(["a b", "a b", "c a"]);
  const row = rowsOf(bag);
  const dense = denseRows([row("a a b"), row("zzz")], bag.terms.length);
  const first = [...dense.slice(0, bag.terms.length)];
  expect(first.reduce((s, x) => s + x * x, 0) / bag.terms.length).toBeCloseTo(1, 5);
  // (1 + ln 2) · idf(a) against 1 · idf(b)
  const at = (term: string): number => first[bag.terms.indexOf(term)]!;
  expect(at("a") / at("b")).toBeCloseTo(((1 + Math.log(2)) * 1) / (1 + Math.log(4 / 3)), 5);
  expect([...dense.slice(bag.terms.length)].every((x) => x === 0)).toBe(true);
});
