import { expect, test } from "vitest";
import { customScores, predictionsOf, requireConstants } from "./custom-scores.js";
import type { CustomSample, TaskParts } from "./task-parts.js";

type Parts = Parameters<typeof customScores>[0];
const parts: Parts = {
  name: "custom-counting",
  classes: ["count"],
  metric: { metric: "r2", k: 2 },
  sums: ([count], { label }) => [(count! - label) ** 2, label],
};
const samples = [1, 2, 4].map((label, i): CustomSample<object> => {
  const id = `line ${i + 1}`;
  return { id, sha256: id, path: "counts.csv", part: "test", label };
});
const right = [[1], [2], [4]];

test("R² of a task is 1 for predictions that are all right", () => {
  expect(customScores(parts, right, samples).metric).toMatchObject({ name: "r2", value: 1 });
});

test("sums that do not fit the metric are refused, with the values", () => {
  const score = (other: Partial<Parts>) => () => customScores({ ...parts, ...other }, right, samples);
  expect(score({ metric: { metric: "r2", k: 1 } })).toThrow("metric.k of the task custom-counting must be 2");
  expect(score({ sums: () => [1] })).toThrow("sums of the task custom-counting must be 2 numbers");
  expect(score({ sums: () => [Number.NaN, 1] })).toThrow(expect.objectContaining({ at: "it is NaN,1" }));
});

test("predictions of a training that diverged are scored, for the training says that it did", () => {
  const lost = right.map(() => [Number.NaN]);
  expect(() => customScores(parts, lost, samples)).not.toThrow();
});

test("predictions of another number than the task's outputs are refused", () => {
  const wrong = { ...parts, head: { outputs: 1 }, predictions: () => [] } as unknown as TaskParts<object>;
  expect(() => predictionsOf(wrong, new Float32Array(2))).toThrow(
    "predictions of the task custom-counting must be one number",
  );
});

test("a task without constant predictions, or with one of another length, is refused before it is trained", () => {
  const given = (constants: TaskParts<object>["constants"]) => () =>
    requireConstants({ ...parts, constants }, samples);
  expect(given(() => ({}))).toThrow("the task custom-counting has no constant predictions as a baseline");
  expect(given(() => ({ mean: [1, 2] }))).toThrow("constants of the task custom-counting must be one number");
  expect(given(() => ({ mean: [2] }))).not.toThrow();
});
