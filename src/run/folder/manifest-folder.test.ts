import { expect, test } from "vitest";
import { jsonPieces } from "./manifest-folder.js";

test("a manifest in pieces is its indented JSON", () => {
  const run = { label: "a\nb", seed: 0, scores: [1, Number.NaN, undefined], none: undefined, empty: {} };
  const values = [
    { format: 2, result: { runs: [run, run, null, [], [[run]]], winner: null, notes: [] }, none: undefined },
    ...[[], {}, null, 5, "text", [undefined, [undefined]], { a: undefined }],
  ];
  for (const value of values)
    expect([...jsonPieces(value)].join("")).toBe(`${JSON.stringify(value, undefined, 2)}\n`);
});

test("a large manifest has several pieces, of which each is short", () => {
  const runs = Array.from({ length: 20_000 }, (_, seed) => ({ label: "probe", seed }));
  const lengths = Array.from(jsonPieces({ result: { runs } }), ({ length }) => length);
  expect(lengths.length).toBeGreaterThan(10);
  expect(Math.max(...lengths)).toBeLessThan(2 ** 17);
});
