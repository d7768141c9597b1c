import { expect, test } from "vitest";
import { float32 } from "../../../core/tensor.js";
import type { RowItem, TableDataset } from "../../../data/index.js";
import { encodeRows } from "../../../data/tables/table-encoding.js";
import { cholesky, choleskySolve } from "../../../linalg/cholesky.js";
import { fitRidge } from "../../../methods/ridge/ridge.js";
import { interpret } from "../../../testing/reference/index.js";
import { encodingOf, networkFor } from "../table-network.js";
import { type ColumnFit, type FitColumns, fitColumns, fitOnSource, withFeature } from "./source-models.js";

const columns = [
  { name: "rooms", kind: "number" },
  { name: "side", kind: "category" },
] as const;

/** Rows of a table: y = f(rooms) + 2 for the left side. */
const rowsBy = (count: number, first: number, y: (rooms: number, isLeft: boolean) => number): RowItem[] =>
  Array.from({ length: count }, (_, i) => {
    const rooms = ((i * 37 + first) % 101) / 10;
    const isLeft = i % 2 === 0;
    return {
      id: `${i}`,
      part: "train",
      sha256: `${first} ${i}`,
      label: 0,
      values: [y(rooms, isLeft)],
      cells: [`${rooms}`, isLeft ? "left" : "right"],
    };
  });
const target = rowsBy(24, 3, (rooms, isLeft) => 3 * rooms + (isLeft ? 2 : 0) + 7);
const source = rowsBy(140, 0, (rooms, isLeft) => 3 * rooms + (rooms > 5 ? 4 : 0) + (isLeft ? 2 : 0));
const data = {
  ...{ task: "tabular-regression", columns, targets: ["price"], classes: [] },
  items: [...target, ...source],
} as unknown as TableDataset;
const encoding = encodingOf(data);
const how = (share = 0.05): FitColumns => ({
  table: { data, network: networkFor(data, 1, 0) },
  signal: undefined,
  targets: {
    learns: "numbers",
    outputs: 1,
    targetsOf: (items) => items.map(({ values }) => values[0]!),
    inUnits: (outputs) => outputs,
    headInUnits: (head) => head,
    async fitLinear({ train, validation, dims, refit }) {
      const numbered = ({ features, items }: typeof train) => ({
        features,
        count: items.length,
        values: items.map(({ values }) => values[0]!),
      });
      const ridge = await fitRidge(
        { train: numbered(train), validation: numbered(validation), dims, targets: 1 },
        { refit, strengths: [share] },
      );
      return { head: ridge, held: ridge.held, recipe: [] };
    },
  },
});

/** Outputs of the graph of a model, by the interpreter in float64. */
function ofGraph(fit: ColumnFit, rows: readonly RowItem[]): number[] {
  const names = columns.map(({ name }) => name);
  const x = encodeRows(
    encoding,
    names,
    rows.map(({ cells }) => cells),
  );
  const graph = fit.graph();
  const values = interpret(graph, { [graph.inputs[0]!]: float32([rows.length, x.length / rows.length], x) });
  return Array.from(values.get(graph.outputs[0]!)!.data as ArrayLike<number>);
}

const expectClose = (a: ArrayLike<number>, b: ArrayLike<number>): void => {
  expect(a.length).toBe(b.length);
  // Weights of 32 bits, and values below 100.
  for (let i = 0; i < a.length; i++) expect(a[i]).toBeCloseTo(b[i]!, 3);
};

test.each(["linear", "trees"] as const)(
  "the graph of %s is the fitted model for rows of the target",
  async (kind) => {
    const ofSource = await fitColumns(kind, how(), [], source);
    const fits = [
      await fitColumns(kind, how(), target),
      await fitColumns(kind, how(), target, source),
      await fitOnSource(ofSource, how(), target),
    ];
    for (const fit of fits) expectClose(ofGraph(fit, target), fit.predict(target));
  },
);

test.each(["linear", "trees"] as const)('the column "source" tells the tables apart for %s', async (kind) => {
  const shifted = source.map((row) => ({ ...row, values: [row.values[0]! + 50] }));
  const own = source.map((row) => ({ ...row, sha256: `own ${row.sha256}` }));
  const fit = await fitColumns(kind, how(1e-6), own, shifted);
  const [predicted, truth] = [fit.predict(source), source.map(({ values }) => values[0]!)];
  // Without the column, both tables would get their mean, 25 above.
  const bias = truth.reduce((sum, y, i) => sum + predicted[i]! - y, 0) / truth.length;
  expect(Math.abs(bias)).toBeLessThan(1);
});

test("the correction is ridge regression on the residuals of the source's model", async () => {
  const share = 0.05;
  const ofSource = await fitColumns("trees", how(share), [], source);
  const fit = await fitOnSource(ofSource, how(share), target);
  // r = y − s(x);  w = (ZᵀZ + αI)⁻¹ Zᵀ r̃,  Z and r̃ standardised, α = 0.05 n;  ŷ = s(x) + mean(r) + deviation(r) z w
  const s = ofSource.predict(target);
  const r = target.map(({ values }, i) => values[0]! - s[i]!);
  const n = target.length;
  const inputs = target.map(({ cells: [rooms, side] }) => [
    Number(rooms),
    Number(side === "left"),
    Number(side === "right"),
  ]);
  const moments = (values: readonly number[]) => {
    const mean = values.reduce((a, b) => a + b, 0) / n;
    return { mean, deviation: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / n) };
  };
  const scales = [0, 1, 2].map((j) => moments(inputs.map((row) => row[j]!)));
  const z = inputs.map((row) => row.map((v, j) => (v - scales[j]!.mean) / scales[j]!.deviation));
  const scale = moments(r);
  const gram = Float64Array.from({ length: 9 }, (_, at) => {
    const [j, k] = [Math.floor(at / 3), at % 3];
    return z.reduce((sum, row) => sum + row[j]! * row[k]!, 0) + (j === k ? share * n : 0);
  });
  const right = Float64Array.from([0, 1, 2], (j) =>
    z.reduce((sum, row, i) => sum + (row[j]! * (r[i]! - scale.mean)) / scale.deviation, 0),
  );
  const w = choleskySolve(cholesky(gram, 3)!, 3, right, 1);
  const expected = z.map(
    (row, i) => s[i]! + scale.mean + scale.deviation * row.reduce((sum, v, j) => sum + v * w[j]!, 0),
  );
  expectClose(fit.predict(target), expected);
});

test("a tree with a fixed feature predicts as the whole tree does for that value", () => {
  const at = (values: Readonly<Record<number, number>>): number[] => Object.assign([] as number[], values);
  //   x1 ≤ 0.5 ? (x0 ≤ 2 ? 1 : 2) : (x0 ≤ 4 ? 3 : (x1 ≤ 0.9 ? 4 : 5))
  const tree = {
    feature: at({ 0: 1, 1: 0, 2: 0, 6: 1 }),
    threshold: at({ 0: 0.5, 1: 2, 2: 4, 6: 0.9 }),
    left: at({ 0: 1, 1: 3, 2: 5, 6: 7 }),
    right: at({ 0: 2, 1: 4, 2: 6, 6: 8 }),
    value: [0, 0, 0, 1, 2, 3, 0, 4, 5],
  };
  expect(withFeature(tree, 1, 0)).toMatchObject({ feature: [0], threshold: [2], value: [0, 1, 2] });
  expect(withFeature(tree, 1, 1)).toMatchObject({ feature: [0], threshold: [4], value: [0, 3, 5] });
});
