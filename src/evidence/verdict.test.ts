import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { compareRuns } from "./verdict.js";

/** Answers of one run: the first `right` of `n` are right, moved on by `shift`. */
const answers = (n: number, right: number, shift = 0) =>
  Array.from({ length: n }, (_, i) => (i + shift) % n < right);

test("a large gain is positive, and the sentence says by how much, on what", () => {
  const v = compareRuns({ a: { correct: [answers(100, 90)] }, b: { correct: [answers(100, 70)] } });
  expect(v).toMatchObject({ transfer: "positive", seeds: 1, items: 100, margin: 0.01 });
  expect(v.gain).toBeCloseTo(0.2, 12);
  expect(v.ci95[0]).toBeGreaterThan(0.1);
  expect(v.p).toBeLessThan(1e-5);
  expect(v.words).toMatch(
    /^Transfer helped: better than training from scratch by 20\.0 points \(95 % interval \+1\d\.\d to \+2\d\.\d; 100 test items, 1 seed\)\. One seed: how much another training run would differ is not in the interval\.$/,
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
    /^Undecided: transfer was 4\.0 points above training from scratch, which chance can explain \(95 % interval .*; 50 test items, 1 seed\)\. This amount of data shows gains of \d+\.\d points or more; about [\d,]+ test items would tell\./,
  );
  expect(v.detectable).toBeGreaterThan(v.ci95[1] - v.gain);
});

test("the same answers on many items are neutral, on few they are not", () => {
  const many = compareRuns({
    a: { correct: [answers(2000, 1500)] },
    b: { correct: [answers(2000, 1500)] },
  });
  expect(many.transfer).toBe("neutral");
  expect(many.words).toMatch(
    /^Transfer made no difference that matters: 0\.0 points against training from scratch, within ± 1\.0 point \(/,
  );
  const few = compareRuns({ a: { correct: [answers(60, 45)] }, b: { correct: [answers(60, 45)] } });
  expect(few.transfer).toBe("inconclusive");
  expect(few.words).toContain("Undecided: transfer and training from scratch were right equally often");
});

test("a gain that is real but smaller than the margin is neutral", () => {
  const v = compareRuns({
    a: { correct: [answers(4000, 3020)] },
    b: { correct: [answers(4000, 3000)] },
    margin: 0.02,
  });
  expect(v.ci95[0]).toBeGreaterThan(0);
  expect(v.transfer).toBe("neutral");
});

test("fewer than 20 items: the sentence leads with it", () => {
  const v = compareRuns({ a: { correct: [answers(8, 8)] }, b: { correct: [answers(8, 1)] } });
  expect(v.words).toMatch(/^Only 8 test items: little can be said\. /);
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
