import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { kindOf, maskRow, type TokenKind } from "./masking.js";

const mask = 4;
// Tokens 0 to 4 are special; every third of the others continues a word.
const kind = (token: number): TokenKind => (token % 3 === 0 ? "piece" : "other");
const options = {
  kind,
  special: (token: number) => token <= mask,
  mask,
  ordinary: { length: 95, at: (i: number) => 5 + i },
} as const;
const row = () =>
  Int32Array.from({ length: 40 }, (_, i) => (i === 0 ? 2 : i === 39 || i === 20 ? 3 : 5 + (i % 90)));

test("masks the requested number of places, no special tokens, and returns the original tokens", () => {
  for (let n = 0; n < 200; n++) {
    const changed = row();
    const { places, tokens } = maskRow(changed, {
      ...options,
      count: 6,
      unit: "token",
      random: draws(1, "t", n),
    });
    expect(places).toHaveLength(6);
    expect(new Set(places).size).toBe(6);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    expect(places.filter((i) => i === 0 || i === 20 || i === 39)).toEqual([]);
    expect(places.map((i) => row()[i])).toEqual(tokens);
    // Nothing else has changed.
    expect([...changed].filter((t, i) => t !== row()[i] && !places.includes(i))).toEqual([]);
  }
});

test("80 % become the mask, 10 % another token, 10 % stay", () => {
  const seen = { mask: 0, same: 0, other: 0 };
  for (let n = 0; n < 1000; n++) {
    const changed = row();
    const { places, tokens } = maskRow(changed, {
      ...options,
      count: 6,
      unit: "token",
      random: draws(2, "t", n),
    });
    places.forEach((i, k) => {
      if (changed[i] === mask) seen.mask++;
      else if (changed[i] === tokens[k]) seen.same++;
      else seen.other++;
    });
  }
  // Three standard errors of a share of 6,000 are 0.0155 at 0.8 and 0.0116 at 0.1.
  expect(Math.abs(seen.mask / 6000 - 0.8)).toBeLessThan(0.016);
  expect(Math.abs(seen.same / 6000 - 0.1)).toBeLessThan(0.013);
  expect(seen.other + seen.same + seen.mask).toBe(6000);
});

test("whole-word masking never masks a continuation without the beginning of its word", () => {
  let halves = { token: 0, word: 0 };
  for (const unit of ["token", "word"] as const)
    for (let n = 0; n < 300; n++) {
      const { places } = maskRow(row(), { ...options, count: 6, unit, random: draws(3, "t", n) });
      const broken = places.filter(
        (i) => kind(row()[i]!) === "piece" && i > 1 && !places.includes(i - 1),
      ).length;
      halves = { ...halves, [unit]: halves[unit] + broken };
    }
  expect(halves.word).toBe(0);
  expect(halves.token).toBeGreaterThan(300);
});

test("the same seed masks the same places, another seed does not", () => {
  const once = (seed: number) =>
    maskRow(row(), { ...options, count: 6, unit: "word", random: draws(seed, "t") });
  expect(once(1)).toEqual(once(1));
  expect(once(1)).not.toEqual(once(2));
});

test("tells the kind of a token from its spelling", () => {
  expect(["##ing", "good", "好", "##好", "!"].map(kindOf)).toEqual([
    "piece",
    "other",
    "chinese",
    "piece",
    "other",
  ]);
});
