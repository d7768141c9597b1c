// Where a function has no derivative, the gradient is that of PyTorch 2 (values from its autograd).
import { expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { interpret } from "../../testing/reference/index.js";
import { differentiate } from "../differentiate.js";

/** Gradient of the sum of f(x). */
function slope(f: (g: Builder, x: Value) => Value, dims: readonly number[], x: readonly number[]): number[] {
  const graph = new Graph("t");
  const input = graph.input("x", { dtype: "float32", shape: dims });
  const g = new Builder(graph, "f");
  const gradient = differentiate(graph, g.reduceSum(f(g, input)), [input]).get(input)!;
  return Array.from(interpret(graph, { x: float32(dims, x) }, [gradient]).get(gradient)!.data);
}
const all = { keepdims: false, noop_with_empty_axes: false };
const infinity = Number.POSITIVE_INFINITY;

test("the sum of sizes is flat at 0, as torch.linalg.vector_norm(x, 1)", () => {
  expect(slope((g, x) => g.node("ReduceL1", [x], all), [3], [-2, 0, 3])).toEqual([-1, 0, 1]);
});

test("-infinity has no share in a log-sum-exp", () => {
  const y = slope((g, x) => g.node("ReduceLogSumExp", [x], all), [3], [-infinity, 0, 0]);
  [0, 0.5, 0.5].forEach((v, i) => {
    expect(y[i]).toBeCloseTo(v, 12);
  });
});

test("a window of zeros has norm 0 and gradient 0, as torch.nn.functional.lp_pool1d", () => {
  const window = { kernel_shape: [2], strides: [2], dilations: [1], pads: [0, 0], ceil_mode: false, p: 2 };
  const y = slope((g, x) => g.node("LpPool", [x], window), [1, 1, 4], [0, 0, 3, 4]);
  [0, 0, 0.6, 0.8].forEach((v, i) => {
    expect(y[i]).toBeCloseTo(v, 12);
  });
});

test("the slope is infinite at the ends of a domain", () => {
  for (const [op, at, sign] of [
    ["Asin", 1, 1],
    ["Acos", 1, -1],
    ["Atanh", 1, 1],
    ["Acosh", 1, 1],
  ] as const)
    expect(
      slope((g, x) => g.node(op, [x], {}), [1], [at]),
      op,
    ).toEqual([sign * infinity]);
});

test("a row of equal values is normalised with epsilon alone", () => {
  // r = 1 / sqrt(1e-5) = 316.23; dx = r * (dy * scale - mean(dy * scale)), dy = [1, 2, 3, 4]
  const y = slope(
    (g, x) => {
      const scale = g.constant(float32([4], [1, 2, -3, 0.5]));
      const normal = g.node("LayerNormalization", [x, scale], { axis: -1, epsilon: 1e-5 });
      return g.mul(normal, g.constant(float32([4], [1, 2, 3, 4])));
    },
    [1, 4],
    [2, 2, 2, 2],
  );
  [474.341649, 1423.024947, -2687.936011, 790.569415].forEach((v, i) => {
    expect(y[i]).toBeCloseTo(v, 5);
  });
});
