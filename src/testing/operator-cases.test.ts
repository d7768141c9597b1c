import { expect, test } from "vitest";
import { sizeOf } from "../core/shape.js";
import { inferTable } from "../graph/infer/index.js";
import { allOperatorCases, caseGraph, operatorCases } from "./operator-cases.js";

test("every operator has at least one case", () => {
  for (const op of Object.keys(inferTable))
    expect(operatorCases[op as keyof typeof operatorCases].length, op).toBeGreaterThan(0);
});

test("the names of an operator's cases differ, so that a failure names one", () => {
  const names = allOperatorCases.map((c) => `${c.op}: ${c.name}`);
  expect(new Set(names).size).toBe(names.length);
});

test.each(allOperatorCases.map((c) => [c.op, c.name, c] as const))(
  "%s, %s: all sizes are known",
  (_, _name, c) => {
    const graph = caseGraph(c);
    for (const y of graph.outputs) expect(sizeOf(graph.dims(y))).toBeGreaterThanOrEqual(0);
  },
);
