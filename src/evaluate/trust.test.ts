import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { whyNoThreshold } from "../core/results/trust-words.js";
import { softmaxRows } from "../linalg/softmax.js";
import { abstainThreshold, areaUnderRisk, chooseThreshold, riskCoverage, surestNeeded } from "./abstain.js";
import { neighbourDistances } from "./neighbour-distances.js";
import {
  conformalQuantile,
  coverageRange,
  nonconformity,
  predictionSet,
  type SetMethod,
  setMethods,
} from "./prediction-sets.js";
import { fitTemperature } from "./temperature.js";
import { energies, fitClouds, mahalanobis, strangeness } from "./unusual.js";

const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/metrics.json", import.meta.url), "utf8"),
) as {
  temperature: {
    name: string;
    classes: number;
    labels: number[];
    logits: number[];
    temperature: number;
    before: number;
    after: number;
  }[];
  conformal: {
    classes: number;
    labels: number[];
    probabilities: number[];
    calibration: number;
    sets: { coverage: number; method: SetMethod; quantile: number; sets: number[]; covered: number }[];
  };
  distances: {
    d: number;
    labels: number[];
    features: number[];
    new: number[];
    shrinkage: number;
    mahalanobis: number[];
    neighbour: number[];
  };
};

for (const g of golden.temperature)
  test(`the temperature is SciPy's minimum: ${g.name}`, () => {
    const fitted = fitTemperature(g.logits, g.labels, g.classes);
    // SciPy stops where the loss is flat to float64: the place of the minimum is known to the root of that.
    expect(fitted.temperature / g.temperature).toBeCloseTo(1, 6);
    expect(fitted.before).toBeCloseTo(g.before, 12);
    expect(fitted.after).toBeCloseTo(g.after, 12);
  });

test("never wrong: the lowest temperature; as often wrong as right: the highest; no opinion: none", () => {
  expect(fitTemperature([1, 0, 0, 1], [0, 1], 2).temperature).toBeCloseTo(Math.exp(-5), 6);
  expect(fitTemperature([1, 0, 1, 0], [0, 1], 2).temperature).toBeCloseTo(Math.exp(5), 3);
  expect(fitTemperature([0, 0, 0, 0], [0, 1], 2).temperature).toBe(1);
});

test("prediction sets are NumPy's", () => {
  const { classes, labels, probabilities, calibration, sets } = golden.conformal;
  for (const g of sets) {
    const quantile = conformalQuantile(
      probabilities.slice(0, calibration * classes),
      labels.slice(0, calibration),
      classes,
      g,
    );
    expect(quantile).toBeCloseTo(g.quantile, 12);
    const made = labels
      .slice(calibration)
      .map((_, i) => predictionSet(probabilities, calibration + i, classes, g));
    expect(made.map((set) => set.length)).toEqual(g.sets);
    expect(made.filter((set, i) => set.includes(labels[calibration + i]!)).length).toBe(g.covered);
  }
});

/** Draws items of an overconfident model: labels follow the softmax of logits / 2. */
function drawn(seed: number, n: number, classes: number) {
  const d = draws(seed, "trust test");
  const logits = Float64Array.from({ length: n * classes }, () => 3 * d.normal());
  const truth = softmaxRows(logits, classes, 2);
  const labels = Array.from({ length: n }, (_, i) => {
    let u = d.uniform();
    for (let k = 0; k < classes; k++) {
      u -= truth[i * classes + k]!;
      if (u < 0) return k;
    }
    return classes - 1;
  });
  return { logits, labels, probabilities: softmaxRows(logits, classes) };
}

for (const method of setMethods)
  test(`${method}: sets hold the true class as often as stated, whatever the model`, () => {
    const [classes, n, trials, coverage] = [6, 40, 400, 0.8];
    let covered = 0;
    for (let t = 0; t < trials; t++) {
      const { probabilities, labels } = drawn(t, 2 * n, classes);
      const quantile = conformalQuantile(probabilities, labels.slice(0, n), classes, { coverage, method });
      for (let i = n; i < 2 * n; i++)
        if (predictionSet(probabilities, i, classes, { quantile, method }).includes(labels[i]!)) covered++;
    }
    const share = covered / (trials * n);
    // The coverage given a calibration set is Beta(33, 8): its deviation over 400 of them, and 16,000 items, is .005.
    const four = 4 * 0.005;
    expect(share).toBeGreaterThan(coverage - four);
    // Without ties at most 1 / (n + 1) above, and no model here is so good that a set would be empty. APS always holds the
    // first class, and covers more.
    if (method === "lac") expect(share).toBeLessThan(coverage + 1 / (n + 1) + four);
  });

test("too few items for a coverage put every class into the set", () => {
  const p = [0.7, 0.2, 0.1];
  const quantile = conformalQuantile([...p, ...p, ...p], [0, 0, 1], 3, { coverage: 0.9, method: "lac" });
  expect(quantile).toBeUndefined();
  expect(predictionSet(p, 0, 3, { quantile, method: "lac" })).toEqual([0, 1, 2]);
});

