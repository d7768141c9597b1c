// 300 items in 10 groups of equal answers contain as much information as 10 items.
import { expect, test } from "vitest";
import { calibrationInterval } from "./calibration-interval.js";
import { factsOf, scoresOf } from "./class-predictions.js";
import { scoreClassification } from "./classification.js";
import { scoreEntities } from "./entities.js";
import { scoreLabels } from "./labels.js";
import { scoreRegression } from "./regression.js";

const size = 30;
/** Repeats each of the 10 answers `size` times, with the group of each. */
const repeated = <T>(ten: readonly T[]): { readonly all: T[]; readonly groups: string[] } => ({
  all: ten.flatMap((one) => Array.from({ length: size }, () => one)),
  groups: ten.flatMap((_, g) => Array.from({ length: size }, () => `group ${g}`)),
});
const ten = Array.from({ length: 10 }, (_, i) => i);
const names = (all: readonly unknown[]): string[] => all.map((_, i) => `item ${i}`);
const near = (a: readonly [number, number] | null, b: readonly [number, number] | null): void => {
  expect(a![0]).toBeCloseTo(b![0], 9);
  expect(a![1]).toBeCloseTo(b![1], 9);
};

test("macro F1 of classes", () => {
  const score = (all: readonly number[], groups?: string[]) =>
    scoreClassification({
      classes: ["a", "b", "c"],
      labels: all.map((i) => i % 3),
      logits: Float32Array.from(
        all.flatMap((i) => [0, 1, 2].map((k) => (k === (i < 7 ? i % 3 : 0) ? 1 : 0))),
      ),
      items: names(all),
      ...(groups && { groups }),
    });
  const { all, groups } = repeated(ten);
  // Classes of 90 to 120 items have an interval; of 10 items none has 10 of each class.
  const [low, high] = score(all, groups).macro_f1_ci95!;
  expect(high - low).toBeGreaterThan(0.4);
  expect(score(ten)).not.toHaveProperty("macro_f1_ci95");
  expect(score(all, groups)).toMatchObject({ groups: 10, group_of: expect.arrayContaining([0, 9]) });
  // A class in only 3 groups has no interval.
  expect(score(all, groups).per_class[1]!.recall_ci95).toEqual([0, 1]);
  // Without groups it is Wilson's: 2 of the 3 items of class b.
  expect(score(ten).per_class[1]!.recall_ci95![0]).toBeCloseTo(0.2077, 4);
});

test("F1 of several labels, subset accuracy and Hamming loss", () => {
  const score = (all: readonly number[], groups?: string[]) =>
    scoreLabels({
      labels: ["a", "b"],
      logits: all.flatMap((i) => [i % 2 ? 1 : -1, i % 3 ? 1 : -1]),
      targets: Uint8Array.from(all.flatMap((i) => [i % 2, i % 4 ? 1 : 0])),
      items: names(all),
      ...(groups && { groups }),
    });
  const { all, groups } = repeated(ten);
  expect(score(ten)).not.toHaveProperty("macro_f1_ci95");
  for (const key of ["micro_f1_ci95", "hamming_loss_ci95"] as const)
    near(score(all, groups)[key], score(ten)[key]);
  // 10 items less the one degree of freedom of the mean, as for accuracies.
  expect(score(all, groups)).toMatchObject({ groups: 10, effective: expect.closeTo(9, 0) });
});

test("F1, precision and recall of entities", () => {
  const span = (first: number) => ({ type: "PER", first, end: first + 1 });
  const score = (all: readonly number[], groups?: string[]) =>
    scoreEntities({
      types: ["PER"],
      loss: 0,
      sentences: all.map((i) => ({
        ...{ item: `${i}`, words: ["a", "b", "c"], text: "", right: 0, repaired: 0, unseen: 0 },
        truth: [span(0), ...(i % 2 ? [span(1)] : [])],
        predicted: [span(0), ...(i % 3 ? [] : [span(2)])],
      })),
      ...(groups && { groups }),
    });
  const { all, groups } = repeated(ten);
  for (const key of ["f1_ci95", "precision_ci95", "recall_ci95"] as const)
    near(score(all, groups)[key], score(ten)[key]);
  const few = score(all.slice(0, 90), groups.slice(0, 90));
  expect(few).toMatchObject({ groups: 3, few_groups: true, f1_ci95: [0, 1] });
});

