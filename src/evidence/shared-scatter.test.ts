import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { seededDifference, studentQuantile } from "../evaluate/index.js";
import { sharedScatter } from "./shared-scatter.js";

/** Answers of trainings that are right on these shares of the items. */
const answers = (shares: readonly number[], key: string, items = 200): boolean[][] =>
  shares.map((share, k) =>
    Array.from({ length: items }, (_, i) => {
      const own = draws(3, key, k, i);
      return (own.chance(0.7) ? draws(3, "item", i).uniform() : own.uniform()) < share;
    }),
  );

test("of pairs that scatter alike, each has the interval of its own scatter with more degrees of freedom", () => {
  const pair = [answers([0.5, 0.6, 0.8], "a"), answers([0.7, 0.6, 0.5], "b")] as const;
  const own = seededDifference(...pair);
  const [one] = sharedScatter([pair, pair]);
  // s̃² = s²: the same standard error, and t of at least 2 + 4 degrees of freedom in place of at least 2.
  expect(one!.gain).toBe(own.gain);
  const half = (one!.ci95[1] - one!.ci95[0]) / 2;
  expect(half / own.standardError).toBeGreaterThan(studentQuantile(0.95, Number.POSITIVE_INFINITY));
  expect(half / own.standardError).toBeLessThan(studentQuantile(0.95, 6));
  expect(own.degreesOfFreedom).toBeLessThan(3);
});

test("three seeds that agree by luck do not pass for certain where the others scatter", () => {
  const lucky = [answers([0.7, 0.7, 0.7], "c"), answers([0.6, 0.6, 0.6], "d")] as const;
  const wild = [answers([0.4, 0.6, 0.8], "e"), answers([0.8, 0.6, 0.4], "f")] as const;
  expect(seededDifference(...lucky).p).toBeLessThan(0.05);
  expect(sharedScatter([lucky, wild, wild, wild])[0]!.p).toBeGreaterThan(0.1);
});

test("false alarms at the level of nine comparisons are as rare as p says, from three seeds", () => {
  // Nine differences of ten trainings that are the same distribution: accuracies 0.6 ± 0.1, as of half trained networks.
  const repeats = 25;
  let alarms = 0;
  for (let r = 0; r < repeats; r++) {
    const d = draws(4, "accuracy", r);
    const ways = Array.from({ length: 10 }, (_, w) =>
      answers(
        [0, 1, 2].map(() => 0.6 + 0.1 * d.normal()),
        `${r} ${w}`,
        100,
      ),
    );
    const pairs = ways.slice(1).map((b, w) => [ways[w]!, b] as const);
    const level = 0.05 / 9;
    if (sharedScatter(pairs).some(({ p }) => p < level)) alarms++;
  }
  // 5 % of 25 are 1.25; five or more come once in a hundred times.
  expect(alarms).toBeLessThan(5);
}, 240_000);
