import { expect, test } from "vitest";
import { stepsPerBlock } from "./loop.js";

test("a block lasts about half a second, and is one step at least", () => {
  expect(stepsPerBlock(0.1)).toBe(5);
  expect(stepsPerBlock(2)).toBe(1);
  expect(stepsPerBlock(0.001)).toBe(64);
});

test("a large state makes blocks longer, so that moving it costs little, but not longer than 6.5 s", () => {
  // 200 MB take 0.12 s to move; 3 % of a step of 2 s is 0.06 s.
  expect(stepsPerBlock(2, 0.5, 200e6)).toBe(2);
  // 1.3 GB would ask for 13 steps of 2 s; three of them are under 6.5 s.
  expect(stepsPerBlock(2, 0.5, 1.3e9)).toBe(3);
  expect(stepsPerBlock(0.1, 0.5, 1e6)).toBe(5);
});
