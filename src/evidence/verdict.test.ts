import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { plannedError } from "../evaluate/planned-error.js";
import { studentQuantile } from "../statistics/distributions.js";
import { needed, neededWords } from "./needed.js";
import { compareRuns } from "./verdict.js";

/** Answers of one run: the first `right` of `n` are right, moved on by `shift`. */
const answers = (n: number, right: number, shift = 0) =>
  Array.from({ length: n }, (_, i) => (i + shift) % n < right);

test("a large gain is positive, and the sentence says by how much, on what", () => {
  const v = compareRuns({ a: { correct: [answers(100, 90)] }, b: { correct: [answers(100, 70)] } });
  expect(v).toMatchObject({ transfer: "positive", seeds: 1, items: 100, margin: 0.01 });
  expect(v.gain).toBeCloseTo(0.2, 12);
  // 1.96 · 0.07 = 0.137 and the items' own side, by Pythagoras
  const alone = compareRuns({
    a: { correct: [answers(100, 90)] },
    b: { correct: [answers(100, 70)] },
    scatter: 0,
  });
  expect(v.gain - v.ci95[0]).toBeCloseTo(Math.hypot(alone.gain - alone.ci95[0], 1.959964 * 0.07), 6);
  expect(v.scatter_assumed).toBe(0.07);
  // z = 0.2 / √(0.17 / 100 + 0.07²) = 2.46, with 20 + 1 disagreements less the square of the gain
  expect(v.p).toBeCloseTo(0.0138, 4);
  expect(alone.p).toBeLessThan(1e-5);
  expect(alone.words).toMatch(
    /One seed: how much another training run would differ is not in the interval\.$/,
  );
  expect(v.words).toMatch(
    /^Transfer helped: better than training from scratch by 20\.0 points \(95 % interval \+\d\.\d to \+3\d\.\d; 100 test items, 1 seed\)\. One seed: that other seeds would move it by 7\.0 points \(standard deviation\) is assumed, not measured\.$/,
  );
});

test("a large loss is negative", () => {
  const v = compareRuns({ a: { correct: [answers(100, 60)] }, b: { correct: [answers(100, 80)] } });
  expect(v.transfer).toBe("negative");
  expect(v.words).toMatch(/^Transfer hurt: worse than training from scratch by 20\.0 points/);
});

test("a small gain on few items is inconclusive, and the sentence says what would tell", () => {
  const v = compareRuns({ a: { correct: [answers(50, 40)] }, b: { correct: [answers(50, 38, 1)] } });
  expect(v.transfer).toBe("inconclusive");
  expect(v.words).toMatch(
    /^Undecided: transfer was 4\.0 points above training from scratch, which chance can explain \(95 % interval .*; 50 test items, 1 seed\)\. This amount of data shows gains of \d+\.\d points or more\. .* would tell\. One seed:/,
  );
  expect(v.detectable).toBeGreaterThan(v.ci95[1] - v.gain);
});

