import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { argmax, softmaxRows } from "../../linalg/softmax.js";
import {
  correctedHead,
  correctedProbabilities,
  drawByShares,
  estimateLabelShift,
  estimateShares,
  fitBiasCorrection,
  meanRow,
} from "./label-shift.js";
import { pseudoLabels } from "./shot.js";

interface GoldenShift {
  readonly classes: number;
  readonly held: readonly number[];
  readonly labels: readonly number[];
  readonly target: readonly number[];
  readonly scale: number;
  readonly bias: readonly number[];
  readonly old: readonly number[];
  readonly shares: readonly number[];
}
interface GoldenShot {
  readonly width: number;
  readonly features: readonly number[];
  readonly probabilities: readonly number[];
  readonly labels: readonly number[];
}
// From SciPy, scripts/golden/make-label-shift.py.
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/label-shift.json", import.meta.url), "utf8"),
) as { readonly shift: readonly GoldenShift[]; readonly shot: readonly GoldenShot[] };

const close = (own: ArrayLike<number>, its: ArrayLike<number>, tolerance: number): void => {
  expect(own.length).toBe(its.length);
  for (let k = 0; k < its.length; k++) expect(Math.abs(own[k]! - its[k]!)).toBeLessThan(tolerance);
};

test.each(golden.shift)("calibration and shares of $classes classes are SciPy's", (known) => {
  const held = Float32Array.from(known.held);
  const fitted = fitBiasCorrection(held, known.labels, known.classes);
  // Both end where the gradient is below 1e-8.
  close([fitted.scale, ...fitted.bias], [known.scale, ...known.bias], 1e-5);
  const old = meanRow(correctedProbabilities(held, fitted), known.classes);
  close(old, known.old, 1e-6);
  const shares = estimateShares(correctedProbabilities(Float32Array.from(known.target), fitted), old);
  // EM ends when no share moves by 1e-6; it moves a fixed part of the rest.
  close(shares, known.shares, 1e-4);
});

test("shares of small cases are where the derivative of the likelihood is 0", () => {
  // p = (1, 0), (1, 0), (½, ½) from shares (½, ½): the likelihood is π² · 1/2, largest at π = 1
  close(estimateShares(Float64Array.of(1, 0, 1, 0, 0.5, 0.5), Float64Array.of(0.5, 0.5)), [1, 0], 1e-3);
  // p = (0.9, 0.1) · 3 and (0.1, 0.9): 3 · 0.8 / (0.1 + 0.8 π) = 0.8 / (0.9 − 0.8 π) gives π = 13/16
  const p = Float64Array.of(0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.1, 0.9);
  close(estimateShares(p, Float64Array.of(0.5, 0.5)), [13 / 16, 3 / 16], 1e-5);
});

test("shares of the source itself stay as they are", () => {
  const { held, labels, classes } = golden.shift[1]!;
  const p = correctedProbabilities(
    Float32Array.from(held),
    fitBiasCorrection(Float32Array.from(held), labels, classes),
  );
  const old = meanRow(p, classes);
  close(estimateShares(p, old), old, 1e-12);
});

/** Logits of two classes whose log odds are right: z ~ N(±1, 1) has log odds 2 z. */
function answers(positive: number, negative: number, seed: number) {
  const draw = draws(seed, "answers");
  const labels = [...new Array<number>(positive).fill(1), ...new Array<number>(negative).fill(0)];
  const logits = Float32Array.from(labels.flatMap((y) => [0, 2 * (draw.normal() + (y === 1 ? 1 : -1))]));
  return { labels, logits };
}

const accuracy = (logits: ArrayLike<number>, labels: readonly number[]): number =>
  labels.filter((y, i) => argmax(logits, 2 * i, 2) === y).length / labels.length;

