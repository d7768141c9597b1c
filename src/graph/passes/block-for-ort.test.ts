import { describe, expect, test } from "vitest";
import { convInputGradient } from "../../autodiff/rules/conv-input-gradient.js";
import { halving } from "../../testing/halving.js";
import { Builder } from "../builder.js";
import { Graph } from "../graph.js";
import type { Value } from "../node.js";
import { verifyGraph } from "../verify.js";
import { blockForOrt } from "./block-for-ort.js";

const type = (...shape: number[]) => ({ dtype: "float32", shape }) as const;

/** Returns the operators of a graph; those of the runtime and those that block weights are marked. */
function ops(graph: Graph): string[] {
  const readByConv = new Set(graph.nodes.flatMap((n) => (n.op === "Conv" ? n.inputs.slice(1, 2) : [])));
  const readers = graph.consumers();
  const ofWeight = (value: Value): boolean =>
    readByConv.has(value) ||
    (readers.get(value) ?? []).some((n) => n.kind !== "custom" && n.outputs.some(ofWeight));
  return graph.nodes.map((n) => {
    if (n.kind !== "custom") return n.op;
    return n.op === "ReorderInput" && ofWeight(n.outputs[0]!) ? "blocked weight" : `blocked ${n.op}`;
  });
}

function network(build: (g: Builder) => Value[]): Graph {
  const graph = new Graph("t");
  graph.input("x", type(2, 32, 16, 16));
  graph.input("w", type(32, 32, 3, 3));
  graph.input("v", type(32, 32, 1, 1));
  graph.input("b", type(32));
  graph.outputs.push(...build(new Builder(graph)));
  return graph;
}
const pads = [1, 1, 1, 1];

