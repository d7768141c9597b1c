import { expect, test } from "vitest";
import { expectedEpochs } from "./expected-epochs.js";

test("of a training that may stop early the fewest and the most epochs are wrong by the same factor", () => {
  expect(expectedEpochs({ epochs: 12 })).toBe(12);
  const expected = expectedEpochs({ epochs: 12, patience: 5 });
  expect(12 / expected).toBeCloseTo(expected / 6, 12);
  expect(expectedEpochs({ epochs: 12, patience: 11 })).toBe(12);
  expect(expectedEpochs({ epochs: 4, patience: 6 })).toBe(4);
});
