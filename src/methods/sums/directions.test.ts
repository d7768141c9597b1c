// Feature sums along directions that come from other samples.
import { expect, test } from "vitest";
import { fileOf, makeSamples, sha256, sumsWhere } from "../../../test/support/made-sums.js";
import { EngraftError } from "../../core/errors.js";
import { rowsOf } from "../../core/results/rows.js";
import { cholesky } from "../../linalg/cholesky.js";
import { fewDirections, strongestDirections } from "./directions.js";
import {
  addSums,
  collectClassSums,
  collectNumberSums,
  type FeatureSums,
  subtractSums,
  triangleOf,
  withinScatter,
} from "./feature-sums.js";
import { solveSums } from "./solve-sums.js";
import { decodeSums, encodeSums } from "./sums-file.js";

const data = makeSamples();
const { features, labels, dims, classes } = data;
const directions = strongestDirections(await sumsWhere((i) => i >= 100), 6);
const places = Array.from({ length: 100 }, (_, i) => i);
const along = (own: readonly number[]): Promise<FeatureSums> =>
  collectClassSums(
    rowsOf(Float32Array.from(own.flatMap((i) => [...features.subarray(i * dims, (i + 1) * dims)])), dims),
    own.map((i) => labels[i]!),
    classes,
    { directions },
  );
/** x Uᵀ, rounded to float32. */
const projected = Float32Array.from({ length: 100 * 6 }, (_, p) => {
  const [i, k] = [Math.floor(p / 6), p % 6];
  let sum = 0;
  for (let t = 0; t < dims; t++) sum += features[i * dims + t]! * directions[k * dims + t]!;
  return sum;
});

test("the strongest directions of sums along the axes are these axes", () => {
  const scatter = new Float64Array(triangleOf(4));
  for (const [i, square] of [2, 7, 1, 5].entries()) scatter[triangleOf(i + 1) - 1] = square;
  const sums = { dims: 4, count: 15, scatter, targets: { classes: [] } };
  const found = strongestDirections(sums, 2);
  const axes = [0, 1, 0, 0, 0, 0, 0, 1];
  axes.forEach((value, i) => {
    expect(Math.abs(found[i]!)).toBeCloseTo(value, 9);
  });
  expect(() => strongestDirections(sums, 5)).toThrow("15 samples of 4 features have no 5 directions");
});

test("the head is that of the projected rows, and reads whole rows", async () => {
  const head = solveSums(await along(places));
  const small = solveSums(await collectClassSums(rowsOf(projected, 6), labels.slice(0, 100), classes));
  const largest = Math.max(...small.weight.map(Math.abs));
  for (const [c] of classes.entries()) {
    expect(head.bias[c]! / small.bias[c]!).toBeCloseTo(1, 4);
    for (let t = 0; t < dims; t++) {
      let expected = 0;
      for (let k = 0; k < 6; k++) expected += small.weight[c * 6 + k]! * directions[k * dims + t]!;
      // Rows are rounded to float32 before one head, and after the other.
      expect(Math.abs(head.weight[c * dims + t]! - expected) / largest).toBeLessThan(1e-5);
    }
  }
});

test("sums of parts are the sums of all, and a file keeps the directions", async () => {
  const whole = await along(places);
  const [one, other] = [await along(places.slice(0, 40)), await along(places.slice(40))];
  const both = addSums(one, other);
  expect(both.directions).toEqual(directions);
  both.scatter.forEach((value, i) => {
    expect(value).toBeCloseTo(whole.scatter[i]!, 9);
  });
  expect(subtractSums(whole, one).directions).toEqual(directions);
  const bytes = await encodeSums(fileOf(whole), sha256);
  expect(await decodeSums(bytes, "a.sums", sha256)).toEqual(fileOf(whole));
  const numbers = await collectNumberSums(rowsOf(features, dims), features.slice(0, 200), ["y"], {
    directions,
  });
  const ofNumbers = fileOf(numbers);
  expect(await decodeSums(await encodeSums(ofNumbers, sha256), "a.sums", sha256)).toEqual(ofNumbers);
});

test("sums along fewer directions than samples span every direction, so no sample stands out", async () => {
  const few = await along(places);
  expect(cholesky(withinScatter(few.scatter, [], 6), 6)).toBeDefined();
  // Of all 24 features, ten samples span ten directions.
  const whole = await sumsWhere((i) => i < 10);
  expect(cholesky(withinScatter(whole.scatter, [], dims), dims)).toBeUndefined();
});

test("sums along other directions, and of whole rows, are not added", async () => {
  const sums = await along(places);
  const turned = { ...sums, directions: directions.map((value) => -value) };
  expect(() => addSums(sums, turned)).toThrow("sums along different directions cannot be added");
  const { directions: _, ...whole } = sums;
  expect(() => addSums(sums, whole)).toThrow(EngraftError);
  expect(addSums(sums, { ...sums, directions: directions.map((value) => value + 1e-9) }).count).toBe(200);
});

test("few directions are half the root of the samples", () => {
  expect([1, 100, 1000, 4000].map(fewDirections)).toEqual([1, 5, 15, 31]);
});
