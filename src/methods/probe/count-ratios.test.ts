import { expect, test } from "vitest";
import { sparseRows } from "../../linalg/sparse-products.js";
import { countRatioScales } from "./count-ratios.js";

const rowsOf = (rows: readonly (readonly number[])[], width: number) =>
  sparseRows(
    rows.map((columns) => ({
      columns: Uint32Array.from(columns),
      values: new Float32Array(columns.length).fill(0.1),
    })),
    width,
  );

test("a column is scaled by the ratio of its counts in two classes, each plus one", () => {
  // Column 0 is in both rows of class 1, column 1 in all four rows, column 2 in no row.
  const scales = countRatioScales(rowsOf([[0, 1], [0, 1], [1], [1]], 3), Int32Array.of(1, 1, 0, 0));
  // p = 3, 3, 1 of 7;  q = 1, 3, 1 of 5
  const ratios = [3 / 7 / (1 / 5), 3 / 7 / (3 / 5), 1 / 7 / (1 / 5)].map(Math.log);
  for (const [t, r] of ratios.entries()) expect(scales[t]).toBeCloseTo(Math.sqrt(1 + r * r), 12);
});

test("the order of the classes changes nothing", () => {
  const rows = rowsOf([[0], [0, 2], [1], [2], [1, 2]], 3);
  const scales = countRatioScales(rows, Int32Array.of(1, 1, 0, 0, 1));
  const turned = countRatioScales(rows, Int32Array.of(0, 0, 1, 1, 0));
  for (const [t, scale] of scales.entries()) expect(turned[t]).toBeCloseTo(scale, 12);
});
