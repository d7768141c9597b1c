import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { curveNotes, curveNoteWords } from "./curve-words.js";
import { type CurveRun, readCurve } from "./learning-curve.js";

const sizes = [20, 40, 80, 160, 320];
/** Runs whose errors follow given laws: the first items are wrong, so errors are shared. */
function runs(transfer: (n: number) => number, scratch: (n: number) => number, over = sizes): CurveRun[] {
  const items = 1000;
  const answers = (error: number): number[] =>
    Array.from({ length: items }, (_, i) => Number(i >= Math.round(error * items)));
  return over.flatMap((size) =>
    [0, 1, 2].map((seed) => {
      const luck = 0.004 * draws(seed, "luck", size).normal();
      return {
        size,
        seed,
        transfer: answers(transfer(size) + luck),
        scratch: answers(scratch(size) - luck),
        seconds: { transfer: 2, scratch: 30 },
      };
    }),
  );
}

const halved = (n: number): number => 0.5 * n ** -0.5;
const reachesAt400 = (n: number): number => n ** -0.5;
const reachesAt1600 = (n: number): number => 2 * n ** -0.5;

test("how many items each needs for the same accuracy, and how many times as many from scratch", () => {
  // .5 · n^-.5 is .05 at 100 items; n^-.5 at 400.
  const read = readCurve(runs(halved, reachesAt400), { target: 0.95, what: "pictures" });
  const { transfer, scratch, times } = read.needed;
  expect(transfer.items).toBeGreaterThan(70);
  expect(transfer.items).toBeLessThan(140);
  expect(transfer.extrapolated).toBe(false);
  expect(scratch.items).toBeGreaterThan(300);
  expect(scratch.items).toBeLessThan(560);
  expect(scratch.extrapolated).toBe(true);
  expect(times!.times).toBeCloseTo(scratch.items! / transfer.items!, 1);
  expect(times!.ci95![0]).toBeLessThan(4);
  expect(times!.ci95![0]).toBeGreaterThan(1);
  expect(read.words).toMatch(
    /^95 % takes about \d+ pictures with transfer \(from \d+ to \d+\) and about \d+ from scratch \(from \d+ to (\d+|more than 640)\), extrapolated beyond the 320 measured: (at least [\d.]+|[\d.]+ to [\d.]+) times as many\. On 320 pictures training took 2\.0 s with transfer and 30 s from scratch\.$/,
  );
  for (const { transfer: t, scratch: s, gain } of read.sizes)
    expect(gain.mean).toBeCloseTo(t.mean - s.mean, 12);
  expect(read.sizes.every(({ gain }) => gain.ci95![0] > 0)).toBe(true);
});

test("nothing is extrapolated further than to twice the largest size", () => {
  // 2 · n^-.5 is .05 at 1,600 items, five times the largest size.
  const read = readCurve(runs(halved, reachesAt1600), { target: 0.95, what: "pictures" });
  const { scratch, times } = read.needed;
  expect(scratch.items).toBeNull();
  expect(scratch.ci95![1]).toBeNull();
  // From scratch takes more than 640, transfer about 100, and its range is open beyond 200: at least 640 / 200 times as
  // many.
  expect(times!.times).toBeNull();
  expect(times!.ci95![0]).toBeGreaterThan(3.2);
  expect(times!.ci95![1]).toBeNull();
  expect(read.words).toMatch(
    /and (probably )?more than 640 from scratch( \(at least \d+\))?, twice the largest size and so not measured: at least [\d.]+ times as many\./,
  );
});

test("one seed has no interval: the variation between trainings is unknown", () => {
  const one = runs(halved, reachesAt400).filter(({ seed }) => seed === 0);
  const read = readCurve(one, { target: 0.95, what: "pictures" });
  expect(read.needed.transfer.ci95).toBeNull();
  expect(read.needed.times!.ci95).toBeNull();
  expect(read.words).toMatch(
    /^95 % takes about \d+ pictures with transfer and about \d+ from scratch, extrapolated beyond the 320 measured: [\d.]+ times as many\. This is one training of each size, so no range is known: --seeds 3 gives one\./,
  );
});

