import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { wilsonInterval } from "./wilson.js";

const golden: { wilson: { k: number; n: number; interval: [number, number] }[] } = JSON.parse(
  readFileSync(new URL("../../test/golden/evaluate-paired.json", import.meta.url), "utf8"),
);

test("equals SciPy's Wilson interval", () => {
  for (const { k, n, interval } of golden.wilson) {
    const [low, high] = wilsonInterval(k, n);
    expect(low).toBeCloseTo(interval[0], 10);
    expect(high).toBeCloseTo(interval[1], 10);
  }
});

test("knows nothing without items, and is never empty at 0 or all right", () => {
  expect(wilsonInterval(0, 0)).toEqual([0, 1]);
  expect(wilsonInterval(0, 5)[0]).toBe(0);
  expect(wilsonInterval(0, 5)[1]).toBeGreaterThan(0.3);
  expect(wilsonInterval(5, 5)[1]).toBe(1);
  expect(wilsonInterval(5, 5)[0]).toBeLessThan(0.7);
});
