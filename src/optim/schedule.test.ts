import { expect, test } from "vitest";
import { constant, cosineDecay, oneCycle } from "./schedule.js";

test("constant stays at the peak", () => {
  expect(constant()(0).rate).toBe(1);
  expect(constant()(0.99).rate).toBe(1);
});

test("cosine is 1, 1/2 and 0 at the start, the middle and the end", () => {
  expect(cosineDecay()(0).rate).toBe(1);
  expect(cosineDecay()(0.5).rate).toBeCloseTo(0.5, 12);
  expect(cosineDecay()(1).rate).toBeCloseTo(0, 12);
});

test("one-cycle starts at 1/div, peaks at `start` and ends at 1/divFinal, with momentum against it", () => {
  const cycle = oneCycle();
  expect(cycle(0).rate).toBeCloseTo(1 / 25, 12);
  expect(cycle(0).momentum).toBeCloseTo(0.95, 12);
  expect(cycle(0.25).rate).toBeCloseTo(1, 12);
  expect(cycle(0.25).momentum).toBeCloseTo(0.85, 12);
  expect(cycle(1).rate).toBeCloseTo(1e-5, 12);
  expect(cycle(1).momentum).toBeCloseTo(0.95, 12);
});
