import { expect, test } from "vitest";
import { resumedOptions } from "./resume-run.js";

test("a value that is missing now leaves the one that the run recorded", () => {
  const recorded = { device: "cpu", base: "before.onnx", epochs: 3 };
  const now = { device: undefined, threads: undefined, base: "moved.onnx" };
  expect(resumedOptions(recorded, 2, now)).toEqual({ ...recorded, threads: 2, base: "moved.onnx" });
  expect(resumedOptions(recorded, 2, { threads: 1 }).threads).toBe(1);
});
