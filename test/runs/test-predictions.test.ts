// What a run writes of its test samples: one prediction a line, which gives the scores of the run again.
// @module-tag thorough
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type RegressionResultEvent,
  readPredictions,
  type TableResultEvent,
  type TrainOptions,
  type TrainResultEvent,
  train,
} from "../../src/index.js";
import { type Toy, type ToyName, toysIn } from "../characterisation/toys.js";

const root = mkdtempSync(join(tmpdir(), "engraft-predictions-"));
const path = (...parts: string[]): string => join(root, ...parts);
let toy: Toy;
beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
  toy = toysIn(path("toys"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const linesOf = (run: string): string[] =>
  readFileSync(path(run, "predictions.jsonl"), "utf8").trimEnd().split("\n");

const trainOn = async (data: ToyName, base: ToyName | undefined, options: TrainOptions = {}) =>
  train(await toy(data), {
    ...(base && { base: await toy(base), strategy: "probe" }),
    ...(base === "several-bases" && { inputs: "image,text,columns" }),
    ...(data === "table-classes" && { target: "size" }),
    ...(data === "table-numbers" && { target: "price" }),
    ...{ threads: 1, baselines: false, out: path(data) },
    ...options,
  });

test.each([
  ["pictures", "picture-base"],
  ["sounds", "sound-base"],
  ["texts", "text-base"],
  ["table-classes", undefined],
  ["several-classes", "several-bases"],
] as const)("%s: the class of each test sample, in order, gives the accuracy", async (data, base) => {
  const { test: scores } = (await trainOn(data, base)) as TrainResultEvent | TableResultEvent;
  const all = await readPredictions(path(data));
  expect(all).toHaveLength(scores.n);
  expect(linesOf(data)).toEqual(all!.map((one) => JSON.stringify(one)));
  const right = all!.filter((one) => one.true === one.predicted);
  expect(right.length / all!.length).toBe(scores.accuracy);
  // The listed ones have the same probability here.
  for (const one of [...scores.worst, ...(scores.least_sure ?? [])])
    expect(all).toContainEqual({
      item: one.item,
      true: one.true,
      predicted: one.predicted,
      score: one.score,
    });
});

test.each([
  ["table-numbers", undefined],
  ["picture-numbers", "picture-base"],
] as const)("%s: the numbers of each test sample give R²", async (data, base) => {
  const { test: scores } = (await trainOn(data, base)) as RegressionResultEvent;
  const all = (await readPredictions(path(data)))!;
  // R² = 1 − Σ (y − ŷ)² / Σ (y − mean)²
  const truth = all.map((one) => Number(one.true[0]));
  const mean = truth.reduce((sum, y) => sum + y, 0) / truth.length;
  const squares = (of: (y: number, i: number) => number) =>
    truth.reduce((sum, y, i) => sum + of(y, i) ** 2, 0);
  const r2 = 1 - squares((y, i) => y - Number(all[i]!.predicted[0])) / squares((y) => y - mean);
  expect(r2).toBeCloseTo(scores.r2, 6);
});

test("no text of a sample is in the file", () => {
  for (const line of linesOf("texts"))
    expect(Object.keys(JSON.parse(line))).toEqual(["item", "true", "predicted", "score"]);
  expect(JSON.parse(linesOf("texts")[0]!).item).toMatch(/^texts\.csv, line \d+$/);
});

test("a run of another task has no predictions, and a damaged file is refused", async () => {
  await trainOn("picture-labels", "picture-base");
  expect(existsSync(path("picture-labels", "predictions.jsonl"))).toBe(false);
  expect(await readPredictions(path("picture-labels"))).toBeUndefined();
  for (const text of [
    ...['{"item": "tex', "null", "5", "[]", "{}", '{"item":5,"true":"a","predicted":"a"}'],
    ...['{"item":"a","true":"a"}', '{"item":"a","true":[1],"predicted":"a"}'],
  ]) {
    writeFileSync(path("texts", "predictions.jsonl"), text);
    await expect(readPredictions(path("texts"))).rejects.toMatchObject({
      kind: "RunError",
      message: "predictions.jsonl is damaged",
      help: "train again, or copy the run from where it is whole",
    });
  }
});
