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
