import { expect, test } from "vitest";
import { clockOf } from "./clock.js";

test("without accumulation each step is an update, at its share of the run", () => {
  const clock = clockOf([{ step: 0, position: 0, total: 12 }], 6);
  for (let i = 0; i < 12; i++) expect(clock(i)).toEqual({ update: i, position: i / 12, applies: true });
});

test("an update ends after so many batches, and at the end of an epoch", () => {
  const clock = clockOf([{ step: 0, position: 0, total: 10 }], 5, 2);
  const ticks = Array.from({ length: 10 }, (_, i) => clock(i));
  expect(ticks.map((t) => t.applies)).toEqual([0, 1, 0, 1, 1, 0, 1, 0, 1, 1].map(Boolean));
  expect(ticks.map((t) => t.update)).toEqual([0, 0, 1, 1, 2, 3, 3, 4, 4, 5]);
  expect(ticks.map((t) => t.position)).toEqual([0, 0, 1, 1, 2, 3, 3, 4, 4, 5].map((u) => u / 6));
});

test("the last step of a run that ends within an update ends it", () => {
  const clock = clockOf([{ step: 0, position: 0, total: 5 }], 8, 4);
  expect([3, 4].map((i) => clock(i).applies)).toEqual([true, true]);
});

test("where the end is moved the schedule goes on from where it is, and ends with the run", () => {
  const legs = [
    { step: 0, position: 0, total: 100 },
    { step: 40, position: 0.4, total: 70 },
  ];
  const clock = clockOf(legs, 1000);
  expect(clock(39).position).toBeCloseTo(0.39, 12);
  expect(clock(40).position).toBeCloseTo(0.4, 12);
  expect(clock(55).position).toBeCloseTo(0.7, 12);
  expect(clock(69).position).toBeCloseTo(0.98, 12);
});
