import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws, permutation } from "../core/random.js";
import { aDistance, mmd, multiKernelMmd } from "../methods/adapt/index.js";
import { type DistanceRow, distances } from "./distances.js";
import { frechet } from "./frechet.js";

// From NumPy, SciPy and scikit-learn, scripts/golden/make-transferability.py.
const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/transferability.json", import.meta.url), "utf8"),
) as readonly (Readonly<
  Record<"n" | "d" | "relative" | "mmd" | "mk_mmd" | "a_distance" | "frechet", number>
> &
  Readonly<Record<"features" | "shifted", readonly number[]>>)[];

test.each(golden)(
  "$n rows of $d features and $n + 5 shifted ones are as far apart as NumPy and scikit-learn say",
  (known) => {
    const { d, n } = known;
    const [x, y] = [Float32Array.from(known.features), Float32Array.from(known.shifted)];
    expect(mmd(x, y, d).value).toBeCloseTo(known.mmd, 10);
    expect(multiKernelMmd(x, y, d).value).toBeCloseTo(known.mk_mmd, 10);
    expect(frechet(x, y, d).relative).toBeCloseTo(known.relative, 8);
    // Rows are assigned to folds in random order: arranged to match scikit-learn's folds.
    const dealt = (rows: Float32Array, domain: number): Float32Array => {
      const count = rows.length / d;
      const out = new Float32Array(rows.length);
      permutation(count, 0, "a-distance", domain).forEach((to, from) => {
        out.set(rows.subarray(from * d, (from + 1) * d), to * d);
      });
      return out;
    };
    const found = aDistance(dealt(x, 0), dealt(y, 1), d)!;
    expect(found.n).toBe(n);
    expect(found.value).toBeCloseTo(known.a_distance, 10);
  },
);

/** Normal rows around (shift, 0, …). */
function rows(n: number, width: number, shift: number, key: string): Float32Array {
  const draw = draws(1, key);
  return Float32Array.from({ length: n * width }, (_, i) => draw.normal() + (i % width === 0 ? shift : 0));
}

test("every distance grows with the shift, and is small for two halves of one sample", () => {
  const source = rows(80, 5, 0, "s");
  for (const [name, { of }] of Object.entries(distances as Readonly<Record<string, DistanceRow>>)) {
    const [same, near, far] = [0, 1, 4].map((shift) => of(source, rows(80, 5, shift, `t${shift}`), 5)!.value);
    expect(far!, name).toBeGreaterThan(near!);
    expect(near!, name).toBeGreaterThan(same!);
    expect(same!, name).toBeLessThan(name === "frechet" ? 0.6 : 0.5);
  }
});

test("distances with an interval or a p take groups", () => {
  // 4 groups of each domain: too few for an interval. Both divisions of whole groups into 1 and 1 are as far.
  const [source, target] = [rows(80, 5, 0, "s"), rows(80, 5, 4, "t")];
  const groupsOf = (count: number) => Array.from({ length: 80 }, (_, i) => `${i % count}`);
  const groups = [groupsOf(4), groupsOf(4)] as const;
  expect(distances["a-distance"].of(source, target, 5, {})).toBeDefined();
  expect(distances["a-distance"].of(source, target, 5, { groups })).toBeUndefined();
  for (const name of ["mmd", "mk-mmd"] as const) {
    expect(distances[name].of(source, target, 5)!.p).toBeLessThan(0.01);
    expect(distances[name].of(source, target, 5, { groups: [groupsOf(1), groupsOf(1)] })!.p).toBe(1);
  }
});

test("a multi-kernel MMD tells a shift, does not tell two halves of one, and is 0 for rows that are all alike", () => {
  expect(multiKernelMmd(rows(60, 3, 0, "a"), rows(60, 3, 1.5, "b"), 3).p).toBeLessThan(0.01);
  expect(multiKernelMmd(rows(60, 3, 0, "a"), rows(60, 3, 0, "c"), 3).p).toBeGreaterThan(0.05);
  expect(multiKernelMmd(new Float32Array(12), new Float32Array(12), 3)).toEqual({
    value: 0,
    p: 1,
    bandwidth: 0,
  });
});

test("a handful of rows says nothing: no distance at all", () => {
  for (const { of } of Object.values(distances as Readonly<Record<string, DistanceRow>>))
    expect(of(rows(7, 2, 0, "a"), rows(50, 2, 0, "b"), 2)).toBeUndefined();
});

test("samples that are equal are at distance 0, also as a share of a variance of 0", () => {
  expect(frechet(new Float32Array(12), new Float32Array(12), 3)).toEqual({ value: 0, relative: 0 });
});
