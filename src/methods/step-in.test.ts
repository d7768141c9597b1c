import { expect, test } from "vitest";
import { stepIn } from "./step-in.js";

const trains = (...parameters: number[]) => ({ groups: parameters.map((n) => ({ parameters: n })) });

test("a step that trains all weights takes up to half as much again as one that trains few", () => {
  const all = trains(400, 600);
  expect(stepIn(all, all)).toBe(1);
  expect(stepIn(all, undefined)).toBe(1);
  expect(stepIn(all, trains(0))).toBe(1.5);
  expect(stepIn(all, trains(500))).toBe(1.2);
  expect(stepIn(trains(500), all)).toBeCloseTo(1 / 1.2, 12);
});
