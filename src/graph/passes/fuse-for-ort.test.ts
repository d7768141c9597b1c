import { describe, expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { interpret } from "../../testing/reference/index.js";
import { Builder } from "../builder.js";
import { Graph } from "../graph.js";
import type { Value } from "../node.js";
import { fuseForOrt } from "./fuse-for-ort.js";

function graphOf(inputs: Readonly<Record<string, readonly number[]>>): { graph: Graph; g: Builder } {
  const graph = new Graph("t");
  for (const [name, shape] of Object.entries(inputs)) graph.input(name, { dtype: "float32", shape });
  return { graph, g: new Builder(graph, "f") };
}
/** Returns the operators of the fused graph, after checking that it computes the same. */
function fused({ graph }: { graph: Graph }, outputs: readonly Value[]): string[] {
  graph.outputs.push(...outputs);
  const after = fuseForOrt(graph);
  const feeds = Object.fromEntries(
    graph.inputs.map((name, k) => {
      const dims = graph.dims(name);
      const n = dims.reduce((a, d) => a * d, 1);
      return [
        name,
        float32(
          dims,
          Array.from({ length: n }, (_, i) => Math.sin(i + k + 1)),
        ),
      ];
    }),
  );
  expect(after.outputs).toEqual(graph.outputs);
  const [before, now] = [interpret(graph, feeds), interpret(after, feeds)];
  for (const name of outputs) expect(now.get(name)).toEqual(before.get(name));
  return after.nodes.map((n) => n.op);
}

describe("fuseForOrt", () => {
  test("reads a transposed weight below a bias in its own order", () => {
    const f = graphOf({ x: [2, 3, 4], w: [5, 4], b: [5] });
    const y = f.g.add(f.g.matmul("x", f.g.transpose("w", [1, 0])), "b");
    expect(fused(f, [y])).toEqual(["Reshape", "Gemm", "Reshape"]);
  });

  test("reads a transposed matrix instead of copying it", () => {
    const f = graphOf({ a: [2, 3, 4], b: [2, 5, 4] });
    const y = f.g.matmul("a", f.g.transpose("b", [0, 2, 1]));
    expect(fused(f, [y])).toEqual(["FusedMatMul"]);
    const both = graphOf({ a: [4, 3], b: [5, 4] });
    const z = both.g.matmul(both.g.transpose("a", [1, 0]), both.g.transpose("b", [1, 0]));
    expect(fused(both, [z])).toEqual(["FusedMatMul"]);
  });

  test("keeps a Transpose that moves other axes, or is read elsewhere", () => {
    const f = graphOf({ a: [3, 2, 4], b: [2, 4, 5] });
    expect(fused(f, [f.g.matmul(f.g.transpose("a", [1, 0, 2]), "b")])).toEqual(["Transpose", "MatMul"]);
    const t = graphOf({ a: [2, 3], b: [2, 5] });
    const turned = t.g.transpose("a", [1, 0]);
    expect(fused(t, [t.g.matmul(turned, "b"), turned])).toEqual(["Transpose", "FusedMatMul"]);
  });

  test("leaves float64 and vectors to MatMul", () => {
    const f = graphOf({ a: [2, 3], v: [2] });
    const wide = f.g.cast("a", "float64");
    const y = f.g.matmul(f.g.transpose(wide, [1, 0]), f.g.cast("a", "float64"));
    const z = f.g.matmul(f.g.transpose("a", [1, 0]), "v");
    expect(fused(f, [y, z])).toEqual(["Cast", "Transpose", "MatMul", "Transpose", "MatMul"]);
  });

  test("computes the same thing once", () => {
    const f = graphOf({ x: [2, 3] });
    const other = new Builder(f.graph, "second");
    const y = f.g.add(f.g.mul("x", f.g.number(3)), other.mul("x", other.number(3)));
    expect(fused(f, [y])).toEqual(["Mul", "Add"]);
  });

  test("but not what has other attributes, another constant, or the sign of zero", () => {
    const f = graphOf({ x: [2, 3] });
    const y = f.g.add(f.g.softmax("x", 0), f.g.softmax("x", 1));
    const z = f.g.div(f.g.number(1), f.g.add(f.g.mul("x", f.g.number(-0)), f.g.number(2)));
    const w = f.g.max("x", f.g.number(0));
    expect(fused(f, [y, z, w])).toEqual(["Softmax", "Softmax", "Add", "Mul", "Add", "Div", "Max"]);
  });

  test("drops multiplying by 1, adding 0, Identity and what no output needs", () => {
    const f = graphOf({ x: [2, 3], unused: [1] });
    f.g.exp("unused");
    const y = f.g.exp(f.g.identity(f.g.add(f.g.mul("x", f.g.number(1)), f.g.number(0))));
    expect(fused(f, [y])).toEqual(["Exp"]);
  });

  test("keeps a multiplication by 1 that broadcasts", () => {
    const f = graphOf({ x: [3] });
    const y = f.g.exp(f.g.mul("x", f.g.constant(float32([1, 1], [1]))));
    expect(fused(f, [y])).toEqual(["Mul", "Exp"]);
  });

  test("makes one move of two: Transpose of Transpose, Reshape of Flatten", () => {
    const f = graphOf({ x: [2, 3, 4] });
    const turned = f.g.transpose(f.g.transpose("x", [1, 2, 0]), [1, 0, 2]);
    const back = f.g.transpose(f.g.transpose("x", [1, 2, 0]), [2, 0, 1]);
    const flat = f.g.reshape(f.g.flatten("x"), [4, 6]);
    const same = f.g.reshape(f.g.flatten("x"), [2, 3, 4]);
    const outputs = [turned, flat, f.g.exp(back), f.g.log(same)];
    expect(fused(f, outputs).sort()).toEqual(["Exp", "Log", "Reshape", "Transpose"]);
  });

  test("gives a number the rank of a tensor that ends in axes of size 1", () => {
    const f = graphOf({ w: [2, 3, 1, 1], rate: [], x: [2, 3] });
    const y = f.g.mul(f.g.mul("w", f.g.number(0.5)), "rate");
    const z = f.g.mul("x", "rate");
    expect(fused(f, [y, z])).toEqual(["Mul", "Reshape", "Mul", "Mul"]);
    const after = fuseForOrt(f.graph);
    const ranks = after.nodes.flatMap((n) => (n.op === "Mul" ? [after.dims(n.inputs[1]!).length] : []));
    expect(ranks).toEqual([4, 4, 0]);
  });

  test("outputs keep their names, also those that are copies of each other", () => {
    const f = graphOf({ x: [2] });
    const [a, b] = [f.g.exp("x"), f.g.exp("x")];
    expect(fused(f, [a, b, f.g.identity("x")])).toEqual(["Exp", "Exp", "Identity"]);
  });
});
