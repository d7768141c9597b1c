import { expect, test } from "vitest";
import { lowTransferability } from "./low-transfer.js";

test("a probe that is right in every case is warned of by nothing, whatever else is right as well", () => {
  expect(lowTransferability({ n: 40, probe: 1, majority: 0.5, pixels: 1 })).toBeUndefined();
  expect(lowTransferability({ n: 40, probe: 1, majority: 1 })).toBeUndefined();
});

test("no better than always the most frequent class: the features say little", () => {
  expect(lowTransferability({ n: 40, probe: 0.5, majority: 0.525, pixels: 0.9 })).toBe(
    "the base's features say little of these classes: on 40 validation items a linear probe on them is right in 0.500, always the most frequent class in 0.525, the bare pixels in 0.900",
  );
});

test("no better than the bare pixels, but better than chance: it is not said that the features say little", () => {
  expect(lowTransferability({ n: 40, probe: 0.9, majority: 0.5, pixels: 0.95 })).toBe(
    "the base's features tell these classes apart no better than the bare pixels: on 40 validation items a linear probe on the features is right in 0.900, one on the pixels in 0.950",
  );
  expect(lowTransferability({ n: 40, probe: 0.9, majority: 0.5, pixels: 0.8 })).toBeUndefined();
  expect(lowTransferability({ n: 40, probe: 0.9, majority: 0.5 })).toBeUndefined();
});