test("if both need the same number of samples, transfer may have saved none", () => {
  const read = readCurve(runs(halved, halved), { target: 0.95, what: "pictures" });
  const [low, high] = read.needed.times!.ci95!;
  expect(low).toBeLessThan(1);
  expect(high === null || high > 1).toBe(true);
  expect(read.words).toContain("; transfer may have saved none.");
});

test("the sizes share the test items: harder ones move the whole curve, and the interval holds that", () => {
  // The seeds agree, so the variation is that of 100 test items: ± 1.96 · √(.1 · .9 / 100) = ± .059 around an error of
  // .1, which .5 · n^-.5 has at 25 items. It has an error of .041 at 149 items and of .159 at 10, so the interval must
  // be about that wide.
  const few = sizes.flatMap((size) =>
    [0, 1, 2].map((seed) => {
      const scores = Array.from({ length: 100 }, (_, i) => Number(i >= Math.round(100 * halved(size))));
      return { size, seed, transfer: scores, scratch: scores, seconds: { transfer: 1, scratch: 1 } };
    }),
  );
  const [low, high] = readCurve(few, { target: 0.9 }).needed.transfer.ci95!;
  expect(low!).toBeLessThan(18);
  expect(high!).toBeGreaterThan(40);
});

test("groups are resampled as a whole: ten groups of equal predictions count as ten items", () => {
  const scores = (error: number): number[] => Array.from({ length: 500 }, (_, i) => Number(i >= 500 * error));
  const grouped = (groups?: number[]) =>
    sizes.flatMap((size) =>
      [0, 1, 2].map((seed) => ({
        ...{ size, seed, transfer: scores(halved(size)), scratch: scores(reachesAt400(size)) },
        ...(groups && { groups }),
        seconds: { transfer: 1, scratch: 1 },
      })),
    );
  const width = (groups?: number[]): number => {
    const [low, high] = readCurve(grouped(groups), { target: 0.9 }).needed.transfer.ci95!;
    return (high ?? 640) - low!;
  };
  expect(width(Array.from({ length: 500 }, (_, i) => Math.floor(i / 50)))).toBeGreaterThan(1.5 * width());
  const few = readCurve(grouped(Array.from({ length: 500 }, (_, i) => Math.floor(i / 56))), { target: 0.9 });
  expect(few).toMatchObject({
    few_groups: true,
    needed: { transfer: { ci95: null }, times: { ci95: null } },
  });
  const notes = (shots?: number) => {
    const sizes = few.sizes.map((size) => ({ ...size, ...(shots && { shots }) }));
    const facts = {
      ...few,
      seeds: [0, 1],
      unit: "pictures",
      validation_items: 9,
      metric: "accuracy",
      same_test: true,
      sizes,
      runs: [],
    } as const;
    return curveNoteWords(curveNotes(facts), facts).at(-1);
  };
  expect(notes()).toBe("The ± of accuracies are over seeds alone.");
  // Intervals over draws need groups.
  expect(notes(5)).toBe(
    "The accuracies have no ±: the test pictures are of too few groups, and a ± needs 10.",
  );
  expect(few.words).toContain("The test items are of too few groups for a range, which needs 10.");
});

test("without a target it is the highest multiple of 5 points that transfer reaches", () => {
  expect(
    readCurve(
      runs(
        (n) => 0.5 * n ** -0.5,
        (n) => 2 * n ** -0.5,
      ),
    ).target,
  ).toBe(0.95);
  expect(
    readCurve(
      runs(
        () => 0.38,
        () => 0.5,
      ),
    ).target,
  ).toBe(0.6);
});

test("a curve without a law is not extrapolated, one that levels off says where", () => {
  const flat = readCurve(
    runs(
      (n) => 0.5 * n ** -0.5,
      () => 0.8,
    ),
    { target: 0.9 },
  );
  expect(flat.needed.scratch).toMatchObject({ items: null, ci95: null, sentence: "no law" });
  expect(flat.words).toContain("from scratch, accuracy does not follow a power law over these sizes");
  const level = readCurve(
    runs(
      (n) => 0.5 * n ** -0.5,
      (n) => 0.2 + 3 / n,
    ),
    { target: 0.95 },
  );
  expect(level.words).toMatch(/from scratch, the curve levels off at \d\d\.\d %, below 95 %/);
});

