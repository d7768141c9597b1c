import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { logisticProblem } from "../methods/probe/logistic-regression.js";
import { joinedRows } from "./joined-products.js";
import { type SparseRows, sparseRows } from "./sparse-products.js";

const [n, before, behind] = [120, 50, 12];
const g = draws(3, "joined");
/** Rows whose front is mostly 0. */
const whole = Array.from({ length: n }, () =>
  Array.from({ length: before + behind }, (_, j) => (j >= before || g.uniform() < 0.1 ? g.normal() : 0)),
);
const labels = (classes: number) => Int32Array.from(whole, (row, i) => (row[before]! > 0 ? i % classes : 0));

const sparseOf = (rows: readonly (readonly number[])[], width: number): SparseRows =>
  sparseRows(
    rows.map((row) => {
      const columns = Uint32Array.from(row.flatMap((v, j) => (v === 0 ? [] : [j])));
      return { columns, values: Float32Array.from(columns, (j) => row[j]!) };
    }),
    width,
  );
const asOne = sparseOf(whole, before + behind);
const joined = joinedRows(
  sparseOf(
    whole.map((row) => row.slice(0, before)),
    before,
  ),
  Float32Array.from(whole.flatMap((row) => row.slice(before))),
  behind,
);

for (const classes of [2, 5]) {
  const c = classes === 2 ? 1 : classes;
  test(`a dense block behind sparse rows multiplies as they would in one, ${c} rows of weights`, () => {
    const w = Float64Array.from({ length: c * (before + behind) }, () => g.normal());
    const r = Float64Array.from({ length: n * c }, () => g.normal());
    const [[z1, g1], [z2, g2]] = [asOne, joined].map((rows) => {
      const z = new Float64Array(n * c).fill(7);
      const back = new Float64Array(w.length).fill(7);
      const products = rows.products(c);
      products.multiply(w, z);
      products.multiplyTransposed(r, back);
      return [z, back];
    }) as [[Float64Array, Float64Array], [Float64Array, Float64Array]];
    for (const [i, v] of z1.entries()) expect(z2[i]).toBeCloseTo(v, 4);
    for (const [i, v] of g1.entries()) expect(g2[i]).toBeCloseTo(v, 4);
  });

  test(`and their logistic regression has the same minimum, ${classes} classes`, () => {
    const [a, b] = [asOne, joined].map((rows) =>
      logisticProblem(rows, labels(classes), classes).solve({ strength: 10, tolerance: 1e-5 }),
    );
    expect(b!.loss).toBeCloseTo(a!.loss, 4);
    expect(Math.max(...b!.weight.map((v, i) => Math.abs(v - a!.weight[i]!)))).toBeLessThan(0.02);
  });
}
