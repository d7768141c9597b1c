import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { productWith } from "./product-with.js";

test("products with one matrix are the plain ones, also where rows and columns are no multiples of the lanes", () => {
  for (const [rows, m, depth] of [
    [1, 1, 1],
    [5, 7, 9],
    [6, 8, 10],
  ] as const) {
    const draw = draws(3, "products", rows);
    const some = (size: number) => Float64Array.from({ length: size }, () => draw.normal());
    const [a, b, other] = [some(rows * depth), some(m * depth), some(rows * depth)];
    const [out, plain] = [new Float64Array(rows * m), new Float64Array(rows * m)];
    const product = productWith(b, m, depth, rows);
    for (const left of [other, a]) product(left, out);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < m; j++)
        for (let t = 0; t < depth; t++) plain[i * m + j]! += a[i * depth + t]! * b[j * depth + t]!;
    for (let i = 0; i < out.length; i++) expect(out[i]).toBeCloseTo(plain[i]!, 12);
  }
});
