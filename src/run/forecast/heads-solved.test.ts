import { expect, test } from "vitest";
import type { ProbeData } from "../../methods/probe/index.js";
import { forecast } from "./forecast.js";
import { headsSolved, scoredUntilTest } from "./heads-solved.js";
import { secondsToSolve } from "./seconds-to-solve.js";

const pairs = { iterations: 20, perStep: 16 };
const parts = { train: 50, validation: 20 };

test("by pairs a head is solved at the start, after each epoch, and for the best", () => {
  expect(headsSolved({ epochs: 3, pairs })).toBe(5);
  expect(headsSolved({ epochs: 3 })).toBe(0);
});

test("what is scored for it is both parts each time, and the validation part once more for the answers' worth", () => {
  // Validation at the start, after each epoch, and at the end.
  expect(scoredUntilTest({ epochs: 3 }, parts)).toBe(5 * 20);
  expect(scoredUntilTest({ epochs: 3, pairs }, parts)).toBe(5 * (20 + 50) + 20);
});

test("the forecast counts the heads that are solved, of the training and of those beside it", () => {
  const measured = {
    ...{ secondsPerPicture: 0, picturesToExtract: 0, secondsPerStep: 0.1, steps: 100 },
    ...{ secondsPerScored: 0.01, picturesToScore: 370, baselineSteps: 0, baselinePictures: 0 },
    ...{ peakRssMb: 0, laterBytes: 0 },
  };
  // 10 s of steps, 3.7 s of scores, a second for the files
  expect(forecast(measured).seconds).toBe(14.7);
  // 6 heads of 2 s
  expect(forecast({ ...measured, secondsPerSolve: 2, solves: 6 }).seconds).toBe(26.7);
  expect(forecast({ ...measured, secondsPerSolve: 2, solves: 6, baselineSolves: 5 }).seconds).toBe(36.7);
});

test("a head is timed on as many rows as there are, 512 at most, and the time grows with them", async () => {
  const asked: ProbeData[] = [];
  const timed = async (data: ProbeData): Promise<number> => {
    asked.push(data);
    return 2;
  };
  const labelsOf = (n: number) => Int32Array.from({ length: n }, (_, i) => Math.floor((3 * i) / n));
  const shape = { width: 4, classes: 3 };
  const few = { train: labelsOf(60), validation: labelsOf(30) };
  expect(await secondsToSolve(few, shape, timed)).toBe(2);
  expect(asked[0]).toMatchObject({ dims: 4, classes: 3 });
  expect([...asked[0]!.train.labels]).toEqual([...few.train]);
  expect((asked[0]!.train.features as Float32Array).length).toBe(60 * 4);
  const many = { train: labelsOf(5120), validation: labelsOf(2000) };
  expect(await secondsToSolve(many, shape, timed)).toBe(20);
  expect([asked[1]!.train.labels.length, asked[1]!.validation.labels.length]).toEqual([512, 512]);
  // Every class is there, although they are sorted.
  expect(new Set(asked[1]!.train.labels)).toEqual(new Set([0, 1, 2]));
  expect(await secondsToSolve({ ...few, train: new Int32Array() }, shape, timed)).toBe(0);
});

test("it is really solved where no clock is given", async () => {
  const labels = Int32Array.from({ length: 40 }, (_, i) => i % 2);
  const seconds = await secondsToSolve({ train: labels, validation: labels }, { width: 8, classes: 2 });
  expect(seconds).toBeGreaterThan(0);
});
