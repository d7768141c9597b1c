import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { sparseRows } from "../../linalg/sparse-products.js";
import { fitSparseRidge, type NumberedRows } from "./sparse-ridge.js";

/** Rows of 12 columns, a third of them not 0, and two targets that are linear in them but for noise. */
function made(n: number, seed: number) {
  const { chance, normal } = draws(seed, "sparse-ridge");
  const dense = Array.from({ length: n }, () =>
    Array.from({ length: 12 }, () => (chance(1 / 3) ? normal() : 0)),
  );
  const values = dense.flatMap((row) => [
    5 + 2 * row[0]! - row[3]! + 0.1 * normal(),
    -100 + row.reduce((sum, x) => sum + x, 0) + 0.1 * normal(),
  ]);
  const rows = sparseRows(
    dense.map((row) => {
      const columns = Uint32Array.from([...row.keys()].filter((j) => row[j] !== 0));
      return { columns, values: Float32Array.from(columns, (j) => row[j]!) };
    }),
    12,
  );
  return { dense: dense.map((row) => row.map(Math.fround)), split: { rows, values } satisfies NumberedRows };
}

const none: NumberedRows = { rows: sparseRows([], 12), values: [] };

test("the derivatives of ‖Xw + b − y‖² + α‖w‖² are zero at the solution", async () => {
  const { dense, split } = made(60, 1);
  const alpha = 0.7;
  const { weight, bias, strength } = await fitSparseRidge(split, none, 2, { strengths: [alpha] });
  expect(strength).toBe(alpha);
  for (const k of [0, 1]) {
    const w = [...weight.subarray(k * 12, (k + 1) * 12)];
    const residual = dense.map(
      (row, i) => row.reduce((sum, x, j) => sum + x * w[j]!, bias[k]!) - split.values[2 * i + k]!,
    );
    expect(Math.abs(residual.reduce((sum, r) => sum + r, 0))).toBeLessThan(1e-3);
    for (const j of w.keys()) {
      const slope = residual.reduce((sum, r, i) => sum + r * dense[i]![j]!, 0) + alpha * w[j]!;
      expect(Math.abs(slope)).toBeLessThan(1e-3);
    }
  }
});

test("more columns than rows have a solution, too", async () => {
  const { dense, split } = made(5, 2);
  const { weight, bias } = await fitSparseRidge(split, none, 2, { strengths: [1e-3] });
  // Almost without a penalty, the line goes through all points.
  dense.forEach((row, i) => {
    const predicted = row.reduce((sum, x, j) => sum + x * weight[j]!, bias[0]!);
    expect(predicted).toBeCloseTo(split.values[2 * i]!, 1);
  });
});

test("validation chooses the strength, and a constant target has no weights", async () => {
  const [{ split: train }, { split: validation }] = [made(30, 3), made(30, 4)];
  // Little noise: the weakest penalty predicts best.
  expect((await fitSparseRidge(train, validation, 2)).strength).toBe(0.01);
  const constant = { rows: train.rows, values: new Array<number>(60).fill(3) };
  const { weight, bias } = await fitSparseRidge(constant, none, 2);
  expect([...weight].every((w) => w === 0)).toBe(true);
  expect([...bias]).toEqual([3, 3]);
});

test("an aborted signal stops the trials", async () => {
  const { split } = made(30, 5);
  await expect(fitSparseRidge(split, split, 2, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    kind: "Interrupted",
  });
});
