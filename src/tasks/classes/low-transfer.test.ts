import { expect, test } from "vitest";
import { lowTransferability } from "./low-transfer.js";

/** 1 for the first `right` of n samples, 0 for the others. */
const first = (right: number, n = 40): number[] => Array.from({ length: n }, (_, i) => Number(i < right));
/** 1 for the last `right` of n samples. */
const last = (right: number, n = 40): number[] => first(right, n).reverse();

test("a probe that is always correct gives no warning, whatever the baselines reach", () => {
  expect(lowTransferability({ probe: first(40), majority: first(20), pixels: first(40) })).toBeUndefined();
  expect(lowTransferability({ probe: first(40), majority: first(40) })).toBeUndefined();
});

test("warns if the probe is not better than the most frequent class", () => {
  expect(lowTransferability({ probe: first(20), majority: last(21), pixels: first(36) })).toMatch(
    /^the base's features say little of these classes: on 40 validation samples a linear probe on them is right in 50\.0 %, always the most frequent class in 52\.5 %, the bare pixels in 90\.0 % \(difference -2\.5 points, from -\d+\.\d to \d+\.\d\)$/,
  );
});

test("one more correct sample than the most frequent class is no evidence, twenty are", () => {
  // 21 against 20 of 40 correct, on different samples: the difference is 2.5 points, and its interval contains 0.
  expect(lowTransferability({ probe: first(21), majority: last(20) })).toContain("say little");
  expect(lowTransferability({ probe: first(38), majority: last(18) })).toBeUndefined();
});

test("worse than the pixels but better than chance: warns only of the pixels", () => {
  const majority = last(20);
  expect(lowTransferability({ probe: first(28), majority: last(8), pixels: first(40) })).toMatch(
    /^the bare pixels tell these classes apart better than the base's features: on 40 validation samples a linear probe on the features is right in 70\.0 %, one on the pixels in 100\.0 % \(difference -30\.0 points, /,
  );
  // A difference of one or two samples of 40 can be chance: no warning.
  expect(lowTransferability({ probe: first(36), majority, pixels: last(38) })).toBeUndefined();
  expect(lowTransferability({ probe: first(36), majority, pixels: first(36) })).toBeUndefined();
  expect(lowTransferability({ probe: first(36), majority, pixels: last(34) })).toBeUndefined();
  expect(lowTransferability({ probe: first(36), majority })).toBeUndefined();
});

test("two probes that are correct on the same samples have no interval", () => {
  expect(lowTransferability({ probe: first(20), majority: first(20) })).toMatch(
    /\(both are right on the same samples\)$/,
  );
});

test("samples of few groups are no evidence, and those of 10 groups count less", () => {
  const groups = (count: number) => Array.from({ length: 40 }, (_, i) => `person ${i % count}`);
  const scores = { probe: first(21), majority: last(20) };
  expect(lowTransferability({ ...scores, groups: groups(4) })).toBeUndefined();
  expect(lowTransferability({ ...scores, groups: groups(10) })).toContain("say little");
});
