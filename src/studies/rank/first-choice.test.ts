import { expect, test } from "vitest";
import type { HeldOutProbe } from "../../transferability/probe-accuracy.js";
import { compareFirstTwo, firstChoice, shownProbe } from "./first-choice.js";
import type { RankedBase } from "./rank.js";

/** 90 samples of three classes. */
const labels = Int32Array.from({ length: 90 }, (_, i) => i % 3);
const probe = (isRight: (i: number) => boolean): HeldOutProbe => ({
  right: Uint8Array.from(labels, (_, i) => (isRight(i) ? 1 : 0)),
  folds: 5,
});
const [good, alike, random] = [
  probe((i) => i % 10 !== 0),
  probe((i) => i % 10 !== 1 && i !== 0),
  probe((i) => i % 5 < 2),
];
const shown = shownProbe(labels, 3, undefined);
const base = (name: string, held: HeldOutProbe, mean_rank: number): RankedBase =>
  ({
    ...{ name, mean_rank, shown: shown(held) },
    scores: { probe: { value: held.right.reduce((sum, one) => sum + one, 0) / 90, ms: 0 } },
  }) as unknown as RankedBase;
const said = (first: HeldOutProbe, second: HeldOutProbe) =>
  firstChoice(
    [base("one", first, 1), base("two", second, 2)],
    compareFirstTwo(first, second, undefined),
    "image-classification",
  );

test("a probe beside random labels is not better than guessing, and the ranking says that nothing was learnt", () => {
  // Right for 40 % of three equal classes; Wilson's interval of 90 / 2.25 = 40 samples begins below a third.
  expect(shown(random)).toMatchObject({
    ...{ value: 0.4, better_than_guessing: null },
    guessing: { name: "majority", value: 1 / 3 },
  });
  expect(shown(random).ci95![0]).toBeCloseTo(0.2635, 3);
  expect(shown(good).better_than_guessing).toBe(true);
  for (const bases of [[base("one", random, 1)], [base("one", random, 1), base("two", random, 2)]])
    expect(firstChoice(bases, undefined, "image-classification")).toMatch(/nothing that was learnt/);
  expect(firstChoice([base("one", good, 1)], undefined, "image-classification")).toBeUndefined();
});

test("two bases are told apart by the paired interval of their probes only", () => {
  const near = compareFirstTwo(good, alike, undefined);
  expect(near.told_apart).toBe(false);
  expect(near.ci95![0]).toBeLessThan(0);
  expect(said(good, alike)).toMatch(/^one is not told apart from two \(/);
  const far = compareFirstTwo(good, random, undefined);
  expect(far.told_apart).toBe(true);
  expect(said(good, random)).toMatch(/^First choice: one, ahead of two \(/);
  // A first base by 1-NN can have the lower probe.
  expect(compareFirstTwo(random, good, undefined).told_apart).toBe(false);
});

test("few groups have no interval, so nothing is told apart", () => {
  const groups = Array.from(labels, (_, i) => `group ${i % 6}`);
  expect(compareFirstTwo(good, random, groups)).toMatchObject({ ci95: null, told_apart: false });
  expect(shownProbe(labels, 3, groups)(good)).toMatchObject({ value: null, better_than_guessing: null });
  expect(shown(undefined)).toMatchObject({ value: null, ci95: null, better_than_guessing: null });
  expect(compareFirstTwo(undefined, good, undefined)).toEqual({ gain: null, ci95: null, told_apart: false });
});