describe("blockForOrt", () => {
  test("a chain stays blocked from its first convolution to its last; Relu and the sum are part of them", () => {
    const graph = network((g) => {
      const a = g.relu(g.conv("x", "w", "b", { pads }));
      return [g.relu(g.add(g.conv(a, "v", "b"), "x"))];
    });
    const after = blockForOrt(graph, { blockSize: 16 });
    verifyGraph(after);
    expect(ops(after).filter((op) => op.startsWith("blocked"))).toEqual([
      "blocked ReorderInput",
      "blocked weight",
      "blocked Conv",
      "blocked weight",
      "blocked Conv",
      "blocked ReorderOutput",
    ]);
    const convolutions = after.nodes.filter((n) => n.kind === "custom" && n.op === "Conv");
    expect(convolutions.map((n) => n.kind === "custom" && n.attributes.activation)).toEqual(["Relu", "Relu"]);
    expect(convolutions[1]!.inputs[3]).toBe(convolutions[0]!.inputs[0]);
    expect(after.outputs).toEqual(graph.outputs);
  });

  test("what others read is there in the plain form, under its own name", () => {
    const graph = network((g) => {
      const a = g.conv("x", "w", "b", { pads });
      return [a, g.relu(a), g.reduceSum(a, { axes: [0] })];
    });
    const after = blockForOrt(graph, { blockSize: 16 });
    verifyGraph(after);
    expect(after.outputs).toEqual(graph.outputs);
    expect(ops(after).filter((op) => op === "blocked ReorderOutput")).toHaveLength(2);
  });

  test("the mask of a Relu is computed in the form in which it is read", () => {
    const graph = network((g) => {
      const y = g.relu(g.conv("x", "w", "b", { pads }));
      return [y, g.mul(g.conv(y, "v", "b"), g.hardSigmoid(y, 1e30, 0))];
    });
    const after = blockForOrt(graph, { blockSize: 16 });
    verifyGraph(after);
    expect(ops(after).filter((op) => op === "blocked ReorderInput")).toHaveLength(1);
  });

  test("the turned kernel of an input's gradient is blocked in one go", () => {
    const graph = network((g) => {
      const steps = [-1, -1];
      const turned = g.slice(g.transpose("w", [1, 0, 2, 3]), {
        starts: [-1, -1],
        ends: [-4, -4],
        axes: [2, 3],
        steps,
      });
      return [g.conv("x", turned, "", { pads })];
    });
    const after = blockForOrt(graph, { blockSize: 16 });
    verifyGraph(after);
    expect(ops(after)).not.toContain("Slice");
    expect(ops(after)).toContain("Gather");
  });

  test("the kernels of all phases are blocked of one copy of the weights", () => {
    const graph = network((g) => [
      convInputGradient(g, "w", g.conv("x", "w", "", { pads, strides: [2, 2] }), {
        ...halving,
        x: [2, 32, 16, 16],
        y: [2, 32, 8, 8],
      }),
    ]);
    const after = blockForOrt(graph, { blockSize: 16, fromPixels: 0 });
    verifyGraph(after);
    const phases = (op: string) => ops(after).filter((o) => o === op).length;
    // The convolution itself, then one per phase; its own kernel, and one copy for all phases.
    expect([phases("blocked Conv"), phases("Slice"), phases("blocked weight")]).toEqual([5, 0, 2]);
  });

  test("every second pixel of a blocked picture is taken in blocks; a part of it, or of channels, is not", () => {
    const halved = (cut: { starts: number[]; ends: number[]; axes: number[]; steps: number[] }) => {
      const after = blockForOrt(
        network((g) => [g.slice(g.conv("x", "w", "b", { pads }), cut)]),
        { blockSize: 16 },
      );
      verifyGraph(after);
      return ops(after).includes("blocked AveragePool");
    };
    expect(halved({ starts: [0, 0], ends: [16, 16], axes: [2, 3], steps: [2, 2] })).toBe(true);
    expect(halved({ starts: [0, 1], ends: [16, 16], axes: [2, 3], steps: [2, 2] })).toBe(false);
    expect(halved({ starts: [0, 0], ends: [16, 9], axes: [2, 3], steps: [2, 2] })).toBe(false);
    expect(halved({ starts: [0, 0], ends: [32, 16], axes: [1, 3], steps: [2, 2] })).toBe(false);
    expect(halved({ starts: [0, 0], ends: [16, 16], axes: [2, 3], steps: [1, 1] })).toBe(false);
  });

  test("phases that are read in another shape than their picture's are left as they are", () => {
    const graph = network((g) => {
      const dx = convInputGradient(g, "w", g.conv("x", "w", "", { pads, strides: [2, 2] }), {
        ...halving,
        x: [2, 32, 16, 16],
        y: [2, 32, 8, 8],
      });
      return [dx];
    });
    const inOneRow = (graph: Graph) => {
      const [dx] = graph.outputs as [Value];
      const last = graph.nodes.at(-1)!;
      expect([last.op, last.outputs[0]]).toEqual(["Reshape", dx]);
      const flat = graph.withoutNodes();
      const g = new Builder(flat);
      for (const node of graph.nodes.slice(0, -1)) flat.push(node, graph.typesOf(node));
      flat.outputs.push(g.reshape(last.inputs[0]!, [-1]));
      return flat;
    };
    const flat = blockForOrt(inOneRow(graph), { blockSize: 16, fromPixels: 0 });
    verifyGraph(flat);
    const sideBySide = (of: Graph) =>
      of.nodes.some((n) => n.op === "Transpose" && of.dims(n.outputs[0]!).length === 6);
    expect(sideBySide(flat)).toBe(true);
    // An image input is put side by side in blocks of channels.
    expect(sideBySide(blockForOrt(graph, { blockSize: 16, fromPixels: 0 }))).toBe(false);
  });

  test("stays away from constant weights, a lone 1 x 1, groups, broken blocks, small planes, and machines without blocks", () => {
    const plain = (build: (g: Builder) => Value[], blockSize = 16) => {
      const graph = network(build);
      expect(ops(blockForOrt(graph, { blockSize }))).toEqual(ops(graph));
    };
    plain((g) => [g.conv("x", "w", "b", { pads })], 1);
    plain((g) => [g.conv("x", "w", "b", { pads })], 64);
    plain((g) => [
      g.conv(g.slice("x", { starts: [0], ends: [15], axes: [3] }), "v", "b", { strides: [8, 8] }),
    ]);
    plain((g) => {
      const data = new Float32Array(32 * 32);
      return [g.conv("x", g.weight("frozen", { dtype: "float32", dims: [32, 32, 1, 1], data }), "b")];
    });
    plain((g) => {
      const pairs = g.slice("w", { starts: [0], ends: [2], axes: [1] });
      return [g.conv("x", pairs, "b", { pads, group: 16 })];
    });
  });

  test("one channel a group: a chain with Clip, and the weights' gradient, need no other order", () => {
    const graph = network((g) => {
      const kernel = g.slice("w", { starts: [0], ends: [1], axes: [1] });
      const wide = g.conv("x", kernel, "b", { pads, group: 32 });
      const y = g.clip(wide, g.number(0, wide), g.number(6, wide));
      const dy = g.conv(y, "v", "b");
      // The form that the rule for the weights' gradient writes: images and channels are the groups.
      const all = g.conv(g.reshape(y, [1, 64, 16, 16]), g.reshape(dy, [64, 1, 16, 16]), "", {
        pads,
        group: 64,
      });
      return [g.reduceSum(g.reshape(all, [2, 32, 1, 3, 3]), { axes: [0] })];
    });
    const after = blockForOrt(graph, { blockSize: 16 });
    verifyGraph(after);
    expect(ops(after)).not.toContain("Conv");
    // x at the beginning, the gradient of 3 × 3 numbers per channel at the end.
    expect(ops(after).filter((op) => op.startsWith("blocked Reorder"))).toHaveLength(2);
  });
});
