import { expect, test } from "vitest";
import { secondsOfTrees, timedRows } from "./trees-seconds.js";

/** Trees whose binning takes 1 µs a row, and whose round takes 10 µs a row, `faster` times as fast. */
const timed =
  (faster = 1) =>
  async (rounds: number, rows: number): Promise<number> =>
    ((1e-6 + 1e-5 * rounds) * rows) / faster;

test("is what growing takes: rounds to choose, the patience after them, and the second fit", async () => {
  const work = { rows: 20_000, refit: 24_000, cellsPerRow: 10 };
  // Binning of 44,000 rows; 80 rounds on 20,000 rows and 60 rounds on 24,000, 10 µs for each row.
  const seconds = 44_000e-6 + 1e-5 * (80 * 20_000 + 60 * 24_000);
  expect(await secondsOfTrees(work, timed())).toBeCloseTo(seconds, 9);
  expect(await secondsOfTrees({ ...work, refit: 0 }, timed())).toBeCloseTo(20_000e-6 + 16, 9);
});

test("follows the speed of the trees, and the number of rows, of which only some are timed", async () => {
  const work = { rows: 400_000, refit: 0, cellsPerRow: 20 };
  expect(timedRows(work)).toBe(10_000);
  const seconds = await secondsOfTrees(work, timed());
  expect(await secondsOfTrees({ ...work, rows: 800_000 }, timed())).toBeCloseTo(2 * seconds, 6);
  expect(await secondsOfTrees(work, timed(8))).toBeCloseTo(seconds / 8, 9);
});

test("times all rows of a small table, and never none", () => {
  expect(timedRows({ rows: 300, refit: 0, cellsPerRow: 30 })).toBe(300);
  expect(timedRows({ rows: 300, refit: 0, cellsPerRow: 2e6 })).toBe(1);
});
