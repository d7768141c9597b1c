import { expect, test } from "vitest";
import { Builder } from "../builder.js";
import { Graph } from "../graph.js";
import { verifyGraph } from "../verify.js";
import { fuseBias } from "./fuse-for-ort.js";

const type = (...shape: number[]) => ({ dtype: "float32", shape }) as const;

function fused(build: (g: Builder) => string[], width = 5): string[] {
  const graph = new Graph("t");
  graph.input("x", type(2, 3, 4));
  graph.input("w", type(4, width));
  graph.input("b", type(width));
  graph.outputs.push(...build(new Builder(graph)));
  const after = fuseBias(graph);
  verifyGraph(after);
  expect(after.outputs).toEqual(graph.outputs);
  for (const output of graph.outputs) expect(after.dims(output)).toEqual(graph.dims(output));
  return after.nodes.map((n) => n.op);
}

test("x w + b of any rank becomes Gemm between two Reshapes, whichever side b stands on", () => {
  expect(fused((g) => [g.add(g.matmul("x", "w"), "b")])).toEqual(["Reshape", "Gemm", "Reshape"]);
  expect(fused((g) => [g.add("b", g.matmul("x", "w"))])).toEqual(["Reshape", "Gemm", "Reshape"]);
});

test("a product that others read, a sum with something else, and a batch of matrices stay", () => {
  expect(
    fused((g) => {
      const y = g.matmul("x", "w");
      return [g.add(y, "b"), y];
    }),
  ).toEqual(["MatMul", "Add"]);
  expect(fused((g) => [g.add(g.matmul("x", "w"), g.number(1))])).toEqual(["MatMul", "Add"]);
  expect(
    fused((g) => [
      g.add(g.matmul("x", g.transpose("x", [0, 2, 1])), g.slice("b", { starts: [0], ends: [3], axes: [0] })),
    ]),
  ).toEqual(["Transpose", "MatMul", "Slice", "Add"]);
});
