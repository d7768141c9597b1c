// Several inputs of one row: sentences that say what is true, and cures that work when typed.
import { expect, test } from "vitest";
import { inEnglish, message } from "../../src/core/messages/message.js";

type Gain = Parameters<typeof message<"input-gain">>[1];
const said = (values: Partial<Gain>): string =>
  inEnglish([
    message("input-gain", { inputs: ["text"], best: "image", metric: "accuracy", gain: 0, ...values }),
  ]);

test("a proven loss says so, and a gain without an interval claims none", () => {
  expect(said({ gain: -22.2, low: -31.4, high: -12.9 })).toBe(
    "text takes 22.2 points from image alone (-31.4 to -12.9): leave it out",
  );
  expect(said({ inputs: ["text", "columns"], metric: "r2", gain: -0.2, low: -0.3, high: -0.1 })).toBe(
    "text and columns take 0.200 of R² from image alone (-0.300 to -0.100): leave them out",
  );
  expect(said({ inputs: ["columns"] })).toBe("columns add 0.0 points to image alone (no interval)");
  expect(said({ gain: -3.3 })).toBe("text takes 3.3 points from image alone (no interval)");
  expect(said({ inputs: ["columns"], gain: 16.7, low: -2.4, high: 35.2 })).toBe(
    "columns add nothing to image alone that the interval shows: +16.7 points (-2.4 to +35.2)",
  );
});
