import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { betaOf, gammaOf, mixBatch } from "./mix.js";

const size = { height: 8, width: 8, classes: 3 };
const each = size.height * size.width * 3;
/** Four pictures, each of one value. */
const values = [0, 60, 120, 250];
const pixels = Uint8Array.from({ length: 4 * each }, (_, i) => values[Math.floor(i / each)]!);
const labels = [0, 1, 2, 1];
const rowsOf = (targets: Float32Array) =>
  labels.map((_, i) => [...targets.subarray(i * size.classes, (i + 1) * size.classes)]);

test("mixup blends pictures and labels in the same share", () => {
  let blended = 0;
  for (let step = 0; step < 40; step++) {
    const draw = () => draws(3, "mix", 0, step);
    const mixed = mixBatch(pixels, labels, size, { mixup: 1, cutmix: 0 }, draw());
    for (const [i, row] of rowsOf(mixed.targets).entries()) {
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
      const seen = new Set(mixed.pixels.subarray(i * each, (i + 1) * each));
      expect(seen.size).toBe(1);
      const [value] = [...seen] as [number];
      // x' = λ x_i + (1 - λ) x_j for some j, with q' the same blend of the labels.
      const fits = labels.some((other, j) => {
        const share = other === labels[i] ? undefined : row[labels[i]!]!;
        if (share === undefined) return row[labels[i]!]! > 0.999;
        const want = share * values[i]! + (1 - share) * values[j]!;
        return Math.abs(want - value) <= 0.51 && Math.abs(row[other]! - (1 - share)) < 1e-6;
      });
      expect(fits).toBe(true);
      if (row[labels[i]!]! < 0.99) blended++;
    }
    expect(mixBatch(pixels, labels, size, { mixup: 1, cutmix: 0 }, draw())).toEqual(mixed);
  }
  expect(blended).toBeGreaterThan(40);
});

test("cutmix pastes a rectangle, and the shares of labels are those of the areas", () => {
  let pasted = 0;
  for (let step = 0; step < 40; step++) {
    const mixed = mixBatch(pixels, labels, size, { mixup: 0, cutmix: 1 }, draws(4, "mix", 0, step));
    for (const [i, row] of rowsOf(mixed.targets).entries()) {
      const own = mixed.pixels.subarray(i * each, (i + 1) * each).filter((v) => v === values[i]).length;
      const others = new Set(mixed.pixels.subarray(i * each, (i + 1) * each).filter((v) => v !== values[i]));
      expect(others.size).toBeLessThanOrEqual(1);
      if (others.size === 0) continue;
      const j = values.indexOf([...others][0]!);
      if (labels[j] === labels[i]) continue;
      pasted++;
      expect(row[labels[i]!]).toBeCloseTo(own / each, 6);
      expect(row[labels[j]!]).toBeCloseTo(1 - own / each, 6);
    }
  }
  expect(pasted).toBeGreaterThan(30);
});

test("with both on, about half of the batches use cutmix", () => {
  let cut = 0;
  for (let step = 0; step < 200; step++) {
    const mixed = mixBatch(pixels, labels, size, { mixup: 1, cutmix: 1 }, draws(5, "mix", 0, step));
    // A blend is of one value in each picture, and seldom one of the given values.
    if (mixed.pixels.every((v) => values.includes(v))) cut++;
  }
  expect(cut).toBeGreaterThan(70);
  expect(cut).toBeLessThan(130);
});

test("the given batch is not changed", () => {
  const before = Uint8Array.from(pixels);
  mixBatch(pixels, labels, size, { mixup: 1, cutmix: 1 }, draws(0, "mix"));
  expect(pixels).toEqual(before);
});

test.each([0.2, 1, 4])("Beta(%d, %d) has mean ½ and variance 1 / (8 α + 4)", (alpha) => {
  const draw = draws(1, "beta", alpha);
  const n = 20_000;
  const x = Array.from({ length: n }, () => betaOf(alpha, draw));
  const mean = x.reduce((a, b) => a + b) / n;
  const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
  expect(x.every((v) => v >= 0 && v <= 1)).toBe(true);
  // Five standard errors of a mean of 20,000, at most ½ / √n each.
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.018);
  expect(Math.abs(variance / (1 / (8 * alpha + 4)) - 1)).toBeLessThan(0.05);
});

test("Gamma(α) has mean and variance α", () => {
  for (const alpha of [0.3, 2.5]) {
    const draw = draws(2, "gamma", alpha);
    const n = 20_000;
    const x = Array.from({ length: n }, () => gammaOf(alpha, draw));
    const mean = x.reduce((a, b) => a + b) / n;
    expect(Math.abs(mean / alpha - 1)).toBeLessThan(0.06);
    expect(Math.abs(x.reduce((a, b) => a + (b - mean) ** 2, 0) / n / alpha - 1)).toBeLessThan(0.12);
  }
});

test("a tiny α, whose Gamma draws underflow, still gives a share", () => {
  const draw = draws(7, "tiny");
  for (let i = 0; i < 100; i++) {
    const share = betaOf(1e-4, draw);
    expect(share >= 0 && share <= 1).toBe(true);
  }
});
