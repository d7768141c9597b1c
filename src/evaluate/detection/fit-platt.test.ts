import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fitPlatt, leastSlope } from "./detection-calibration.js";

interface GoldenCase {
  readonly name: string;
  readonly scores: readonly number[];
  readonly right: readonly (0 | 1)[];
  readonly slope: number;
  readonly offset: number;
}
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/dense-vision.json", import.meta.url), "utf8"),
) as { readonly platt: readonly GoldenCase[] };

test.each(golden.platt.map((one) => [one.name, one] as const))(
  "slope and offset equal SciPy's: %s",
  (_, { scores, right, slope, offset }) => {
    const fitted = fitPlatt(
      scores,
      right.map((r) => r === 1),
    );
    // SciPy's gradient is below 1e-8 in float64.
    expect(fitted.slope).toBeCloseTo(slope, 6);
    expect(fitted.offset).toBeCloseTo(offset, 6);
  },
);

test("the slope stays above 0 where better scores are wrong more often", () => {
  const { slope } = fitPlatt([0.9, 0.8, 0.2, 0.1], [false, false, true, true]);
  expect(slope).toBe(leastSlope);
});

test("scores of 0 and 1, equal scores and no scores give finite numbers", () => {
  for (const [scores, right] of [
    [
      [0, 1],
      [false, true],
    ],
    [
      [0.5, 0.5, 0.5],
      [true, false, true],
    ],
    [[], []],
  ] as const) {
    const { slope, offset } = fitPlatt(scores, right);
    expect(Number.isFinite(slope) && slope > 0).toBe(true);
    expect(Number.isFinite(offset)).toBe(true);
  }
});

test("refuses lists of different lengths", () => {
  expect(() => fitPlatt([0.5], [])).toThrow("1 scores need 1 answers, got 0");
});
