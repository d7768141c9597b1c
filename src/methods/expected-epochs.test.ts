import { expect, test } from "vitest";
import { expectedEpochs } from "./expected-epochs.js";

test("a training that may stop early is expected to end in the middle of what is possible", () => {
  expect(expectedEpochs({ epochs: 12 })).toBe(12);
  expect(expectedEpochs({ epochs: 12, patience: 6 })).toBe(9.5);
  expect(expectedEpochs({ epochs: 12, patience: 11 })).toBe(12);
  expect(expectedEpochs({ epochs: 4, patience: 6 })).toBe(4);
});
