import { expect, test } from "vitest";
import { standardise } from "../../linalg/standardise.js";
import { scalingOf } from "./log-mel-statistics.js";

test("columns of sound are standardised, and one of rounding errors says nothing", () => {
  // Bands: one with sound, one that is silent in all training clips but for rounding.
  const train = Float32Array.from({ length: 80 }, (_, i) =>
    i % 2 === 0 ? Math.sin(i) : 1e-5 + 2e-8 * (i % 3),
  );
  const scaling = scalingOf(train, 2);
  const { mean, deviation } = scaling;
  const loud = Float32Array.of(mean[0]! + 2 * deviation[0]!, 1);
  const [first, second] = standardise(loud, 1, scaling);
  expect(first).toBeCloseTo(2, 5);
  expect(second).toBe(0);
});