test("R², mean errors and the coverage of prediction intervals", () => {
  const score = (all: readonly number[], groups?: string[]) =>
    scoreRegression(
      {
        ...{ targets: ["a"], deviations: [1], items: names(all) },
        truth: all.map((i) => Math.sin(i)),
        predicted: all.map((i) => Math.sin(i) + 0.1 * Math.cos(3 * i)),
        ...(groups && { groups }),
      },
      { conformal: { coverage: 0.9, bands: [[{ half_width: 0.07 }]] } },
    );
  const { all, groups } = repeated(ten);
  const [grouped, alone] = [score(all, groups).outputs[0]!, score(ten).outputs[0]!];
  near(grouped.r2_ci95, alone.r2_ci95);
  near(grouped.mae_ci95, alone.mae_ci95);
  near(grouped.rmse_ci95, alone.rmse_ci95);
  // Wilson's of 9 independent items: that of 10 has one degree of freedom less for the mean.
  const [low, high] = grouped.prediction_interval!.test_coverage_ci95!;
  expect(high - low).toBeGreaterThan(0.4);
  const few = score(all.slice(0, 60), groups.slice(0, 60));
  expect(few).toMatchObject({ groups: 2, few_groups: true, r2_ci95: null });
  expect(few.outputs[0]!.mae_ci95).toBeNull();
});

test("nothing varies: no interval without width", () => {
  const truth = [1, 2, 3, 4];
  const right = { targets: ["a"], deviations: [1], truth, predicted: truth, items: names(truth) };
  expect(scoreRegression(right)).toMatchObject({ r2: 1, r2_ci95: null });
});

test("the calibration error: groups widen its interval, and what a calibrated model would show", () => {
  const confidence = ten.map((i) => 0.5 + i / 20);
  const right = ten.map((i) => (i % 2 ? 1 : 0));
  const { all, groups } = repeated(ten);
  const of = (given?: string[]) =>
    calibrationInterval(
      all.map((i) => confidence[i]!),
      all.map((i) => right[i]!),
      { groups: given },
    );
  const width = ([low, high]: readonly [number, number]): number => high - low;
  expect(width(of(groups).interval)).toBeGreaterThan(2 * width(of().interval));
  expect(of(groups).ifCalibrated.mean).toBeGreaterThan(2 * of().ifCalibrated.mean);
});

test("the same mistake in samples of one group is listed once, another mistake of it too", () => {
  const { worst } = scoreClassification({
    classes: ["a", "b"],
    labels: [0, 0, 0, 1, 0],
    logits: Float32Array.from([0, 1, 0, 3, 0, 2, 1, 0, 0, 4]),
    items: ["first", "second", "third", "fourth", "fifth"],
    groups: ["g", "g", "h", "g", "k"],
  });
  expect(worst.map(({ item }) => item)).toEqual(["fifth", "second", "third", "fourth"]);
});

test("a score of pairs has the interval of half as many samples", () => {
  const scoreOf = (pairs: boolean) => {
    const items = Array.from({ length: 200 }, (_, i) => ({
      ...{ id: `${i}`, label: Math.floor(i / 2) % 2 },
      ...(pairs && { copyOf: `${2 * Math.floor(i / 2)}` }),
    }));
    // Right for the first 120.
    const logits = Float32Array.from(
      items.flatMap(({ label }, i) => (i < 120 === (label === 0) ? [1, 0] : [0, 1])),
    );
    return scoresOf(["a", "b"], { logits, ...factsOf(items) });
  };
  const [of, [low, high]] = [scoreOf(true), scoreOf(true).accuracy_ci95];
  const [from, to] = scoreOf(false).accuracy_ci95;
  expect(of).toMatchObject({ accuracy: 0.6, groups: 100 });
  expect((high - low) / (to - from)).toBeCloseTo(Math.SQRT2, 1);
});