test("no set is empty: where no class is probable enough, it holds the most probable one", () => {
  const p = [0.4, 0.35, 0.25];
  // 1 - 0.4 = 0.6 is above 0.1.
  expect(predictionSet(p, 0, 3, { quantile: 0.1, method: "lac" })).toEqual([0]);
  expect(predictionSet(p, 0, 3, { quantile: 0.1, method: "aps" })).toEqual([0]);
  expect(Array.from(nonconformity([0.25, 0.5, 0.25], 0, 3, "aps"))).toEqual([0.75, 0.5, 1]);
});

test("coverage must be a share, and there must be items", () => {
  expect(() => conformalQuantile([1], [0], 1, { coverage: 1, method: "lac" })).toThrow("the coverage is 1");
  expect(() => conformalQuantile([], [], 2, { coverage: 0.9, method: "lac" })).toThrow(
    "there are no items to calibrate prediction sets on",
  );
  expect(() => fitTemperature([], [], 2)).toThrow("there are no items to fit a temperature on");
  expect(() => fitTemperature([1], [0], 2)).toThrow("1 labels and 2 classes need 2 scores, got 1");
});

test("the risk-coverage curve answers equal confidences together", () => {
  const points = riskCoverage([0.9, 0.8, 0.8, 0.6], [1, 1, 0, 1]);
  expect(points).toEqual([
    { threshold: 0.9, answered: 0.25, accuracy: 1, n: 1, errors: 0 },
    { threshold: 0.8, answered: 0.75, accuracy: 2 / 3, n: 3, errors: 1 },
    { threshold: 0.6, answered: 1, accuracy: 0.75, n: 4, errors: 1 },
  ]);
  expect(areaUnderRisk(points)).toBeCloseTo(0.5 / 3 + 0.25 * 0.25, 12);
});

/** Confidences 0.999, 0.998, …, and answers that are wrong at the given places, the surest first. */
const sureOnes = (n: number, wrong: readonly number[] = []) =>
  riskCoverage(
    Array.from({ length: n }, (_, i) => 1 - (i + 1) / 1000),
    Array.from({ length: n }, (_, i) => Number(!wrong.includes(i))),
  );

test("59 answers without an error promise 95 %, because 0.95 to the 59th is below 0.05", () => {
  expect(0.95 ** 59).toBeLessThan(0.05);
  expect(0.95 ** 58).toBeGreaterThan(0.05);
  expect(surestNeeded(0.95)).toBe(59);
  expect(surestNeeded(0.05)).toBe(1);
  expect(surestNeeded(1)).toBe(Number.POSITIVE_INFINITY);
  expect(chooseThreshold(sureOnes(58), 0.95)).toEqual({ accuracy: 0.95, threshold: null, needed: 59 });
  expect(chooseThreshold(sureOnes(59), 0.95)).toEqual({ accuracy: 0.95, threshold: 1 - 59 / 1000 });
  // 0.95ⁿ ≤ 0.05 / 12: n ≥ ln(240) / −ln(0.95) = 106.8. Twice as many count as much in pairs of equal items.
  expect(surestNeeded(0.95, { chosenOf: 12 })).toBe(107);
  expect(surestNeeded(0.95, { design: 2 })).toBe(117);
  expect(chooseThreshold(sureOnes(106), 0.95, { chosenOf: 12 })).toMatchObject({
    threshold: null,
    needed: 107,
  });
  expect(chooseThreshold(sureOnes(107), 0.95, { chosenOf: 12 }).threshold).not.toBeNull();
  expect(chooseThreshold(sureOnes(116), 0.95, { design: 2 })).toMatchObject({ threshold: null, needed: 117 });
  expect(chooseThreshold(sureOnes(117), 0.95, { design: 2 }).threshold).not.toBeNull();
  expect(chooseThreshold(sureOnes(1000), 1)).toEqual({ accuracy: 1, threshold: null });
  expect(abstainThreshold(sureOnes(45), 0.95)).toBeUndefined();
});

test("a threshold is accepted until the errors are too many to promise the accuracy", () => {
  // One error among 59 or 60 answers: P(X ≤ 1 | 60, 0.05) = 0.95^60 + 60 · 0.05 · 0.95^59 = 0.19.
  expect(abstainThreshold(sureOnes(500, [59]), 0.95)).toMatchObject({ n: 59, errors: 0 });
  expect(chooseThreshold(sureOnes(500, [3]), 0.95)).toEqual({
    ...{ accuracy: 0.95, threshold: null, needed: 59 },
    surest: { n: 59, errors: 1 },
  });
  // P(X ≤ 1 | 93, 0.05) = 0.0500 to three digits: 0.95^93 + 93 · 0.05 · 0.95^92.
  const one = (n: number) => 0.95 ** n + n * 0.05 * 0.95 ** (n - 1);
  expect(one(92)).toBeGreaterThan(0.05);
  expect(one(93)).toBeLessThan(0.05);
  expect(abstainThreshold(sureOnes(500, [92]), 0.95)).toMatchObject({ n: 500, errors: 1 });
  expect(abstainThreshold(sureOnes(500, [91]), 0.95)).toMatchObject({ n: 91, errors: 0 });
});

