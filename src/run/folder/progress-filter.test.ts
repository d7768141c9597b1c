import { expect, test } from "vitest";
import type { ProgressEvent } from "../../core/events/events.js";
import { progressFilter, withMemory } from "./progress-filter.js";

const progress = (done: number, total: number, stage?: string): ProgressEvent => ({
  event: "progress",
  phase: "training",
  done,
  total,
  unit: "steps",
  ...(stage !== undefined && { stage }),
});

test("of progress, the first and the last word of each stage and one a second are kept", () => {
  let time = 0;
  const keeps = progressFilter(() => time);
  const kept: number[] = [];
  for (let step = 1; step <= 50; step++) {
    time += 100;
    if (keeps(progress(step, 50, "finetune"))) kept.push(step);
  }
  expect(kept).toEqual([1, 11, 21, 31, 41, 50]);
  expect(keeps(progress(1, 50, "scratch"))).toBe(true);
  expect(keeps({ event: "checkpoint", step: 3 })).toBe(true);
});

test("a day of steps leaves no more than 200 (1 + ln(N / 200)) + 2 lines", () => {
  let time = 0;
  const keeps = progressFilter(() => time);
  const [seconds, each] = [86_400, 0.25];
  let kept = 0;
  for (let step = 1; step * each <= seconds; step++) {
    time += 1000 * each;
    if (keeps(progress(step, seconds / each))) kept++;
  }
  expect(kept).toBeLessThanOrEqual(200 * (1 + Math.log(seconds / 200)) + 2);
  expect(kept).toBeGreaterThan(1000);
});

test("progress tells the memory of the process, other events stay as they are", () => {
  const platform = { memoryMb: () => 321 };
  expect(withMemory(progress(1, 2), platform)).toEqual({ ...progress(1, 2), rss_mb: 321 });
  const checkpoint = { event: "checkpoint", step: 1 } as const;
  expect(withMemory(checkpoint, platform)).toBe(checkpoint);
});
