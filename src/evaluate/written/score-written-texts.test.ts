import { describe, expect, test } from "vitest";
import { wilsonInterval } from "../../statistics/index.js";
import { compareWritten } from "./compare-written-texts.js";
import { scoreWritten } from "./score-written-texts.js";

/** Of 40 texts, every fourth has a word less. */
const references = Array.from({ length: 40 }, (_, i) => `the number ${i} is next to ${i + 1} here`);
const some = references.map((text, i) => (i % 4 === 0 ? text.replace(" next", "") : text));
const fewer = references.map((text, i) => (i % 2 === 0 ? text.replace(" next", "") : text));

const refusal = (call: () => unknown) => {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("no error");
};

describe("scores", () => {
  const scores = scoreWritten(some, references, { edits: "words" });

  test("the share of exact matches has Wilson's interval", () => {
    const { matches, value, ci95 } = scores.exact_match;
    expect([matches, value]).toEqual([30, 0.75]);
    const expected = wilsonInterval(30, 40);
    for (const [i, end] of ci95!.entries()) expect(end).toBeCloseTo(expected[i]!, 9);
  });

  test("edits are sums over sums", () => {
    // 10 deletions in 40 texts of 8 words.
    expect(scores.edits).toMatchObject({ unit: "words", deletions: 10, length: 320, rate: 10 / 320 });
    expect(scoreWritten(["HH AH0"], ["HH EH1"], { edits: "words" }).edits?.rate).toBe(0.5);
    expect(scoreWritten(["abc"], ["abd"], { edits: "characters" }).edits).toMatchObject({ length: 3 });
    expect(scoreWritten(some, references)).not.toHaveProperty("edits");
  });

  test("of several references, the one with the fewest edits counts", () => {
    const { edits } = scoreWritten(["a b"], [["x y", "a c d", "a b c"]], { edits: "words" });
    expect(edits).toMatchObject({ deletions: 1, substitutions: 0, length: 3 });
  });

  test("intervals hold their values and are narrower with more texts", () => {
    const many = scoreWritten(
      [...some, ...some, ...some, ...some],
      [...references, ...references, ...references, ...references],
    );
    for (const metric of ["chrf", "bleu"] as const) {
      const [low, high] = scores[metric].ci95!;
      expect(low).toBeLessThan(scores[metric].value);
      expect(high).toBeGreaterThan(scores[metric].value);
      // Four times the texts: half the width.
      const [from, to] = many[metric].ci95!;
      expect((high - low) / (to - from)).toBeCloseTo(2, 0);
    }
  });

  test("the same seed draws the same samples", () => {
    expect(scoreWritten(some, references).bleu.ci95).toEqual(scores.bleu.ci95);
    expect(scoreWritten(some, references, { seed: 1 }).bleu.ci95).not.toEqual(scores.bleu.ci95);
  });

  test("few texts or groups have no interval", () => {
    const nine = scoreWritten(some.slice(0, 9), references.slice(0, 9));
    expect([nine.chrf.ci95, nine.bleu.ci95]).toEqual([null, null]);
    // BLEU needs 30 texts, chrF 10.
    const twenty = scoreWritten(some.slice(0, 20), references.slice(0, 20));
    expect(twenty.chrf.ci95).not.toBeNull();
    expect(twenty.bleu.ci95).toBeNull();
    const groups = references.map((_, i) => `${i % 9}`);
    const grouped = scoreWritten(some, references, { groups });
    expect(grouped).toMatchObject({
      groups: 9,
      few_groups: true,
      chrf: { ci95: null },
      bleu: { ci95: null },
    });
  });

  test("intervals of groups whose texts are alike are wider", () => {
    // The texts of a group are either all right or all without a word.
    const groups = references.map((_, i) => `${i >> 2}`);
    const alike = references.map((text, i) => ((i >> 2) % 4 === 0 ? text.replace(" next", "") : text));
    const alone = scoreWritten(alike, references);
    const grouped = scoreWritten(alike, references, { groups });
    expect(grouped.groups).toBe(10);
    for (const metric of ["chrf", "bleu"] as const) {
      const width = ({ ci95 }: (typeof alone)[typeof metric]) => ci95![1] - ci95![0];
      expect(width(grouped[metric])).toBeGreaterThan(1.5 * width(alone[metric]));
    }
  });

  test("the worst texts are those with the lowest chrF, without exact matches", () => {
    const { worst } = scoreWritten(["good", "", `x${"y".repeat(400)}`, "bad "], ["good", "a", "xz", "bad"]);
    expect(worst.map(({ item }) => item)).toEqual([1, 2]);
    expect(worst[1]!.prediction).toHaveLength(301);
    expect(worst[1]).toMatchObject({ references: ["xz"], bleu: 0 });
  });

  test("texts that are all right have 100", () => {
    const { chrf, bleu, worst } = scoreWritten(references, references);
    // 1 if all signs are counted without an error of rounding.
    expect(chrf.value).toBe(100);
    expect(bleu.value).toBe(100);
    expect(bleu.ci95).toBeNull();
    expect(worst).toEqual([]);
  });

  test("empty texts and halves of surrogate pairs have scores", () => {
    expect(scoreWritten([""], [""])).toMatchObject({ chrf: { value: 0 }, exact_match: { value: 1 } });
    const broken = scoreWritten(["\ud800a"], ["a\udc00"], { edits: "characters", wordOrder: 2 });
    expect(broken.edits?.rate).toBe(1);
  });
});

