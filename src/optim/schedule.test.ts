import { expect, test } from "vitest";
import {
  constant,
  cosineDecay,
  linear,
  oneCycle,
  schedules,
  slantedTriangular,
  warmupStableDecay,
} from "./schedule.js";

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

test("linear rises from 0 in the warm-up and falls to 0", () => {
  const schedule = linear({ warmup: 0.2 });
  expect([0, 0.1, 0.2, 0.6, 1].map((p) => schedule(p).rate)).toEqual([0, 0.5, 1, 0.5, 0]);
});

test("the slanted triangle peaks at its cut, and begins and ends at 1/ratio", () => {
  const schedule = slantedTriangular();
  expect(schedule(0).rate).toBeCloseTo(1 / 32, 12);
  expect(schedule(0.1).rate).toBeCloseTo(1, 12);
  expect(schedule(0.55).rate).toBeCloseTo((1 + 0.5 * 31) / 32, 12);
  expect(schedule(1).rate).toBeCloseTo(1 / 32, 12);
});

test("warm-up, stable, decay: up in a twentieth, constant, down in the last fifth", () => {
  const schedule = warmupStableDecay();
  const rates = [0, 0.025, 0.05, 0.5, 0.8, 0.9, 1].map((p) => schedule(p).rate);
  [0, 0.5, 1, 1, 1, 0.5, 0].forEach((rate, i) => void expect(rates[i]).toBeCloseTo(rate, 12));
});

test("no schedule leaves 0 … 1 anywhere in the run", () => {
  for (const schedule of Object.values(schedules)) {
    for (let i = 0; i <= 1000; i++) {
      const { rate } = schedule()(i / 1000);
      expect(rate).toBeGreaterThanOrEqual(0);
      expect(rate).toBeLessThanOrEqual(1);
    }
  }
});