test("why no threshold can be promised is said with numbers", () => {
  expect(whyNoThreshold(45, chooseThreshold(sureOnes(45), 0.95))).toBe(
    "no threshold can promise 95 % right: 45 validation samples, and 59 sure ones are needed",
  );
  expect(whyNoThreshold(150, chooseThreshold(sureOnes(150, [0, 7]), 0.95))).toBe(
    "no threshold can promise 95 % right: 2 of the surest 59 of 150 validation samples are wrong",
  );
  expect(whyNoThreshold(45, { accuracy: 0.95, threshold: null, few_groups: 9 })).toBe(
    "no threshold can promise 95 % right: 45 validation samples of 9 groups, too few to tell for other groups",
  );
  expect(whyNoThreshold(1, chooseThreshold(sureOnes(1), 1))).toBe(
    "no threshold can promise 100 % right from 1 validation sample",
  );
});

test("the true coverage of sets lies between quantiles of a beta distribution", () => {
  // Beta(9, 1) of 9 items at 90 %: P(X ≤ x) = x⁹. Beta(1, 1) of one item at 50 % is uniform.
  const [low, high] = coverageRange(9, 0.9);
  expect(low).toBeCloseTo(0.025 ** (1 / 9), 10);
  expect(high).toBeCloseTo(0.975 ** (1 / 9), 10);
  expect(coverageRange(1, 0.5)).toEqual([expect.closeTo(0.025, 10), expect.closeTo(0.975, 10)]);
  expect(coverageRange(8, 0.9)).toEqual([1, 1]);
  // scipy.stats.beta(42, 4).ppf([0.025, 0.975])
  expect(coverageRange(45, 0.9)).toEqual([expect.closeTo(0.81731554, 7), expect.closeTo(0.97524704, 7)]);
  // Beta(9, 1) has the quantile q^(1/9). The best of 4 models leaves 0.025 / 4 on each side.
  const [lowOf4, highOf4] = coverageRange(9, 0.9, { chosenOf: 4 });
  expect(lowOf4).toBeCloseTo(0.00625 ** (1 / 9), 9);
  expect(highOf4).toBeCloseTo(0.99375 ** (1 / 9), 9);
  // 3 items that count as one: Beta(1, 1) is uniform.
  expect(coverageRange(3, 0.5, { design: 3 })).toEqual([
    expect.closeTo(0.025, 10),
    expect.closeTo(0.975, 10),
  ]);
});

test("distances are scikit-learn's: LedoitWolf and NearestNeighbors", () => {
  const { d, labels, features, new: others, ...g } = golden.distances;
  const clouds = fitClouds(features, labels, d);
  expect(clouds.shrinkage).toBeCloseTo(g.shrinkage, 10);
  mahalanobis(clouds, others).forEach((value, i) => {
    expect(value).toBeCloseTo(g.mahalanobis[i]!, 8);
  });
  neighbourDistances(features, others, d).forEach((value, i) => {
    expect(value).toBeCloseTo(g.neighbour[i]!, 10);
  });
});

test("fewer items than features have distances too", () => {
  const clouds = fitClouds([1, 2, 3, 4, 2, 1, 0, 1], [0, 0], 4);
  for (const value of mahalanobis(clouds, [1, 2, 3, 4, 9, 9, 9, 9]))
    expect(Number.isFinite(value)).toBe(true);
});

test("features that are not finite have no covariance to measure by, and the error says so", () => {
  expect(() => fitClouds([1, 2, Number.POSITIVE_INFINITY, 4], [0, 0], 2)).toThrow(
    "the covariance of 2 features has no inverse",
  );
});

test("energy is minus the log of the summed exponentials, whatever their size", () => {
  expect(energies([0, 0, 1000, 0], 2)[0]).toBeCloseTo(-Math.log(2), 12);
  expect(energies([0, 0, 1000, 0], 2)[1]).toBe(-1000);
});

test("of known items a share α is called strange at level α", () => {
  const d = draws(3, "strange");
  const known = Float64Array.from({ length: 199 }, () => d.normal()).sort();
  let called = 0;
  for (let i = 0; i < 4000; i++) if (strangeness(known, d.normal()) <= 0.05) called++;
  // Beta(10, 190) over calibration sets has a deviation of .015; four of them.
  expect(called / 4000).toBeGreaterThan(0);
  expect(called / 4000).toBeLessThan(0.05 + 0.06);
  expect(strangeness(known, Number.POSITIVE_INFINITY)).toBe(1 / 200);
});
