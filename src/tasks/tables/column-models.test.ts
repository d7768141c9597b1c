import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { encodeRows, fitEncoding, oneHotRows } from "../../data/tables/table-encoding.js";
import { interpret } from "../../testing/reference/index.js";
import { linearNetwork } from "./column-models.js";

const columns = [
  { name: "age", kind: "number" },
  { name: "side", kind: "category" },
  { name: "size", kind: "number" },
  { name: "colour", kind: "category" },
] as const;
const rows = [
  ["31", "left", "", "red"],
  ["45", "right", "2", "blue"],
  ["", "left", "7", "red"],
  ["52", "?", "3", "blue"],
  ["38", "right", "4", "violet"],
  ["40", "left", "1", "blue"],
];

test.each([1, 2, 3])("is the linear model on one-hot rows, with %i outputs", (outputs) => {
  const encoding = fitEncoding(rows, columns);
  const x = encodeRows(
    encoding,
    columns.map(({ name }) => name),
    rows,
  );
  const { rows: oneHot, width } = oneHotRows(encoding, x);
  const weight = Float32Array.from({ length: outputs * width }, (_, i) => Math.sin(i + 1));
  const bias = Float32Array.from({ length: outputs }, (_, k) => k - 0.5);
  const graph = linearNetwork(encoding, { weight, bias });
  const features = float32([rows.length, x.length / rows.length], x);
  const logits = interpret(graph, { features }).get("logits")!.data as ArrayLike<number>;
  rows.forEach((_, i) => {
    for (let k = 0; k < outputs; k++) {
      let sum = bias[k]!;
      for (let j = 0; j < width; j++) sum += oneHot[i * width + j]! * weight[k * width + j]!;
      expect(logits[i * outputs + k]).toBeCloseTo(sum, 10);
    }
  });
});

test.each(["number", "category"] as const)("takes a table whose only columns are of kind %s", (kind) => {
  const only = columns.filter((column) => column.kind === kind);
  const cells = rows.map((row) => row.filter((_, c) => columns[c]!.kind === kind));
  const encoding = fitEncoding(cells, only);
  const x = encodeRows(
    encoding,
    only.map(({ name }) => name),
    cells,
  );
  const { width } = oneHotRows(encoding, x);
  const graph = linearNetwork(encoding, { weight: new Float32Array(width), bias: Float32Array.of(7) });
  const features = float32([rows.length, x.length / rows.length], x);
  const logits = interpret(graph, { features }).get("logits")!.data as ArrayLike<number>;
  expect(Array.from(logits)).toEqual(rows.map(() => 7));
});
