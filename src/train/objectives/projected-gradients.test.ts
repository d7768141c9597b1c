import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { interpret } from "../../testing/reference/index.js";
import { projectedGradients } from "./projected-gradients.js";

/** Two weights, "a" shared and "b" not; gradients of each task as numbers. */
function projected(tasks: readonly { a: number[]; b: number[] }[], order: number[][]) {
  const graph = new Graph();
  const g = new Builder(graph);
  const feeds: Record<string, ReturnType<typeof float32>> = {};
  const gradients = tasks.map((task, t) => {
    const names = new Map<string, string>();
    for (const [name, data] of Object.entries(task)) {
      const input = graph.input(`${name}${t}`, { dtype: "float32", shape: [data.length] });
      feeds[input] = float32([data.length], data);
      names.set(name, input);
    }
    return names;
  });
  const dims = [tasks.length, tasks.length - 1];
  const turns = graph.input("order", { dtype: "float32", shape: dims });
  feeds.order = float32(dims, order.flat());
  const made = projectedGradients(g, gradients, new Set(["a"]), turns);
  graph.outputs.push(...made.values());
  const out = interpret(graph, feeds);
  const numbers = (name: string) => Array.from(out.get(made.get(name)!)!.data as Float64Array);
  return { a: numbers("a"), b: numbers("b") };
}

test("gradients that agree are added", () => {
  const { a, b } = projected(
    [
      { a: [1, 0], b: [1] },
      { a: [1, 2], b: [-3] },
    ],
    [[1], [0]],
  );
  expect(a).toEqual([2, 2]);
  expect(b).toEqual([-2]);
});

test("of two that conflict each loses its part along the other, what is not shared stays", () => {
  // g1 = (1, 0), g2 = (-1, 1): ⟨⟩ = -1. g1' = g1 + ½ g2 = (½, ½); g2' = g2 + g1 = (0, 1).
  const { a, b } = projected(
    [
      { a: [1, 0], b: [1] },
      { a: [-1, 1], b: [5] },
    ],
    [[1], [0]],
  );
  expect(a[0]).toBeCloseTo(0.5, 12);
  expect(a[1]).toBeCloseTo(1.5, 12);
  expect(b).toEqual([6]);
});

test("opposite ones cancel, and a gradient of zeros turns nobody", () => {
  const opposite = projected(
    [
      { a: [2, 4], b: [0] },
      { a: [-1, -2], b: [0] },
    ],
    [[1], [0]],
  );
  for (const x of opposite.a) expect(x).toBeCloseTo(0, 12);
  const none = projected(
    [
      { a: [0, 0], b: [0] },
      { a: [3, -1], b: [0] },
    ],
    [[1], [0]],
  );
  expect(none.a).toEqual([3, -1]);
});

test("in any order of three tasks, is PyTorch's", () => {
  interface Known {
    readonly tasks: {
      readonly gradients: number[][];
      readonly pcgrad: { order: number[][]; shared: number[] }[];
    };
  }
  // scripts/golden/make-distillation.py: its gradients are those of three heads on one layer.
  const { tasks } = JSON.parse(
    readFileSync(new URL("../../../test/golden/distillation.json", import.meta.url), "utf8"),
  ) as Known;
  for (const { order, shared } of tasks.pcgrad) {
    const { a } = projected(
      tasks.gradients.map((one) => ({ a: one, b: [0] })),
      order,
    );
    for (const [i, expected] of shared.entries()) expect(a[i]).toBeCloseTo(expected, 6);
  }
});