test("three sizes have no law, and say how many it takes", () => {
  const read = readCurve(
    runs(
      (n) => 0.5 * n ** -0.5,
      (n) => 2 * n ** -0.5,
      [20, 40, 80],
    ),
  );
  expect(read.laws).toEqual({ transfer: null, scratch: null });
  expect(read.words).toContain("With 3 sizes no law is fitted: 4 or more");
});

test("with F1 as the score, the same laws are fitted, and sentences name F1", () => {
  const scores = runs(halved, (n) => 0.2 + 3 / n);
  const how = { target: 0.95, what: "texts" };
  const [read, same] = [readCurve(scores, { ...how, metric: "f1" }), readCurve(scores, how)];
  expect(read.laws).toEqual(same.laws);
  expect(read.needed).toEqual(same.needed);
  expect(read.sizes).toEqual(same.sizes);
  expect(read.words).toMatch(/^F1 0\.95 takes about \d+ texts with transfer \(from \d+ to \d+\); /);
  expect(read.words).toMatch(/from scratch, the curve levels off at F1 0\.\d{3}, below F1 0\.95/);
  const flat = readCurve(
    scores.map((run) => ({ ...run, scratch: Array.from({ length: 1000 }, (_, i) => Number(i < 200)) })),
    { ...how, metric: "f1" },
  );
  expect(flat.words).toContain("from scratch, F1 does not follow a power law over these sizes");
});

test("a separate test split for each seed: shared samples make the interval wider", () => {
  const all = runs(halved, reachesAt400);
  const width = (rest?: number): number => {
    const { needed } = readCurve(all, { target: 0.9, ...(rest !== undefined && { rest }) });
    return needed.transfer.ci95![1]! - needed.transfer.ci95![0]!;
  };
  // Half of the pool is shared, against almost none.
  expect(width(1000)).toBeGreaterThan(width(1e9));
});

test("drawn labels: the interval adds the variance between draws and that of the test items", () => {
  // Two draws of 4 items. Rows: 1 1 1 0 and 1 1 0 0, so the means are .75 and .5, and their mean is .625.
  // MS_draws = 4 · 2 · .125² / 1 = .125.  Item means 1, 1, .5, 0: Σ (x̄ᵢ − .625)² = .6875, MS_items = 2 · .6875 / 3 = .458333.
  // All squares around .625: 5 · .140625 + 3 · .390625 = 1.875; the rest is 1.875 − .125 − 1.375 = .375, MS_both = .125.
  // half² = t(1)² · .125 / 8 + t(3)² · (.458333 − .125) / 8, with t(1) = 12.7062 and t(3) = 3.18245: 2.94453 → half 1.71596.
  const rows = [
    [1, 1, 1, 0],
    [1, 1, 0, 0],
  ];
  const drawn = rows.map((transfer, seed) => ({
    ...{ size: 10, seed, transfer, scratch: [0, 0, 0, 0], seconds: { transfer: 1, scratch: 1 } },
  }));
  const { sizes: read } = readCurve(drawn, { shots: new Map([[10, 5]]) });
  expect(read[0]).toMatchObject({ shots: 5, transfer: { mean: 0.625, ci95: [0, 1] } });
  const wide = readCurve(
    drawn.map((run) => ({ ...run, transfer: run.transfer.map((v) => 10 * v - 20) })),
    { shots: new Map([[10, 5]]), metric: "r2" },
  ).sizes[0]!.transfer;
  expect(wide.plus_minus).toBeCloseTo(17.1596, 3);
  // Over draws alone, ± t(1) · .25 / √2 / √2 = 1.588.
  const alone = readCurve(drawn).sizes[0]!.transfer;
  expect(alone.plus_minus).toBeCloseTo(1.5883, 3);
});
