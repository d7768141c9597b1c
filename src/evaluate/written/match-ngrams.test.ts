import { expect, test } from "vitest";
import { matchNgrams } from "./match-ngrams.js";

const of = (text: string) => [...text];

test("an n-gram matches as often as both texts have it", () => {
  // "aab" and "abb": a once, b once; "ab" once; no 3-gram.
  expect(matchNgrams(of("aab"), [of("abb")], 4)).toEqual([
    { predicted: 3, reference: 3, matches: 2 },
    { predicted: 2, reference: 2, matches: 1 },
    { predicted: 1, reference: 1, matches: 0 },
    { predicted: 0, reference: 0, matches: 0 },
  ]);
});

test("of several references, the one that has an n-gram most often counts", () => {
  // a three times in the second reference, b once in the first.
  expect(matchNgrams(of("aaaab"), [of("ab"), of("aaa")], 1)[0]!.matches).toBe(4);
});

test("an empty text has no n-gram", () => {
  expect(matchNgrams([], [of("a")], 1)).toEqual([{ predicted: 0, reference: 1, matches: 0 }]);
  expect(matchNgrams(of("a"), [[]], 1)).toEqual([{ predicted: 1, reference: 0, matches: 0 }]);
});

test("counts as n-grams that are joined to texts", () => {
  const text = (seed: number) => Array.from({ length: 300 }, (_, i) => `${(i * i * seed + (i >> 3)) % 7}`);
  const [a, b] = [text(3), text(5)];
  const counts = (tokens: readonly string[], n: number) => {
    const grams = new Map<string, number>();
    for (let i = 0; i + n <= tokens.length; i++) {
      const gram = tokens.slice(i, i + n).join(" ");
      grams.set(gram, (grams.get(gram) ?? 0) + 1);
    }
    return grams;
  };
  for (const [i, { matches }] of matchNgrams(a, [b], 6).entries()) {
    const others = counts(b, i + 1);
    const expected = [...counts(a, i + 1)].map(([gram, count]) => Math.min(count, others.get(gram) ?? 0));
    expect(matches).toBe(expected.reduce((sum, count) => sum + count, 0));
  }
});
