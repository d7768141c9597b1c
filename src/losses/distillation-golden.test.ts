// Values and gradients from PyTorch, scripts/golden/make-distillation.py.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differentiate } from "../autodiff/index.js";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { interpret } from "../testing/reference/index.js";
import {
  attentionMap,
  attentionTransfer,
  distillationLoss,
  hintLoss,
  pooledTo,
  relationalAngle,
  relationalDistance,
} from "./index.js";

interface Known {
  readonly value: number;
  readonly gradients: readonly (readonly number[])[];
}
type Pair = { readonly student: number[]; readonly teacher: number[] };
const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/distillation.json", import.meta.url), "utf8"),
) as {
  soft: (Known & Pair & { temperature: number })[];
  hints: Known & { x: number[]; w: number[]; b: number[]; teacher: number[] };
  attention: (Known & Pair & { power: number })[];
  relational: Pair & { distance: Known; angle: Known };
};

/** Checks the loss of inputs with their dims, and its gradient for the first input. */
function check(
  known: Known,
  inputs: readonly (readonly [dims: readonly number[], data: readonly number[]])[],
  loss: (g: Builder, ...values: Value[]) => Value,
): void {
  const graph = new Graph();
  const g = new Builder(graph);
  const names = inputs.map(([shape], i) => graph.input(`in${i}`, { dtype: "float32", shape }));
  const value = loss(g, ...names);
  const wanted = names.slice(0, known.gradients.length);
  const gradients = differentiate(graph, value, wanted);
  graph.outputs.push(value, ...wanted.map((n) => gradients.get(n)!));
  const fed = Object.fromEntries(inputs.map(([dims, data], i) => [`in${i}`, float32(dims, data)]));
  const out = interpret(graph, fed);
  // Constants in the graph are float32: six digits.
  expect(out.get(value)!.data[0]).toBeCloseTo(known.value, 6);
  for (const [i, name] of wanted.entries()) {
    const found = Array.from(out.get(gradients.get(name)!)!.data as Float64Array);
    expect(found.length).toBe(known.gradients[i]!.length);
    for (const [k, expected] of known.gradients[i]!.entries()) expect(found[k]).toBeCloseTo(expected, 6);
  }
}

test.each(golden.soft)("soft targets at T = $temperature are PyTorch's", (known) => {
  const dims = [5, 4];
  check(
    known,
    [
      [dims, known.student],
      [dims, known.teacher],
    ],
    (g, s, t) => g.reduceMean(distillationLoss(g, s!, t!, { temperature: known.temperature })),
  );
});

test("a hint through a 1 × 1 convolution, averaged down to the smaller grid, is PyTorch's", () => {
  const { x, w, b, teacher } = golden.hints;
  const inputs = [
    [[2, 3, 6, 7], x],
    [[4, 3, 1, 1], w],
    [[4], b],
    [[2, 4, 4, 3], teacher],
  ] as const;
  check(golden.hints, inputs, (g, x, w, b, t) =>
    g.reduceMean(hintLoss(g, pooledTo(g, g.conv(x!, w!, b!), [4, 3]), t!)),
  );
});

test.each(golden.attention)("attention transfer of power $power is PyTorch's", (known) => {
  const { power } = known;
  check(
    known,
    [
      [[3, 4, 6, 6], known.student],
      [[3, 5, 4, 4], known.teacher],
    ],
    (g, s, t) =>
      g.reduceMean(
        attentionTransfer(
          g,
          attentionMap(g, pooledTo(g, s!, [4, 4]), { power }),
          attentionMap(g, t!, { power }),
        ),
      ),
  );
});

test.each([
  ["distance", relationalDistance],
  ["angle", relationalAngle],
] as const)("relational distillation by %s is PyTorch's, rows that fill up left out", (name, loss) => {
  const { student, teacher } = golden.relational;
  const weights = [1, 1, 1, 1, 1, 0];
  check(
    golden.relational[name],
    [
      [[6, 4], student],
      [[6, 7], teacher],
      [[6], weights],
    ],
    (g, s, t, w) => loss(g, s!, t!, w!),
  );
});

function evaluated(
  inputs: readonly (readonly [dims: readonly number[], data: readonly number[]])[],
  loss: (g: Builder, ...values: Value[]) => Value,
): { readonly value: number; readonly gradient: number[] } {
  const graph = new Graph();
  const g = new Builder(graph);
  const names = inputs.map(([shape], i) => graph.input(`in${i}`, { dtype: "float32", shape }));
  const value = loss(g, ...names);
  const gradient = differentiate(graph, value, [names[0]!]).get(names[0]!)!;
  graph.outputs.push(value, gradient);
  const out = interpret(graph, Object.fromEntries(inputs.map(([d, x], i) => [`in${i}`, float32(d, x)])));
  return {
    value: Number(out.get(value)!.data[0]),
    gradient: Array.from(out.get(gradient)!.data as Float64Array),
  };
}

test("relations do not see where a network puts all items, how large, or turned how", () => {
  const x = [0, 0, 1, 0, 0, 2, -1, 1];
  // Rotated by 90°, scaled by three, shifted: (a, b) -> (5 - 3 b, 3 a - 7).
  const turned = Array.from({ length: 4 }, (_, i) => [5 - 3 * x[2 * i + 1]!, 3 * x[2 * i]! - 7]).flat();
  for (const loss of [relationalDistance, relationalAngle]) {
    const { value } = evaluated(
      [
        [[4, 2], turned],
        [[4, 2], x],
        [[4], [1, 1, 1, 1]],
      ],
      (g, s, t, w) => loss(g, s!, t!, w!),
    );
    expect(value).toBeCloseTo(0, 10);
  }
});

test("items at one place, and batches of one item, have a finite gradient", () => {
  for (const loss of [relationalDistance, relationalAngle])
    for (const weights of [
      [1, 1, 1],
      [1, 0, 0],
      [0, 0, 0],
    ]) {
      const { value, gradient } = evaluated(
        [
          [
            [3, 2],
            [1, 2, 1, 2, 1, 2],
          ],
          [
            [3, 2],
            [0, 0, 1, 1, 2, 0],
          ],
          [[3], weights],
        ],
        (g, s, t, w) => loss(g, s!, t!, w!),
      );
      expect(Number.isFinite(value)).toBe(true);
      expect(gradient.every(Number.isFinite)).toBe(true);
    }
});

test("a map of zeros looks nowhere, with a gradient of zeros", () => {
  const { value, gradient } = evaluated([[[1, 2, 2, 2], new Array(8).fill(0)]], (g, x) =>
    g.reduceSum(attentionMap(g, x!)),
  );
  expect(value).toBe(0);
  expect(gradient.map(Math.abs)).toEqual(new Array(8).fill(0));
});

test("maps are not averaged up, and a power below 1 is refused", () => {
  const graph = new Graph();
  const g = new Builder(graph);
  const x = graph.input("x", { dtype: "float32", shape: [1, 2, 4, 4] });
  expect(() => pooledTo(g, x, [5, 4])).toThrow("maps of 4 × 4 cannot be averaged down to 5 × 4");
  expect(() => attentionMap(g, x, { power: 0.5 })).toThrow("the power of an attention map is 0.5");
});
