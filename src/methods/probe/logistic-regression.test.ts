import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { foldStandardisation, standardisation, standardise } from "../../linalg/standardise.js";
import { fitLogistic } from "./logistic-regression.js";

interface Golden {
  name: string;
  n: number;
  d: number;
  classes: number;
  strength: number;
  features: number[];
  labels: number[];
  mean: number[];
  scale: number[];
  coef: number[];
  bias: number[];
  probabilities: number[];
}
const golden: Golden[] = JSON.parse(
  readFileSync(new URL("../../../test/golden/evaluate-probe.json", import.meta.url), "utf8"),
);

function probabilities(x: ArrayLike<number>, w: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const c = b.length;
  const d = w.length / c;
  const out: number[] = [];
  for (let i = 0; i < x.length / d; i++) {
    const z = Array.from({ length: c }, (_, k) => {
      let sum = b[k]!;
      for (let t = 0; t < d; t++) sum += x[i * d + t]! * w[k * d + t]!;
      return sum;
    });
    const max = Math.max(...z);
    const sum = z.reduce((s, v) => s + Math.exp(v - max), 0);
    out.push(...z.map((v) => Math.exp(v - max) / sum));
  }
  return out;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let max = 0;
  for (let i = 0; i < a.length; i++) max = Math.max(max, Math.abs(a[i]! - b[i]!));
  return max;
}

/** Two Gaussian clouds a class, seeded. */
function clouds(n: number, d: number, classes: number, seed: number, gap = 1) {
  const g = draws(seed, "clouds");
  const centres = Array.from({ length: classes * d }, () => gap * g.normal());
  const labels = Int32Array.from({ length: n }, (_, i) => i % classes);
  const features = Float32Array.from(
    { length: n * d },
    (_, j) => centres[labels[Math.floor(j / d)]! * d + (j % d)]! + g.normal(),
  );
  return { features, labels };
}

/** Largest derivative of mean loss + ‖W‖²/(2CN), from the definition. */
function largestDerivative(
  x: Float32Array,
  labels: Int32Array,
  w: Float32Array,
  b: Float32Array,
  strength: number,
): number {
  const n = labels.length;
  const c = b.length;
  const d = w.length / c;
  const p = probabilities(x, w, b);
  let max = 0;
  for (let k = 0; k < c; k++) {
    let db = 0;
    const dw = Array.from({ length: d }, (_, t) => w[k * d + t]! / (strength * n));
    for (let i = 0; i < n; i++) {
      const r = (p[i * c + k]! - (labels[i] === k ? 1 : 0)) / n;
      db += r;
      for (let t = 0; t < d; t++) dw[t]! += r * x[i * d + t]!;
    }
    max = Math.max(max, Math.abs(db), ...dw.map(Math.abs));
  }
  return max;
}

for (const g of golden) {
  test(`equals scikit-learn: ${g.name}`, () => {
    const features = Float32Array.from(g.features);
    const scaling = standardisation(features, g.n, g.d);
    expect(largestDifference(scaling.mean, g.mean)).toBeLessThan(1e-9);
    expect(largestDifference(scaling.deviation, g.scale)).toBeLessThan(1e-9);
    const standard = standardise(features, g.n, scaling);
    const fit = fitLogistic(standard, Int32Array.from(g.labels), g.classes, {
      strength: g.strength,
      tolerance: 1e-8,
    });
    // Both solvers stop at a small gradient, not at the minimum.
    expect(largestDifference(fit.weight, g.coef)).toBeLessThan(1e-3);
    expect(largestDifference(fit.bias, g.bias)).toBeLessThan(1e-3);
    const folded = foldStandardisation(Float64Array.from(fit.weight), Float64Array.from(fit.bias), scaling);
    expect(
      largestDifference(probabilities(features, folded.weight, folded.bias), g.probabilities),
    ).toBeLessThan(1e-4);
  });
}

test("the derivative vanishes at the solution, with fewer and with more features than examples", () => {
  for (const [n, d, c] of [
    [60, 7, 3],
    [12, 50, 3],
    [31, 33, 5],
  ] as const) {
    const { features, labels } = clouds(n, d, c, 5);
    const { weight, bias } = fitLogistic(features, labels, c, { strength: 0.3, tolerance: 1e-7 });
    // float32 weights: their rounding (6e-8 relative) moves the derivative by less than this.
    expect(largestDerivative(features, labels, weight, bias, 0.3)).toBeLessThan(2e-6);
  }
});