test("the same answers on many items are neutral, on few they are not", () => {
  const many = compareRuns({
    a: { correct: [answers(2000, 1500)] },
    b: { correct: [answers(2000, 1500)] },
    scatter: 0,
  });
  expect(many.transfer).toBe("neutral");
  expect(many.words).toMatch(
    /^Transfer made no difference that matters: 0\.0 points against training from scratch, within ± 1\.0 point \(/,
  );
  const few = compareRuns({ a: { correct: [answers(60, 45)] }, b: { correct: [answers(60, 45)] } });
  expect(few.transfer).toBe("inconclusive");
  expect(few.words).toContain("Undecided: transfer and training from scratch were right equally often");
});

test("one seed cannot tell that there is nothing: what others would give is not known", () => {
  const same = { correct: [answers(2000, 1500)] };
  expect(compareRuns({ a: same, b: same }).transfer).toBe("inconclusive");
});

test("a gain that is real but smaller than the margin is neutral", () => {
  const v = compareRuns({
    a: { correct: [answers(4000, 3020)] },
    b: { correct: [answers(4000, 3000)] },
    margin: 0.02,
    scatter: 0,
  });
  expect(v.ci95[0]).toBeGreaterThan(0);
  expect(v.transfer).toBe("neutral");
});

test("fewer than 20 items: the sentence leads with it", () => {
  const v = compareRuns({ a: { correct: [answers(8, 8)] }, b: { correct: [answers(8, 1)] } });
  expect(v.words).toMatch(/^Only 8 test items: little can be said\. /);
});

test("a class with fewer than 10 test items, or none: the sentence leads with it", () => {
  const runs = { a: { correct: [answers(100, 90)] }, b: { correct: [answers(100, 70)] } };
  const of = (...items: number[]) =>
    compareRuns({ ...runs, classes: items.map((n, i) => ({ name: "abc"[i]!, items: n })) });
  expect(of(60, 4, 36).words).toMatch(
    /^Only 4 test items of class "b": little can be said\. Transfer helped/,
  );
  expect(of(60, 4, 36).few).toBe(true);
  expect(of(60, 40, 0).words).toMatch(/^No test item of class "c": nothing can be said of it\. /);
  expect(of(60, 30, 10)).not.toHaveProperty("few");
});

test("names of other things can be compared", () => {
  const v = compareRuns({
    a: { correct: [answers(100, 90)] },
    b: { correct: [answers(100, 70)] },
    names: { a: "fine-tuning", b: "the probe" },
  });
  expect(v.words).toMatch(/^Fine-tuning helped: better than the probe by 20\.0 points/);
});

/** K runs a side with a spread between seeds, on items of different difficulty. */
function simulate(seeds: number, n: number, gain: number, draw: number) {
  const items = draws(5, "items", draw);
  const difficulty = Array.from({ length: n }, () => 0.4 + 0.4 * items.uniform());
  const noise = draws(6, "answers", draw);
  const side = (lift: number) => ({
    correct: Array.from({ length: seeds }, () => {
      const skill = lift + 0.03 * noise.normal();
      return difficulty.map((p) => noise.chance(p + skill));
    }),
  });
  return { a: side(gain / 2), b: side(-gain / 2) };
}

test("three seeds: few false alarms when nothing differs, and most real gains are found", () => {
  let alarms = 0;
  let found = 0;
  const repeats = 40;
  for (let r = 0; r < repeats; r++) {
    const none = compareRuns(simulate(3, 150, 0, r)).transfer;
    if (none === "positive" || none === "negative") alarms++;
    if (compareRuns(simulate(3, 150, 0.2, r)).transfer === "positive") found++;
  }
  // At 5 % of 40, 2 are expected; 7 or more happen once in a hundred.
  expect(alarms).toBeLessThan(7);
  expect(found / repeats).toBeGreaterThan(0.6);
});

test("several seeds: the seeds are named and no warning about one seed stands", () => {
  const v = compareRuns(simulate(3, 150, 0.3, 1));
  expect(v.seeds).toBe(3);
  expect(v.words).toContain("150 test items, 3 seeds");
  expect(v.words).not.toContain("One seed");
});

test("what would tell comes from the variances: more seeds where those differ, more items where these do", () => {
  const scattered = compareRuns(simulate(3, 400, 0, 1));
  expect(scattered.transfer).toBe("inconclusive");
  const { variances, needed, seeds, items } = scattered;
  // SE² = σ²_seeds / K + σ²_items / N + σ²_both / (K N), as the interval has it
  const { degreesOfFreedom: df, standardError } = plannedError(variances!, seeds, items);
  expect(standardError ** 2).toBeCloseTo(
    variances!.seeds / 3 + variances!.items / 400 + variances!.both / 1200,
    12,
  );
  expect(df).toBeCloseTo(scattered.degrees_of_freedom!, 6);
  expect(studentQuantile(0.95, df) * standardError).toBeCloseTo(scattered.ci95[1] - scattered.gain, 6);
  // A power of four in five: a t that is 0.8 of all t's below
  expect(scattered.detectable).toBeCloseTo(
    (studentQuantile(0.95, df) + studentQuantile(0.6, df)) * standardError,
    12,
  );
  expect(scattered.words.endsWith(neededWords(needed!, { seeds, items }))).toBe(true);
});

test("how many are needed: the smallest number whose interval leaves 0 out", () => {
  const only = (items: number, seeds: number, both: number) => ({ items, seeds, both });
  const at = (variances: ReturnType<typeof only>, gain: number, seeds = 3) =>
    needed(variances, { gain, margin: 0.01, seeds, items: 100 });
  // 1.96² · 0.2 / 0.05² = 307 items
  expect(at(only(0.2, 0, 0), 0.05)).toEqual({ items: 310, seeds: null });
  // t(0.95, 5) · 0.05 / √6 = 0.0525, t(0.95, 6) · 0.05 / √7 = 0.0462
  expect(at(only(0, 0.0025, 0), 0.05)).toEqual({ items: null, seeds: 7 });
  // Seeds that differ and items that do: neither alone
  expect(at(only(0.4, 0.003, 0), 0.05)).toEqual({
    items: null,
    seeds: null,
    together: { items: expect.any(Number), seeds: 10 },
  });
  // Nothing to tell but that there is nothing: 1.96² · 0.2 / 0.01²
  expect(at(only(0.2, 0, 0), 0)).toEqual({ items: 7700, seeds: null });
  expect(neededWords(at(only(0, 1, 0), 0.001), { seeds: 3, items: 100 })).toBe(
    "No amount of data that can be had would tell so small a difference.",
  );
  expect(neededWords({ items: 1300, seeds: 7 }, { seeds: 3, items: 150 })).toBe(
    "About 1,300 test items with these 3 seeds or 7 seeds on these 150 items would tell.",
  );
});

test("bad input is an error with the values that disagree", () => {
  const one = { correct: [answers(10, 5)] };
  expect(() => compareRuns({ a: one, b: { correct: [] } })).toThrow(
    "both need the same number of runs, at least one, got 1 and 0",
  );
  expect(() => compareRuns({ a: { correct: [] }, b: { correct: [] } })).toThrow("got 0 and 0");
  expect(() => compareRuns({ a: one, b: { correct: [answers(9, 5)] } })).toThrow(
    "both must be scored on the same items, got 10 and 9",
  );
  expect(() => compareRuns({ a: { correct: [[]] }, b: { correct: [[]] } })).toThrow(
    "there are no items to compare on",
  );
  expect(() => compareRuns({ a: one, b: one, margin: 1.5 })).toThrow(
    "margin must be from 0 to below 1 (0.01 is one point), got 1.5",
  );
});
