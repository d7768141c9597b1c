import { expect, test } from "vitest";
import { fourier } from "./fourier.js";

test("is the sum of its definition, and its inverse gives the numbers back", () => {
  const n = 16;
  const [x, y] = [0, 1].map((k) => Float64Array.from({ length: n }, (_, j) => Math.sin(3 * j * j + k)));
  const [re, im] = [x!.slice(), y!.slice()];
  fourier(re, im);
  for (let k = 0; k < n; k++) {
    // X[k] = Σ (x + iy) (cos − i sin)
    let [a, b] = [0, 0];
    for (let j = 0; j < n; j++) {
      const [c, s] = [Math.cos((2 * Math.PI * j * k) / n), Math.sin((2 * Math.PI * j * k) / n)];
      a += x![j]! * c + y![j]! * s;
      b += y![j]! * c - x![j]! * s;
    }
    expect(re[k]).toBeCloseTo(a, 12);
    expect(im[k]).toBeCloseTo(b, 12);
  }
  fourier(re, im, true);
  for (let j = 0; j < n; j++) expect(re[j]! / n).toBeCloseTo(x![j]!, 12);
});
