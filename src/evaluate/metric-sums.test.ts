import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import type { ScoreName } from "../core/results/metric.js";
import type { SampleSums } from "../core/results/scored.js";
import { scoredBy } from "./metric-sums.js";
import { readScores, recordedScores } from "./recorded-scores.js";

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

/** F1 and R² with a weight for each sample, as their definitions have them. */
const weighted: Record<"f1" | "r2", (values: number[], k: number, w: number[]) => number> = {
  f1(values, k, w) {
    const sum = (j: number) => w.reduce((s, wi, i) => s + wi * values[i * k + j]!, 0);
    return (2 * sum(2)) / (sum(0) + sum(1));
  },
  r2(values, k, w) {
    const total = w.reduce((a, b) => a + b, 0);
    const of = (t: number): number => {
      const y = w.map((_, i) => values[i * k + t + 1]!);
      const centre = y.reduce((s, yi, i) => s + w[i]! * yi, 0) / total;
      const square = w.reduce((s, wi, i) => s + wi * values[i * k + t]!, 0);
      return 1 - square / w.reduce((s, wi, i) => s + wi * (y[i]! - centre) ** 2, 0);
    };
    return (of(0) + of(2)) / 2;
  },
};

const d = draws(7, "sums");
const samples: Record<"f1" | "r2", number[]> = {
  f1: Array.from({ length: 30 }, () => {
    const [n, predicted] = [d.integer(4), d.integer(4)];
    return [n, predicted, Math.min(n, predicted, d.integer(4))];
  }).flat(),
  // Skewed true values, far from 0, with errors that grow.
  r2: Array.from({ length: 30 }, () => {
    const y = Math.exp(d.normal());
    return [(0.3 * y * d.normal()) ** 2, 1000 + y, d.normal() ** 2, 5 * d.normal()];
  }).flat(),
};

test.each(["f1", "r2"] as const)(
  "a share of %s is its value and its derivative by a sample's weight",
  (metric) => {
    const k = metric === "f1" ? 3 : 4;
    const values = samples[metric];
    const { value, shares } = scoredBy({ metric: metric as ScoreName, k, values });
    const of = (i: number, weight: number) =>
      weighted[metric](
        values,
        k,
        Array.from(shares, (_, j) => 1 + (i === j ? weight : 0)),
      );
    expect(value).toBeCloseTo(of(0, 0), 8);
    expect(mean(shares)).toBeCloseTo(value, 8);
    // More weight on one sample by h moves the mean of n by h / n.
    const h = 1e-4;
    shares.forEach((share, i) => {
      const slope = ((of(i, h) - of(i, -h)) / (2 * h)) * shares.length;
      expect(share - value).toBeCloseTo(slope, 4);
    });
  },
);

test("an accuracy's shares are 0 and 1", () => {
  expect(scoredBy({ metric: "accuracy", k: 1, values: [1, 0, 1, 1] })).toEqual({
    ...{ metric: "accuracy", n: 4, value: 0.75 },
    shares: Float64Array.of(1, 0, 1, 1),
  });
});

test.each(["map", "miou"] as const)("the shares of %s are its values, kept with nine digits", (metric) => {
  // Shares of a jackknife may be below 0 or above 1.
  const sums = { metric, k: 1, values: [0.25, -0.125, 1.25, 1 / 3] };
  const { scores, ...others } = recordedScores(sums);
  expect(others).toEqual({});
  expect(scores.values).toEqual([0.25, -0.125, 1.25, 0.333333333]);
  const { value, shares, n } = readScores(JSON.parse(JSON.stringify({ scores })))!;
  expect({ n, shares: Array.from(shares) }).toEqual({ n: 4, shares: [...scores.values] });
  expect(value).toBeCloseTo(1.708333333 / 4, 12);
});

test("where all true values are equal, every share is R² by its convention: 0, or 1 if all is right", () => {
  const shares = (square: number) => scoredBy({ metric: "r2", k: 2, values: [square, 0, square, 0] }).shares;
  expect(shares(4)).toEqual(Float64Array.of(0, 0));
  expect(shares(0)).toEqual(Float64Array.of(1, 1));
});

test("the scores that a result records are read again", () => {
  for (const [k, metric, values] of [
    [1, "accuracy", [1, 0, 1]],
    [3, "f1", samples.f1],
    [4, "r2", samples.r2],
  ] as const) {
    const recorded = recordedScores({ metric, k, values } as SampleSums & { readonly metric: "r2" });
    const read = readScores(JSON.parse(JSON.stringify(recorded)))!;
    expect(read.value).toBeCloseTo(scoredBy({ metric, k, values: [...values] }).value, 7);
  }
  expect(readScores({})).toBeUndefined();
});
