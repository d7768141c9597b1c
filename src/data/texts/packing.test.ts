import { expect, test } from "vitest";
import { type Packing, packedCount, packedRows } from "./packing.js";

// Texts of 1 to 9 tokens: text t holds 100 t, 100 t + 1, …
const lengths = Array.from({ length: 31 }, (_, t) => 1 + ((t * 7) % 9));
const starts = [0];
for (const n of lengths) starts.push(starts.at(-1)! + n);
const tokens = Int32Array.from(
  lengths.flatMap((n, t) => Array.from({ length: n }, (_, i) => 100 * (t + 1) + i)),
);
const stream = { tokens, starts };
const packing: Packing = {
  length: 12,
  before: [2],
  behind: [3],
  seed: 1,
  key: "train",
  pass: 0,
  rest: "kept",
};
const all = (options: Partial<Packing> = {}) => {
  const rows = packedRows(stream, { ...packing, ...options });
  return Array.from({ length: rows.count }, (_, i) => [...rows.row(i)]);
};

test("a pass has every token of every text once, between the special tokens of the rows", () => {
  const rows = all();
  expect(rows).toHaveLength(packedCount(stream, packing));
  for (const row of rows) expect([row[0], row.at(-1)]).toEqual([2, 3]);
  const inside = rows.flatMap((row) => row.slice(1, -1));
  expect(inside.filter((t) => t >= 100).sort((a, b) => a - b)).toEqual([...tokens].sort((a, b) => a - b));
  expect(inside.filter((t) => t === 3)).toHaveLength(lengths.length);
  // All rows but one are full.
  expect(rows.filter((row) => row.length < 12)).toHaveLength(1);
});

test('drops the tokens that fill no row with rest "dropped"', () => {
  const rows = all({ rest: "dropped" });
  expect(rows).toHaveLength(all().length - 1);
  for (const row of rows) expect(row).toHaveLength(12);
});

test("the order depends on pass and key, and is reproducible", () => {
  expect(all({ pass: 3 })).toEqual(all({ pass: 3 }));
  expect(all({ pass: 3 })).not.toEqual(all({ pass: 4 }));
  expect(all({ key: "held back" })).not.toEqual(all());
});

test("rows of a decoder have only a separator between texts", () => {
  const rows = all({ before: [], behind: [], between: [1] });
  expect(rows.flat().filter((t) => t === 1)).toHaveLength(lengths.length);
  expect(rows.flat()).toHaveLength(tokens.length + lengths.length);
});
