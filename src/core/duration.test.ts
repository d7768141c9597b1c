import { expect, test } from "vitest";
import { formatDuration, formatEstimate } from "./duration.js";

test.each([
  [0.04, "0.0 s"],
  [4.21, "4.2 s"],
  [9.96, "10 s"],
  [59.4, "59 s"],
  [59.6, "1 min 0 s"],
  [75, "1 min 15 s"],
  [3599.6, "1 h 0 min"],
  [3725, "1 h 2 min"],
  // 1 h 59 min 59 s
  [7199, "2 h 0 min"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0.4, "under 1 s"],
  [1.4, "1 s"],
  [9.96, "10 s"],
  [89.6, "1 min 30 s"],
  [119.7, "2 min 0 s"],
  [605, "10 min 5 s"],
  [7200, "2 h 0 min"],
])("an estimate of %d seconds is %s", (seconds, text) => {
  expect(formatEstimate(seconds)).toBe(text);
});
