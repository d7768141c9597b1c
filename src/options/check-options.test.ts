import { expect, test } from "vitest";
import { checkOptions } from "./check-options.js";
import type { TrainOptions } from "./options.js";
import { refuseInRegime, refuseUnusable } from "./refuse-unusable.js";
import { regimes } from "./regimes.js";

test.each<[TrainOptions, string]>([
  [{ budget: 60 }, "a budget"],
  [{ splitBy: "date" }, "split-by"],
  [{ safe: true }, "safe may keep"],
  [{ trainSize: 40 }, "train-size"],
  [{ shots: 4 }, "with shots"],
  [{ with: "other.csv" }, "source table"],
])("five folds and %o exclude each other, with what to do", (options, words) => {
  expect(() => checkOptions({ ...options, folds: 5 })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(words),
      help: expect.stringContaining("leave --"),
      details: { folds: 5 },
    }),
  );
  expect(() => checkOptions({ folds: 5 })).not.toThrow();
});

test("two to twenty folds", () => {
  for (const folds of [1, 21, 2.5]) expect(() => checkOptions({ folds })).toThrow("folds");
  for (const folds of [2, 20]) expect(() => checkOptions({ folds })).not.toThrow();
});

test("tasks without folds refuse them", () => {
  for (const task of ["image-classification", "tabular-classification", "audio-regression"] as const)
    expect(() => refuseUnusable({ folds: 5 }, task)).not.toThrow();
  const refused = expect.objectContaining({ details: { option: "folds", needs: "folds" } });
  expect(() => refuseUnusable({ folds: 5 }, "object-detection")).toThrow(refused);
  expect(() => refuseInRegime({ folds: 5 }, regimes.distill)).toThrow(refused);
});
