import { expect, test } from "vitest";
import { expectedEpochs } from "./expected-epochs.js";

test("a training that may stop early is expected to end two thirds of the way to all of its epochs", () => {
  expect(expectedEpochs({ epochs: 12 })).toBe(12);
  expect(expectedEpochs({ epochs: 12, patience: 5 })).toBe(10);
  expect(expectedEpochs({ epochs: 12, patience: 11 })).toBe(12);
  expect(expectedEpochs({ epochs: 4, patience: 6 })).toBe(4);
});
