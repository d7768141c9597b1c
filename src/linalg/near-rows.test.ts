import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { rowsOf } from "../core/results/rows.js";
import { NearRows } from "./near-rows.js";

const [n, width] = [500, 200];
const draw = draws(1, "rows");
const values = Float32Array.from({ length: n * width }, () => 3 + draw.normal());
const table = rowsOf(values, width);

const mean = Array.from({ length: width }, (_, t) => {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i * width + t]!;
  return sum / n;
});

/** 1 - cos(a - μ, b - μ) by its definition. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [a, b].map((v) => mean.map((m, t) => v[t]! - m)) as [number[], number[]];
  const dot = (p: number[], q: number[]) => p.reduce((s, v, t) => s + v * q[t]!, 0);
  return 1 - dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

test("a row that was changed a little finds the row it was made from, at its distance", () => {
  const near = new NearRows(table);
  for (const i of [0, 77, 499]) {
    const copy = values.slice(i * width, (i + 1) * width).map((v) => v + 0.2 * draw.normal());
    const rows = rowsOf(copy, width);
    const found = near.nearest(rows, 0, { sketches: near.sketches(rows) });
    expect(found.at).toBe(i);
    expect(found.distance).toBeCloseTo(distance(copy, values.subarray(i * width, (i + 1) * width)), 4);
  }
});

test("a row's nearest other one is not itself, and about as near as the nearest", () => {
  const near = new NearRows(table);
  for (const i of [3, 250]) {
    const own = values.subarray(i * width, (i + 1) * width);
    const all = Array.from({ length: n }, (_, j) =>
      j === i ? 2 : distance(own, values.subarray(j * width, (j + 1) * width)),
    ).sort((a, b) => a - b);
    const found = near.nearest(table, i, { but: i });
    expect(found.at).not.toBe(i);
    expect(found.distance).toBeGreaterThan(all[0]! - 1e-4);
    expect(found.distance).toBeLessThan(all[n / 2]!);
  }
});

test("a table without rows has no nearest", () => {
  const empty = new NearRows(rowsOf(new Float32Array(0), width));
  expect(empty.nearest(table, 0, { sketches: empty.sketches(table) }).at).toBe(-1);
});
