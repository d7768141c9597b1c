import { expect, test } from "vitest";
import { inEnglish, message } from "../../core/messages/message.js";
import { lowTransferability as foundFor } from "./low-transfer.js";

/** The sentence of a warning without its advice. */
const lowTransferability = (scores: Parameters<typeof foundFor>[0]): string | undefined => {
  const found = foundFor(scores);
  return (
    found &&
    inEnglish([message("low-transferability", { ...found, advice: "none" })]).split(": transfer may")[0]
  );
};

/** 1 for the first `right` of n samples, 0 for the others. */
const first = (right: number, n = 40): number[] => Array.from({ length: n }, (_, i) => Number(i < right));
/** 1 for the last `right` of n samples. */
const last = (right: number, n = 40): number[] => first(right, n).reverse();

test("a probe that is always correct gives no warning, whatever the baselines reach", () => {
  expect(lowTransferability({ probe: first(40), majority: first(20), pixels: first(40) })).toBeUndefined();
  expect(lowTransferability({ probe: first(40), majority: first(40) })).toBeUndefined();
});

test("warns if the probe is at most 10 points better than the most frequent class", () => {
  // Of 1,000 samples both are right on half: Tango's interval of no gain is about ± z √(1000) / 1000 = ± 6.2 points.
  expect(
    lowTransferability({ probe: first(500, 1000), majority: last(500, 1000), pixels: first(900, 1000) }),
  ).toMatch(
    /^the base's features say little of these classes: on 1000 validation samples a linear probe on them is right in 50\.0 %, always the most frequent class in 50\.0 %, the bare pixels in 90\.0 % \(difference 0\.0 points, from -6\.\d to 6\.\d\)$/,
  );
});

test("few samples are no evidence that the features say little", () => {
  // 21 against 20 of 40 correct, on different samples: the gain may be 30 points.
  expect(lowTransferability({ probe: first(21), majority: last(20) })).toBeUndefined();
  expect(lowTransferability({ probe: first(20), majority: last(21) })).toBeUndefined();
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

test("a probe that is right where the most frequent class is says little from 35 samples on", () => {
  // The upper end without a disagreement is z² / (n + z²): 10.2 points of 34 samples, 9.9 of 35.
  expect(lowTransferability({ probe: first(17, 34), majority: first(17, 34) })).toBeUndefined();
  expect(lowTransferability({ probe: first(17, 35), majority: first(17, 35) })).toMatch(
    /\(both are right on the same samples\)$/,
  );
});

test("samples of few groups are no evidence, and those of groups count less", () => {
  // The probe is right on odd samples, the most frequent class on two of four: independent of each other.
  const all = Array.from({ length: 1000 }, (_, i) => i);
  const scores = { probe: all.map((i) => i % 2), majority: all.map((i) => (i >> 1) % 2) };
  const groups = (count: number) => all.map((i) => `person ${i % count}`);
  expect(lowTransferability({ ...scores, groups: groups(4) })).toBeUndefined();
  expect(lowTransferability({ ...scores, groups: groups(49) })).toContain("say little");
  // Of persons with an even number the probe is never better, of the others never worse: the gain may be above 10 points.
  expect(lowTransferability({ ...scores, groups: groups(50) })).toBeUndefined();
});
