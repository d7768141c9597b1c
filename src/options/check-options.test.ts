import { expect, test } from "vitest";
import { errorText } from "../core/error-text.js";
import { checkOptions } from "./check-options.js";
import type { TrainOptions } from "./options.js";
import { refuseInRegime, refuseUnusable } from "./refuse-unusable.js";
import { regimes } from "./regimes.js";

/** The error of options. */
function refusalOf(options: TrainOptions): unknown {
  try {
    checkOptions({ ...options });
  } catch (error) {
    return error;
  }
  return undefined;
}

test.each<[TrainOptions, string, string]>([
  [{ budget: 60 }, "a budget", "budget"],
  [{ splitBy: "date" }, "split-by", "split-by"],
  [{ safe: true }, "safe may keep", "safe"],
  [{ trainSize: 40 }, "train-size", "train-size"],
  [{ shots: 4 }, "with shots", "shots"],
  [{ with: "other.csv" }, "source table", "with"],
])("five folds and %o exclude each other, with what to do", async (options, words, option) => {
  const error = refusalOf({ ...options, folds: 5 });
  expect(error).toMatchObject({
    message: expect.stringContaining(words),
    help: expect.stringContaining("leave --"),
    code: "folds-excluded",
    details: { folds: 5, option },
  });
  expect(await errorText(error, "zh")).toMatch(new RegExp(`^5 折交叉验证不能与 ${option} 一起使用：`));
  expect(() => checkOptions({ folds: 5 })).not.toThrow();
});

test("two to twenty folds", () => {
  for (const folds of [1, 21, 2.5]) expect(() => checkOptions({ folds })).toThrow("folds");
  for (const folds of [2, 20]) expect(() => checkOptions({ folds })).not.toThrow();
});

test("tasks without folds refuse them", () => {
  for (const task of ["image-classification", "tabular-classification", "audio-regression"] as const)
    expect(() => refuseUnusable({ folds: 5 }, task)).not.toThrow();
  const refused = expect.objectContaining({
    code: "folds-unusable",
    details: { option: "folds", needs: "folds" },
  });
  expect(() => refuseUnusable({ folds: 5 }, "object-detection")).toThrow(refused);
  expect(() => refuseInRegime({ folds: 5 }, regimes.distill)).toThrow(refused);
});
