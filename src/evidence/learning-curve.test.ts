import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { type CurveRun, readCurve } from "./learning-curve.js";

const sizes = [20, 40, 80, 160, 320];
/** Answers of runs whose errors follow given laws: the first items are wrong, so that items are shared. */
function runs(transfer: (n: number) => number, scratch: (n: number) => number, over = sizes): CurveRun[] {
  const items = 1000;
  const answers = (error: number): boolean[] =>
    Array.from({ length: items }, (_, i) => i >= Math.round(error * items));
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

test("how many items each needs for the same accuracy, and what lies beyond the measured sizes is marked", () => {
  // .5 · n^-.5 is .05 at 100 items; 2 · n^-.5 at 1,600.
  const read = readCurve(
    runs(
      (n) => 0.5 * n ** -0.5,
      (n) => 2 * n ** -0.5,
    ),
    { target: 0.95, what: "pictures" },
  );
  const { transfer, scratch } = read.needed;
  expect(transfer.items).toBeGreaterThan(70);
  expect(transfer.items).toBeLessThan(140);
  expect(transfer.extrapolated).toBe(false);
  expect(scratch.items).toBeGreaterThan(1000);
  expect(scratch.items).toBeLessThan(2600);
  expect(scratch.extrapolated).toBe(true);
  expect(read.words).toMatch(
    /^Transfer reaches 95 % with about \d+ \(95 %: \d+ to \d+\) pictures; from scratch needs about [\d,]+ \(95 %: [\d,]+ to ([\d,]+|no bound)\), extrapolated beyond the 320 measured\. That is \d+\.\d times as many\. On 320 pictures training took 2\.0 s with transfer and 30 s from scratch\.$/,
  );
  for (const { transfer: t, scratch: s, gain } of read.sizes)
    expect(gain.mean).toBeCloseTo(t.mean - s.mean, 12);
  expect(read.sizes.every(({ gain }) => gain.ci95![0] > 0)).toBe(true);
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
  expect(flat.needed.scratch).toEqual({ items: null, ci95: [null, null], extrapolated: false });
  expect(flat.words).toContain("from scratch: its accuracy does not follow a power law over these sizes");
  const level = readCurve(
    runs(
      (n) => 0.5 * n ** -0.5,
      (n) => 0.2 + 3 / n,
    ),
    { target: 0.95 },
  );
  expect(level.words).toMatch(/from scratch: its curve levels off at \d\d\.\d %, below 95 %/);
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

test("where F1 is the score, the same laws are read of it, in its words", () => {
  const scores = runs(
    (n) => 0.5 * n ** -0.5,
    (n) => 0.2 + 3 / n,
  );
  const share = (right: CurveRun["transfer"]): number =>
    typeof right === "number" ? right : right.filter(Boolean).length / right.length;
  const asF1 = scores.map((run) => ({ ...run, transfer: share(run.transfer), scratch: share(run.scratch) }));
  const how = { target: 0.95, what: "texts" };
  const [read, same] = [readCurve(asF1, { ...how, f1: { items: 1000 } }), readCurve(scores, how)];
  expect(read.laws).toEqual(same.laws);
  expect(read.needed).toEqual(same.needed);
  expect(read.sizes).toEqual(same.sizes);
  expect(read.words).toMatch(/^Transfer reaches F1 0\.95 with about \d+ \(95 %: \d+ to \d+\) texts; /);
  expect(read.words).toMatch(/from scratch: its curve levels off at F1 0\.\d{3}, below F1 0\.95/);
  const flat = readCurve(
    asF1.map((run) => ({ ...run, scratch: 0.2 })),
    { ...how, f1: { items: 1000 } },
  );
  expect(flat.words).toContain("from scratch: its F1 does not follow a power law over these sizes");
});

test("fewer items with a part in F1 make the interval wider", () => {
  const scores = sizes.flatMap((size) =>
    [0, 1, 2].map((seed) => ({
      ...{ size, seed, seconds: { transfer: 1, scratch: 1 } },
      transfer: 1 - 0.5 * size ** -0.5,
      scratch: 1 - 2 * size ** -0.5,
    })),
  );
  const width = (items: number): number => {
    const [low, high] = readCurve(scores, { target: 0.9, f1: { items } }).needed.transfer.ci95;
    return high! - low!;
  };
  expect(width(100)).toBeGreaterThan(width(10_000));
});
