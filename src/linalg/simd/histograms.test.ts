import { describe, expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { type Histograms, openHistograms, plainHistograms } from "./histograms.js";

const forms = { "with SIMD": openHistograms, plain: plainHistograms };

/** 900 rows of features with 1, 2, 7 and 255 bins; gradients of very different sizes. */
function example() {
  const sizes = [1, 2, 7, 255];
  const offsets = Int32Array.from([0, 1, 3, 10, 265]);
  const [count, draw] = [900, draws(1, "histograms")];
  const x = Uint8Array.from({ length: 4 * count }, (_, i) => draw.integer(sizes[i % 4]!));
  const gradient = Float32Array.from({ length: count }, (_, i) => draw.normal() * 10 ** (i % 5));
  const hessian = Float32Array.from({ length: count }, () => draw.uniform() / 4);
  const rows = Uint32Array.from({ length: count }, (_, i) => (i * 7) % count);
  return { count, offsets, x, gradient, hessian, rows, bins: 265 };
}

function opened(form: keyof typeof forms, { count, offsets, x, gradient, hessian, rows } = example()) {
  const histograms = forms[form]({ count, offsets, slots: 3 });
  histograms.x.set(x);
  histograms.rows.set(rows);
  histograms.setDerivatives(gradient, hessian);
  return histograms;
}

const read = (histograms: Histograms, slot: number): Float64Array => histograms.read(slot).slice();

describe.each(["with SIMD", "plain"] as const)("histograms %s", (form) => {
  test("hold the sums of gradients, hessians and rows of each bin, to the rounding of 29 bits", () => {
    const { count, offsets, x, gradient, hessian, rows, bins } = example();
    const histograms = opened(form);
    histograms.fill(1, 100, 700);
    const sums = read(histograms, 1);
    const expected = new Float64Array(3 * bins);
    for (const row of rows.subarray(100, 700))
      for (let d = 0; d < 4; d++) {
        const at = 3 * (offsets[d]! + x[4 * row + d]!);
        expected[at]! += gradient[row]!;
        expected[at + 1]! += hessian[row]!;
        expected[at + 2]! += 1;
      }
    const most = [Math.max(...gradient.map(Math.abs)), Math.max(...hessian), 0];
    for (const [i, sum] of sums.entries())
      expect(Math.abs(sum - expected[i]!)).toBeLessThanOrEqual((count * most[i % 3]!) / 2 ** 29);
  });

  test("subtract exactly: the parent less one side is the other side", () => {
    const histograms = opened(form);
    histograms.fill(0, 0, 900);
    histograms.fill(1, 0, 333);
    histograms.fill(2, 333, 900);
    histograms.subtract(0, 1);
    expect(read(histograms, 0)).toEqual(read(histograms, 2));
  });

  test("do not depend on the order of the rows", () => {
    const [one, other] = [opened(form), opened(form)];
    other.rows.reverse();
    one.fill(0, 0, 900);
    other.fill(0, 0, 900);
    expect(read(one, 0)).toEqual(read(other, 0));
  });

  test("of no rows are zero", () => {
    const histograms = opened(form);
    histograms.fill(0, 0, 900);
    histograms.fill(0, 5, 5);
    expect(read(histograms, 0).every((sum) => sum === 0)).toBe(true);
  });
});

test("both forms have the same bits", () => {
  const [simd, plain] = [opened("with SIMD"), opened("plain")];
  for (const one of [simd, plain]) {
    one.fill(0, 0, 900);
    one.fill(1, 20, 450);
    one.subtract(0, 1);
  }
  expect(read(simd, 0)).toEqual(read(plain, 0));
});
