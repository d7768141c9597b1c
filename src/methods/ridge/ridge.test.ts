import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fitRidge } from "./ridge.js";

interface Known {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly (readonly number[])[];
  readonly alpha: number;
  readonly predicted: readonly (readonly number[])[];
}
// From scikit-learn, scripts/golden/make-numbers.py: 12 rows of 3 features, and 5 rows of 8.
const { ridge } = JSON.parse(
  readFileSync(new URL("../../../test/golden/numbers.json", import.meta.url), "utf8"),
) as { ridge: readonly Known[] };

const none = { features: new Float32Array(0), values: [], count: 0 };

test.each(ridge)(
  "predicts what scikit-learn's Ridge(alpha=$alpha) does",
  async ({ x, y, alpha, predicted }) => {
    const [n, d, t] = [x.length, x[0]!.length, y[0]!.length];
    const train = { features: Float32Array.from(x.flat()), values: y.flat(), count: n };
    // The same rows as validation: one strength, so nothing is chosen.
    const head = await fitRidge(
      { train, validation: train, dims: d, targets: t },
      { strengths: [alpha / n] },
    );
    expect(head.strength).toBeCloseTo(alpha, 12);
    x.forEach((row, i) => {
      for (let k = 0; k < t; k++) {
        const sum = row.reduce((s, v, j) => s + v * head.weight[k * d + j]!, head.bias[k]!);
        // Features are float32.
        expect(sum).toBeCloseTo(predicted[i]![k]!, 4);
      }
    });
  },
);

test("chooses the strength with the lowest validation error", async () => {
  const features = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
  const values = Array.from(features, (v) => 3 * v + 1);
  const data = { features, values, count: 40 };
  const head = await fitRidge({ train: data, validation: data, dims: 1, targets: 1 });
  // Without noise every penalty only hurts.
  expect(head.strength).toBeCloseTo(40 * 1e-6, 12);
  expect(head.weight[0]).toBeCloseTo(3, 4);
  expect(head.bias[0]).toBeCloseTo(1, 4);
});

test("a listener that has enough ends the trials with the best strength so far", async () => {
  const features = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
  const data = { features, values: Array.from(features, (v) => 3 * v + 1), count: 40 };
  let tried = 0;
  const own = { train: data, validation: data, dims: 1, targets: 1 };
  const head = await fitRidge(own, { strengths: [1, 0.1, 0.01], onStrength: () => ++tried === 2 });
  expect(tried).toBe(2);
  // Without noise the weakest penalty that was tried is the best one.
  expect(head.strength).toBeCloseTo(40 * 0.1, 12);
});

interface Folded {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly (readonly number[])[];
  readonly groups: readonly number[];
  readonly train: number;
  readonly strengths: readonly number[];
  readonly strength: number;
  readonly held: readonly (readonly number[])[];
  readonly test: readonly (readonly number[])[];
  readonly predicted: readonly (readonly number[])[];
  readonly of_train: readonly (readonly number[])[];
}
// From scikit-learn, scripts/golden/make-folds.py: 20 rows of 6 features, and 15 of 30, in five groups.
const { ridge: folded } = JSON.parse(
  readFileSync(new URL("../../../test/golden/folds.json", import.meta.url), "utf8"),
) as { ridge: readonly Folded[] };

test.each(folded)(
  "chooses alpha $strength by the same folds as scikit-learn, and fits both splits again",
  async ({ x, y, groups, train: n, strengths, strength, held, test: rows, predicted, of_train }) => {
    const [d, t] = [x[0]!.length, y[0]!.length];
    const part = (from: number, to?: number) => ({
      features: Float32Array.from(x.slice(from, to).flat()),
      values: y.slice(from, to).flat(),
      count: x.slice(from, to).length,
      groups: groups.slice(from, to).map(String),
    });
    const data = { train: part(0, n), validation: part(n), dims: d, targets: t };
    const head = await fitRidge(data, { refit: true, strengths });
    expect(head.folds).toBe(new Set(groups).size);
    expect(head.strength).toBeCloseTo(strength, 12);
    const predict = ({ weight, bias }: Pick<typeof head, "weight" | "bias">): number[] =>
      rows.flatMap((row) =>
        Array.from(bias, (b, k) => row.reduce((sum, v, j) => sum + v * weight[k * d + j]!, b)),
      );
    // Features and weights are float32.
    const near = (ours: ArrayLike<number>, theirs: readonly number[]): void => {
      expect(ours.length).toBe(theirs.length);
      for (const [i, value] of theirs.entries()) expect(ours[i]).toBeCloseTo(value, 3);
    };
    near(predict(head), predicted.flat());
    near(predict(head.ofTrain), of_train.flat());
    near(head.held, held.flat());
  },
);

test("without a refit the validation samples choose, however few", async () => {
  const { x, y, train: n, strengths } = folded[0]!;
  const part = (from: number, to?: number) => ({
    features: Float32Array.from(x.slice(from, to).flat()),
    values: y.slice(from, to).flat(),
    count: x.slice(from, to).length,
  });
  const data = { train: part(0, n), validation: part(n), dims: x[0]!.length, targets: y[0]!.length };
  const head = await fitRidge(data, { strengths });
  expect(head.folds).toBeUndefined();
  expect(head.weight).toEqual(head.ofTrain.weight);
});

test("says which part does not fit", async () => {
  const bad = { features: new Float32Array(5), values: [1, 2], count: 2 };
  await expect(fitRidge({ train: bad, validation: none, dims: 2, targets: 1 })).rejects.toThrow(
    "train needs float32[2, 2] features and [2, 1] values, got 5 and 2 numbers",
  );
});

test("says what to do when the equations have no solution", async () => {
  const data = { features: Float32Array.of(1, 2, 3), values: [1, 2, 4], count: 3 };
  const fit = fitRidge({ train: data, validation: data, dims: 1, targets: 1 }, { strengths: [-2] });
  await expect(fit).rejects.toMatchObject({
    message: "the ridge system of 1 equations is not positive definite with a penalty of -6",
    help: "look for extremely large values in the features, or use a stronger penalty",
  });
});
