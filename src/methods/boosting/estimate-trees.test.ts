import { expect, test } from "vitest";
import { estimateTreeSeconds } from "./estimate-trees.js";

/** A machine on which a tree takes 1 ms for each column, and 1 µs for each row and column. */
const measure = (rows: number, columns: number): number => columns * (1e-3 + 1e-6 * rows);

test("the estimate of a fit is trees · columns · (s₀ + s₁ rows)", () => {
  const work = { rows: 200_000, columns: 30, outputs: 2, learns: "classes" } as const;
  expect(estimateTreeSeconds(work, measure)).toBeCloseTo(300 * 30 * 0.201, 6);
  // More columns than are measured count in proportion.
  expect(estimateTreeSeconds({ ...work, columns: 900 }, measure)).toBeCloseTo(300 * 900 * 0.201, 6);
});

test("two classes share their trees; other outputs have one tree each in a round", () => {
  const seconds = (outputs: number, learns: "classes" | "numbers") =>
    estimateTreeSeconds({ rows: 9000, columns: 3, outputs, learns, rounds: 10 }, measure);
  const tree = 3 * 0.01;
  expect(seconds(2, "classes")).toBeCloseTo(10 * tree, 6);
  expect(seconds(7, "classes")).toBeCloseTo(70 * tree, 6);
  expect(seconds(2, "numbers")).toBeCloseTo(20 * tree, 6);
});

test("a machine is measured with trees that it grows", () => {
  const work = { rows: 500, columns: 2, outputs: 1, learns: "numbers", rounds: 1 } as const;
  expect(estimateTreeSeconds(work)).toBeGreaterThan(0);
});