describe("differences", () => {
  const gains = compareWritten(some, fewer, references, { edits: "words" });

  test("are those of the two scores", () => {
    const [a, b] = [scoreWritten(some, references), scoreWritten(fewer, references)];
    for (const metric of ["chrf", "bleu"] as const) {
      expect(gains[metric].a).toBeCloseTo(a[metric].value, 9);
      expect(gains[metric].b).toBeCloseTo(b[metric].value, 9);
      expect(gains[metric].difference).toBeCloseTo(a[metric].value - b[metric].value, 9);
      expect(gains[metric].signature).toBe(a[metric].signature);
    }
    expect(gains.exact_match).toMatchObject({ a: 0.75, b: 0.5, difference: 0.25 });
    expect(gains.edits!.difference).toBeCloseTo(-10 / 320, 12);
  });

  test("have a paired interval, which leaves out 0 where one system is as good in each text and better in some", () => {
    for (const metric of ["chrf", "bleu", "exact_match"] as const) {
      expect(gains[metric].ci95![0]).toBeGreaterThan(0);
      expect(gains[metric].p).toBeLessThan(0.01);
    }
    // As the differences of error rates are those of independent texts: −1/32 ± t(0.95, 39) · s / √40, s² = 40/39 · (1/4 · 3/4) / 8².
    const half = 2.0226909 * Math.sqrt(0.1875 / 64 / 39);
    const [low, high] = gains.edits!.ci95!;
    expect(low).toBeCloseTo(-1 / 32 - half, 6);
    expect(high).toBeCloseTo(-1 / 32 + half, 6);
  });

  test("of equal systems are 0, and of few groups have no interval", () => {
    const same = compareWritten(some, some, references);
    expect(same).toMatchObject({
      chrf: { difference: 0, ci95: null },
      bleu: { difference: 0, ci95: null, p: 1 },
    });
    const few = compareWritten(some, fewer, references, { groups: references.map((_, i) => `${i % 5}`) });
    expect(few).toMatchObject({
      groups: 5,
      few_groups: true,
      chrf: { ci95: null },
      bleu: { ci95: null, p: null },
    });
  });
});

describe("refuses", () => {
  test("other numbers of texts", () => {
    expect(refusal(() => scoreWritten(["a"], []))).toMatchObject({
      kind: "DataError",
      details: { predictions: 1, references: 0 },
    });
    expect(refusal(() => scoreWritten(["a"], ["a"], { groups: ["x", "y"] }))).toMatchObject({
      details: { groups: 2 },
    });
    expect(refusal(() => compareWritten(["a"], ["a", "b"], ["a"]))).toMatchObject({ kind: "DataError" });
  });

  test("no texts, no reference, and anything but texts", () => {
    for (const [predictions, given] of [
      [[], []],
      [["a"], [[]]],
      [["a"], [[1]]],
      [[null], ["a"]],
      [["a"], [undefined]],
      ["a", "a"],
    ] as unknown as [string[], string[]][])
      expect(
        refusal(() => scoreWritten(predictions, given)),
        JSON.stringify(predictions),
      ).toMatchObject({
        kind: "DataError",
      });
  });

  test("texts that are too long", () => {
    expect(refusal(() => scoreWritten(["a".repeat(10_000_001)], ["a"]))).toMatchObject({
      details: { characters: 10_000_001 },
    });
    const words = "a ".repeat(70_000);
    expect(refusal(() => scoreWritten([words], [words], { edits: "words" }))).toMatchObject({
      details: { unit: "words", reference: 70_000 },
    });
  });

  test("edits without a word to compare with", () => {
    expect(refusal(() => scoreWritten(["a"], [" "], { edits: "words" }))).toMatchObject({
      kind: "DataError",
    });
  });
});