test("a pure label shift is seen, its interval holds the truth, and the corrected layer gains", () => {
  const held = answers(500, 500, 1);
  const target = answers(320, 80, 2);
  const found = estimateLabelShift({ held, target: target.logits, classes: 2 });
  expect(found.seen).toBe(true);
  const [low, high] = found.intervals[1]!;
  expect(low).toBeLessThan(0.8);
  expect(high).toBeGreaterThan(0.8);
  // A head of width 2 whose features are the logits: W = I.
  const head = correctedHead({ weight: Float32Array.of(1, 0, 0, 1), bias: new Float32Array(2) }, found);
  const corrected = target.logits.map((_, at) => {
    const [i, k] = [Math.floor(at / 2), at % 2];
    return (
      head.weight[2 * k]! * target.logits[2 * i]! +
      head.weight[2 * k + 1]! * target.logits[2 * i + 1]! +
      head.bias[k]!
    );
  });
  // Bayes: Φ(1) = 84.1 % before, and 87.4 % with the priors 0.8 and 0.2.
  expect(accuracy(corrected, target.labels) - accuracy(target.logits, target.labels)).toBeGreaterThan(0.02);
  // The new layer's probabilities are EM's: their mean is the estimated shares.
  close(meanRow(softmaxRows(corrected, 2), 2), found.shares, 1e-4);
});

test("a class that is estimated as absent may have more samples than known labels would leave", () => {
  const held = answers(75, 75, 5);
  const { shares, intervals } = estimateLabelShift({ held, target: answers(0, 150, 6).logits, classes: 2 });
  expect(shares[1]).toBeLessThan(0.01);
  // Wilson's end for 0 of 150 known labels: 1.96² / (150 + 1.96²) = 2.5 %. Predictions with var(p) = 0.65 · ¼ are worth 97: 3.8 %.
  expect(intervals[1]![1]).toBeGreaterThan(0.03);
  expect(intervals[1]![1]).toBeLessThan(0.2);
});

test("a target of one class is a shift if it has many samples, and few samples tell nothing", () => {
  // Certain answers: without a deviation, the interval would be one point, and no old share outside it.
  const certain = (labels: readonly number[]) => ({
    labels,
    logits: Float32Array.from(labels.flatMap((y) => (y === 1 ? [-400, 400] : [400, -400]))),
  });
  const held = certain(Array.from({ length: 200 }, (_, i) => i % 2));
  const estimated = (count: number) =>
    estimateLabelShift({ held, target: certain(new Array<number>(count).fill(1)).logits, classes: 2 });
  const many = estimated(100);
  expect(many.seen).toBe(true);
  close(many.shares, [0, 1], 1e-3);
  // Wilson's interval of 100 of 100: 1 / (1 + 1.96² / 100) = 96.3 %; of 3 of 3: 1 / (1 + 1.96² / 3) = 43.9 %.
  expect(many.intervals[1]![0]).toBeCloseTo(0.963, 2);
  const few = estimated(3);
  expect(few.intervals[1]![0]).toBeCloseTo(0.439, 2);
  expect(few.seen).toBe(false);
});

test("drawn samples have the shares, none twice", () => {
  const labels = Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : 1));
  const places = drawByShares(labels, [0.2, 0.8]);
  // All 50 of class 1 are 80 %, so 12.5 of class 0.
  expect(places.filter((place) => place >= 50).length).toBe(50);
  expect(places.filter((place) => place < 50).length).toBe(13);
  expect(new Set(places).size).toBe(63);
  // In random order, so that the first ones are of both classes.
  expect(places.slice(0, 30).some((place) => place < 50)).toBe(true);
  expect(places.slice(0, 30).some((place) => place >= 50)).toBe(true);
});

test.each(golden.shot)("pseudo labels are those of SHOT's code by SciPy", ({ width, ...known }) => {
  const labels = pseudoLabels(
    Float32Array.from(known.features),
    width,
    Float64Array.from(known.probabilities),
  );
  expect(Array.from(labels)).toEqual(known.labels);
  expect(new Set(known.labels)).toEqual(new Set([0, 1, 2]));
});

test("a head on pseudo labels follows classes that have moved across its boundary", async () => {
  // Classes at (±2, 0) have moved by (1.5, 0): the old boundary x = 0 takes a third of the left one for the right one.
  const draw = draws(3, "moved");
  const labels = Array.from({ length: 200 }, (_, i) => i % 2);
  const features = Float32Array.from(
    labels.flatMap((y) => [(y === 1 ? 2 : -2) + 1.5 + draw.normal(), draw.normal()]),
  );
  const plain = Float32Array.from({ length: 400 }, (_, at) => (at % 2 === 0 ? 0 : 2 * features[at - 1]!));
  const before = accuracy(plain, labels);
  const found = pseudoLabels(features, 2, softmaxRows(plain, 2));
  const after = labels.filter((y, i) => found[i] === y).length / labels.length;
  expect(before).toBeLessThan(0.88);
  expect(after).toBeGreaterThan(before + 0.02);
});
