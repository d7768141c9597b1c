import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { aDistance } from "./a-distance.js";
import { mmd } from "./distances.js";
import { kliep, solveKliep } from "./kliep.js";

// From SciPy and NumPy, scripts/golden/make-adaptation.py.
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/adaptation.json", import.meta.url), "utf8"),
) as {
  kliep: readonly { k: number; rows: number[]; means: number[]; alpha: number[]; likelihood: number }[];
  mmd: readonly {
    n: number;
    m: number;
    d: number;
    x: number[];
    y: number[];
    bandwidth: number;
    value: number;
  }[];
};

/** Normal rows around (shift, 0, …). */
function rows(n: number, width: number, shift: number, key: string): Float32Array {
  const draw = draws(1, key);
  return Float32Array.from({ length: n * width }, (_, i) => draw.normal() + (i % width === 0 ? shift : 0));
}

test.each(golden.mmd)("MMD² of $n and $m rows is NumPy's, with the median squared distance", (known) => {
  const { value, bandwidth } = mmd(Float32Array.from(known.x), Float32Array.from(known.y), known.d);
  expect(bandwidth).toBeCloseTo(known.bandwidth, 10);
  expect(value).toBeCloseTo(known.value, 10);
});

test("MMD tells a shifted sample, and does not tell two halves of one", () => {
  expect(mmd(rows(60, 3, 0, "a"), rows(60, 3, 1.5, "b"), 3).p).toBeLessThan(0.01);
  expect(mmd(rows(60, 3, 0, "a"), rows(60, 3, 0, "c"), 3).p).toBeGreaterThan(0.05);
  expect(mmd(new Float32Array(12), new Float32Array(12), 3)).toEqual({ value: 0, p: 1, bandwidth: 0 });
});

test("the A-distance is near 2 for domains apart, near 0 for one domain, and says nothing of a handful of rows", () => {
  expect(aDistance(rows(100, 4, 0, "a"), rows(100, 4, 12, "b"), 4)!.value).toBeCloseTo(2, 1);
  const same = aDistance(rows(200, 4, 0, "a"), rows(150, 4, 0, "c"), 4)!;
  expect(same.n).toBe(150);
  expect(same.ci95[0]).toBeLessThan(0.2);
  expect(aDistance(rows(7, 4, 0, "a"), rows(100, 4, 9, "b"), 4)).toBeUndefined();
});

test("groups are held out as a whole, and the interval counts groups", () => {
  // 40 groups of one domain, whose 10 rows are near each other: a classifier that has seen a group knows its other rows.
  const grouped = (key: string) => {
    const centres = rows(40, 60, 0, key);
    const noise = rows(400, 60, 0, `${key} noise`);
    return {
      x: noise.map((v, at) => centres[Math.floor(at / 600) * 60 + (at % 60)]! + 0.1 * v),
      groups: Array.from({ length: 400 }, (_, i) => `${key} ${Math.floor(i / 10)}`),
    };
  };
  const [a, b] = [grouped("a"), grouped("b")];
  expect(aDistance(a.x, b.x, 60)!.value).toBeGreaterThan(1.5);
  const own = aDistance(a.x, b.x, 60, { groups: [a.groups, b.groups] })!;
  expect(own.value).toBeLessThan(1);
  expect(own.ci95[0]).toBeLessThan(0.3);
  // 80 groups are worth 80 to 800 rows.
  expect(own.effective).toBeLessThan(400);
  const few = (from: readonly string[]): string[] => from.map((_, i) => `${from[0]} ${i % 4}`);
  expect(aDistance(a.x, b.x, 60, { groups: [few(a.groups), few(b.groups)] })).toBeUndefined();
});

test("rows of a group stay on one side when MMD divides them: ten copies of a row are no evidence", () => {
  // 6 groups of one distribution in each domain, whose 10 rows are nearly equal.
  const grouped = (key: string) => {
    const centres = rows(6, 3, 0, key);
    const noise = rows(60, 3, 0, `${key} noise`);
    return {
      x: noise.map((v, at) => centres[Math.floor(at / 30) * 3 + (at % 3)]! + 0.05 * v),
      groups: Array.from({ length: 60 }, (_, i) => `${Math.floor(i / 10)}`),
    };
  };
  const [a, b] = [grouped("a"), grouped("b")];
  expect(mmd(a.x, b.x, 3).p).toBeLessThan(0.01);
  expect(mmd(a.x, b.x, 3, { groups: [a.groups, b.groups] }).p).toBeGreaterThan(0.1);
  // A shift of groups is seen, also if only one domain has them.
  const far = b.x.map((v) => v + 6);
  expect(mmd(a.x, far, 3, { groups: [a.groups, b.groups] }).p).toBeLessThan(0.05);
  expect(mmd(a.x, far, 3, { groups: [a.groups, undefined] }).p).toBeLessThan(0.01);
});

test("with more features than rows the A-distance of one domain is still small: every row is judged unseen", () => {
  // A classifier scored on its training rows would give 2.
  expect(aDistance(rows(20, 60, 0, "a"), rows(20, 60, 0, "b"), 60)!.value).toBeLessThan(0.8);
});

test.each(golden.kliep)(
  "KLIEP with $k centres reaches the maximum that sequential programming reaches",
  (known) => {
    const alpha = solveKliep(Float64Array.from(known.rows), Float64Array.from(known.means));
    const m = known.rows.length / known.k;
    let likelihood = 0;
    for (let j = 0; j < m; j++)
      likelihood += Math.log(alpha.reduce((s, a, l) => s + a * known.rows[j * known.k + l]!, 0)) / m;
    // It stops when it is proven to be within 1e-3 of the maximum, and cannot exceed it.
    expect(known.likelihood - likelihood).toBeLessThan(1e-3);
    expect(likelihood - known.likelihood).toBeLessThan(1e-9);
    expect(alpha.reduce((s, a, l) => s + a * known.means[l]!, 0)).toBeCloseTo(1, 10);
    expect(Math.min(...alpha)).toBeGreaterThanOrEqual(0);
  },
);

test("KLIEP's weights follow the ratio of two normal densities, e^(x - ½) for means 0 and 1", () => {
  const source = rows(800, 1, 0, "s");
  const { weights, effective } = kliep(source, rows(800, 1, 1, "t"), 1);
  expect(weights.reduce((s, w) => s + w, 0) / weights.length).toBeCloseTo(1, 6);
  const at = (lo: number, hi: number): number => {
    const chosen = [...weights].filter((_, i) => source[i]! > lo && source[i]! < hi);
    return chosen.reduce((s, w) => s + w, 0) / chosen.length;
  };
  // The estimate is smooth and from a finite sample: within a third.
  for (const x of [-1, 0, 1]) {
    const ratio = Math.exp(x - 0.5);
    expect(at(x - 0.2, x + 0.2) / ratio, `at ${x}`).toBeGreaterThan(0.66);
    expect(at(x - 0.2, x + 0.2) / ratio, `at ${x}`).toBeLessThan(1.5);
  }
  expect(effective).toBeLessThan(800);
});

test("KLIEP gives every item about the same weight where the domains are one", () => {
  const { weights } = kliep(rows(400, 2, 0, "s"), rows(400, 2, 0, "t"), 2);
  expect(weights.filter((w) => w > 0.5 && w < 1.5).length / 400).toBeGreaterThan(0.9);
});

test("KLIEP says when the domains do not touch", () => {
  expect(() => kliep(rows(20, 2, 0, "s"), rows(20, 2, 1e6, "t"), 2)).toThrow(
    /no source item lies anywhere near a target item/,
  );
});