test("a start does not change the solution", () => {
  for (const d of [6, 60]) {
    const { features, labels } = clouds(20, d, 3, 8);
    const cold = fitLogistic(features, labels, 3, { strength: 0.1, tolerance: 1e-8 });
    const other = fitLogistic(features, labels, 3, { strength: 10, tolerance: 1e-8 });
    const warm = fitLogistic(features, labels, 3, { strength: 0.1, tolerance: 1e-8, start: other });
    expect(largestDifference(cold.weight, warm.weight)).toBeLessThan(1e-5);
    expect(largestDifference(cold.bias, warm.bias)).toBeLessThan(1e-5);
    const again = fitLogistic(features, labels, 3, { strength: 0.1, tolerance: 1e-5, start: cold });
    expect(again.iterations).toBeLessThanOrEqual(1);
  }
});

test("separable data end: the penalty keeps the weights finite", () => {
  const { features, labels } = clouds(40, 3, 2, 9, 20);
  const fit = fitLogistic(features, labels, 2, { strength: 1e6 });
  expect(fit.stopped).not.toBe("iterations");
  expect(fit.loss).toBeLessThan(1e-3);
  expect(Array.from(fit.weight).every(Number.isFinite)).toBe(true);
});

test("duplicated examples and a feature that is 0 everywhere are harmless", () => {
  const { features, labels } = clouds(6, 40, 2, 10);
  const twice = new Float32Array(features.length * 2);
  twice.set(features);
  twice.set(features, features.length);
  for (let i = 0; i < 12; i++) twice[i * 40 + 4] = 0;
  const fit = fitLogistic(twice, Int32Array.from([...labels, ...labels]), 2);
  expect(fit.weight[4]).toBeCloseTo(0, 6);
  expect(Array.from(fit.weight).every(Number.isFinite)).toBe(true);
});

test("all features zero: the class frequencies remain", () => {
  const fit = fitLogistic(new Float32Array(8), Int32Array.of(0, 0, 0, 1), 2);
  const [p] = probabilities([0, 0], fit.weight, fit.bias);
  expect(p).toBeCloseTo(0.75, 5);
});

test("a class without examples is nearly never predicted, and the others are as without it", () => {
  const { features, labels } = clouds(30, 4, 3, 11);
  const without = fitLogistic(features, labels, 3, { tolerance: 1e-8 });
  const shifted = labels.map((l) => (l === 2 ? 3 : l));
  const fit = fitLogistic(features, shifted, 5, { tolerance: 1e-8 });
  expect(largestDifference(fit.weight.subarray(0, 8), without.weight.subarray(0, 8))).toBeLessThan(1e-6);
  expect(largestDifference(fit.weight.subarray(12, 16), without.weight.subarray(8))).toBeLessThan(1e-6);
  expect(Array.from(fit.weight.subarray(8, 12))).toEqual([0, 0, 0, 0]);
  const p = probabilities(features, fit.weight, fit.bias);
  for (let i = 0; i < 30; i++) {
    expect(p[i * 5 + 2]).toBeLessThan(1 / (31 * 3) + 1e-9);
    expect(p[i * 5 + 4]).toBeLessThan(1 / (31 * 3) + 1e-9);
  }
});

test("one class only: it is predicted", () => {
  const fit = fitLogistic(Float32Array.of(1, 2, 3), Int32Array.of(1, 1, 1), 2);
  const p = probabilities([5], fit.weight, fit.bias);
  expect(p[1]).toBeGreaterThan(0.79);
});

test("200 classes", () => {
  const { features, labels } = clouds(400, 32, 200, 12, 2);
  const fit = fitLogistic(features, labels, 200, { strength: 10, tolerance: 1e-5 });
  expect(fit.weight.length).toBe(200 * 32);
  expect(fit.loss).toBeLessThan(1);
});

test("bad input is an error with the values that disagree", () => {
  const x = new Float32Array(6);
  expect(() => fitLogistic(new Float32Array(0), new Int32Array(0), 2)).toThrow(
    "there are no examples to fit a classifier on",
  );
  expect(() => fitLogistic(x, new Int32Array(4), 2)).toThrow(
    "features must be float32[4, D] for 4 labels, got 6 values",
  );
  expect(() => fitLogistic(x, Int32Array.of(0, 2), 2)).toThrow(
    "label 2 of example 1 is not one of the 2 classes",
  );
  expect(() => fitLogistic(x, Int32Array.of(0, 1), 2, { strength: 0 })).toThrow(
    "strength must be above 0 and finite, got 0",
  );
});
