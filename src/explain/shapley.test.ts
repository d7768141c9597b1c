// Shapley values by their definition over permutations, scripts/golden/make-attributions.py, and of games whose values are known by hand.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import {
  checkExplanation,
  deletionInsertion,
  type MaskedModel,
  occludeFeatures,
  shapleyValues,
} from "./index.js";

const { shapley: golden } = JSON.parse(
  readFileSync(new URL("../../test/golden/attributions.json", import.meta.url), "utf8"),
) as { shapley: { v: number[]; phi: number[] } };

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((all, v) => all + v, 0);

/** A game with its value as a function of the mask. */
const game = (features: number, value: (z: Uint8Array) => number): MaskedModel => ({
  features,
  evaluate: async (masks) => masks.map(value),
});

/**
 * v(z) = Σ a_i z_i + Σ b_ij z_i z_j + c z_0 z_1 z_2. A term of k features is shared equally:
 * φ_i = a_i + Σ_j b_ij / 2, and c / 3 for the first three.
 */
function interacting(features: number, seed = 1) {
  const { normal } = draws(seed, "game");
  const a = Float64Array.from({ length: features }, normal);
  const b = Array.from({ length: features }, () =>
    Float64Array.from({ length: features }, () => normal() / 2),
  );
  const c = 2;
  const model = game(features, (z) => {
    let value = 0.3 + (z[0] && z[1] && z[2] ? c : 0);
    for (let i = 0; i < features; i++) {
      if (!z[i]) continue;
      value += a[i]!;
      for (let j = 0; j < i; j++) if (z[j]) value += b[i]![j]!;
    }
    return value;
  });
  const phi = Float64Array.from(a, (own, i) => {
    let value = own + (i < 3 ? c / 3 : 0);
    for (let j = 0; j < features; j++) value += (j < i ? b[i]![j]! : j > i ? b[j]![i]! : 0) / 2;
    return value;
  });
  return { model, phi };
}

test("values of few features are those of the definition over all permutations", async () => {
  const { base, prediction, values, evaluations, halfWidths } = await shapleyValues(
    game(6, (z) => golden.v[z.reduce((s, on, i) => s + (on << i), 0)]!),
  );
  expect([base, prediction, evaluations, halfWidths]).toEqual([golden.v[0], golden.v[63], 64, undefined]);
  golden.phi.forEach((phi, i) => {
    expect(values[i]).toBeCloseTo(phi, 8);
  });
});

test("one feature has all of the gain, none has nothing, and a feature without effect has 0", async () => {
  expect([...(await shapleyValues(game(1, (z) => 2 + 3 * z[0]!))).values]).toEqual([3]);
  expect(await shapleyValues(game(0, () => 5))).toMatchObject({ base: 5, prediction: 5, evaluations: 1 });
  const { values } = await shapleyValues(game(4, (z) => z[0]! * z[1]! + z[3]!));
  // z_0 z_1 is shared equally.
  expect([...values].map((v) => Number(v.toFixed(12)))).toEqual([0.5, 0.5, 0, 1]);
});

test("an additive prediction of many features gets its own terms, with intervals of no width", async () => {
  const terms = Array.from({ length: 40 }, (_, i) => (i % 7) - 3);
  const { values, halfWidths, converged, evaluations } = await shapleyValues(
    game(40, (z) => terms.reduce((all, term, i) => all + term * z[i]!, 10)),
  );
  terms.forEach((term, i) => {
    expect(values[i]).toBeCloseTo(term, 6);
  });
  expect(converged).toBe(true);
  expect(Math.max(...halfWidths!)).toBeLessThan(1e-6);
  expect(evaluations).toBeLessThan(300);
});

test("sampled values sum up to the gain exactly, and lie near the values known by hand", async () => {
  const { model, phi } = interacting(20);
  const { base, prediction, values, halfWidths } = await shapleyValues(model, {
    tolerance: 0.01,
    samples: 6000,
  });
  expect(base).toBeCloseTo(0.3, 12);
  expect(sum(values)).toBeCloseTo(prediction - base, 12);
  phi.forEach((own, i) => {
    // Three half widths of 95 %: six standard errors.
    expect(Math.abs(values[i]! - own)).toBeLessThan(3 * halfWidths![i]!);
  });
  expect(Math.max(...halfWidths!)).toBeLessThan(0.2);
});

test("95 % intervals hold the true values in about 95 % of the draws", async () => {
  const { model, phi } = interacting(14);
  let [inside, all] = [0, 0];
  for (let seed = 0; seed < 60; seed++) {
    const { values, halfWidths } = await shapleyValues(model, { seed, samples: 400, tolerance: 0 });
    for (const [i, own] of phi.entries()) {
      all++;
      if (Math.abs(values[i]! - own) <= halfWidths![i]!) inside++;
    }
  }
  // 840 intervals, not independent within a draw: the standard error is below 0.02.
  expect(inside / all).toBeGreaterThan(0.91);
  expect(inside / all).toBeLessThan(0.99);
});

test("the draw stops when intervals are narrow, and at the budget with a word that it did not converge", async () => {
  const { model } = interacting(16);
  const wide = await shapleyValues(model, { tolerance: 0.5 });
  const narrow = await shapleyValues(model, { tolerance: 0.02 });
  expect([wide.converged, narrow.converged]).toEqual([true, true]);
  expect(wide.evaluations).toBeLessThan(narrow.evaluations);
  const short = await shapleyValues(model, { tolerance: 0.001, samples: 100 });
  expect(short.converged).toBe(false);
  expect(short.evaluations).toBeLessThanOrEqual(102);
});

test("the same seed gives the same values, and a constant prediction gives zeros", async () => {
  const { model } = interacting(15);
  expect(await shapleyValues(model, { seed: 3 })).toEqual(await shapleyValues(model, { seed: 3 }));
  const none = await shapleyValues(game(15, () => 4));
  expect(Math.max(...none.values.map(Math.abs))).toBeLessThan(1e-12);
  expect(none.converged).toBe(true);
});

test("more than five hundred features are refused", async () => {
  await expect(shapleyValues(game(501, () => 1))).rejects.toMatchObject({
    kind: "OptionError",
    message: "501 features are too many for Shapley values",
    help: "they are computed for up to 500; use --method ig or occlusion",
  });
});

test("an abort ends it", async () => {
  await expect(
    shapleyValues(
      game(10, () => 1),
      { signal: AbortSignal.abort() },
    ),
  ).rejects.toMatchObject({ kind: "Interrupted" });
});

test("occlusion is the loss of the prediction without each feature", async () => {
  const { prediction, values } = await occludeFeatures(game(3, (z) => 1 + 2 * z[0]! + z[1]! * z[2]!));
  expect([prediction, ...values]).toEqual([4, 2, 1, 1]);
});

test("deletion and insertion areas are means of the predictions along the order", async () => {
  const model = game(2, (z) => 0.2 + 0.6 * z[0]! + 0.2 * z[1]!);
  const { deletion, insertion } = await deletionInsertion(model, [0, 1]);
  // 1 → 0.4 → 0.2: (0.7 + 0.3) / 2; 0.2 → 0.8 → 1: (0.5 + 0.9) / 2
  expect(deletion.area).toBeCloseTo(0.5, 12);
  expect(insertion.area).toBeCloseTo(0.7, 12);
});

test("Shapley values order features better than chance", async () => {
  const { model } = interacting(10, 4);
  const { values } = await shapleyValues(model);
  const { deletion, insertion, random } = await checkExplanation(model, values);
  expect(deletion.area).toBeLessThan(random.deletion);
  expect(insertion.area).toBeGreaterThan(random.insertion);
});
