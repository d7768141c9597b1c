import { expect, test } from "vitest";
import type { DType } from "../../core/dtype.js";
import { float32, int64, tensor } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { erf } from "./elementwise.js";
import { fromRef, interpret, interpreter, toRef } from "./index.js";

function graphOf(dtype: DType, dims: readonly number[]): { graph: Graph; g: Builder } {
  const graph = new Graph("g");
  graph.input("x", { dtype, shape: dims });
  return { graph, g: new Builder(graph) };
}

test.each([
  // Abramowitz and Stegun, table 7.1, and mpmath.erf to 16 digits
  [0, 0],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [2, 0.9953222650189527],
  [-3, -0.9999779095030014],
  [10, 1],
])("erf(%d) is %d to float64", (x, expected) => {
  expect(erf(x)).toBeCloseTo(expected, 14);
});

test("integers divide toward zero and wrap around", () => {
  const { graph, g } = graphOf("int32", [3]);
  const two = g.constant(tensor("int32", [1], Int32Array.of(2)));
  const half = g.div("x", two);
  const twice = g.mul("x", two);
  const x = tensor("int32", [3], Int32Array.of(-7, 7, 2 ** 30));
  const y = interpret(graph, { x }, [half, twice]);
  expect(y.get(half)!.data).toEqual(Float64Array.of(-3, 3, 2 ** 29));
  expect(y.get(twice)!.data).toEqual(Float64Array.of(-14, 14, -(2 ** 31)));
});

test("products of whole numbers wrap around exactly, beyond 2^53 too", () => {
  const { graph, g } = graphOf("int32", [2]);
  const square = g.mul("x", "x");
  const x = tensor("int32", [2], Int32Array.of(2 ** 31 - 1, 123456789));
  // (2^31 - 1)² = 2^62 - 2^32 + 1; 123456789² = 15241578750190521 = 3548661 · 2^32 - 1757895751
  expect(interpret(graph, { x }, [square]).get(square)!.data).toEqual(Float64Array.of(1, -1757895751));
});

test("1 to any power is 1, and -1 to an infinite one, as IEEE 754 has it", () => {
  const infinity = Number.POSITIVE_INFINITY;
  const { graph, g } = graphOf("float32", [4]);
  const y = g.pow("x", g.constant(float32([4], [Number.NaN, -infinity, infinity, Number.NaN])));
  const x = float32([4], [1, 1, -1, -1]);
  expect(interpret(graph, { x }, [y]).get(y)!.data).toEqual(Float64Array.of(1, 1, 1, Number.NaN));
});

test("a size that any number would fit is refused", () => {
  const { graph, g } = graphOf("float32", ["n", 0] as never);
  const target = graph.input("target", { dtype: "int64", shape: [2] });
  const y = g.node("Reshape", ["x", target], { allowzero: true });
  expect(() => interpret(graph, { x: float32([2, 0], []), target: int64([2], [0, -1]) }, [y])).toThrow(
    "Reshape: -1 in [0,-1] can be any size: there are no elements",
  );
});

test("floats are float64, whatever their type is called: nothing is rounded on the way", () => {
  const { graph, g } = graphOf("float32", []);
  const y = g.cast(g.cast(g.mul("x", "x"), "float16"), "float32");
  const tenth = { dtype: "float32" as const, dims: [], data: Float64Array.of(0.1) };
  expect(interpret(graph, { x: tenth }, [y]).get(y)!.data[0]).toBe(0.1 * 0.1);
});

test("batch statistics are the population's, and the running ones move by 1 - momentum", () => {
  const { graph, g } = graphOf("float32", [4, 1]);
  const c = (v: number): string => g.weight("c", float32([1], [v]));
  const [y, mean, variance] = g.nodes(
    "BatchNormalization",
    ["x", c(2), c(1), c(10), c(20)],
    { epsilon: 0, momentum: 0.75, training_mode: true },
    3,
  );
  // mean 2.5, variance ((-1.5)² + (-0.5)² + 0.5² + 1.5²) / 4 = 1.25
  const out = interpret(graph, { x: float32([4, 1], [1, 2, 3, 4]) }, [y!, mean!, variance!]);
  expect(out.get(mean!)!.data[0]).toBe(0.75 * 10 + 0.25 * 2.5);
  expect(out.get(variance!)!.data[0]).toBe(0.75 * 20 + 0.25 * 1.25);
  expect(out.get(y!)!.data[0]).toBeCloseTo((-1.5 / Math.sqrt(1.25)) * 2 + 1, 14);
});

test("nothing sums to 0, multiplies to 1, and has no mean", () => {
  const { graph, g } = graphOf("float32", [0, 2]);
  const o = { keepdims: false, noop_with_empty_axes: false };
  const axes = g.ints([0]);
  const sum = g.node("ReduceSum", ["x", axes], o);
  const product = g.node("ReduceProd", ["x", axes], o);
  const mean = g.node("ReduceMean", ["x", axes], o);
  const y = interpret(graph, { x: float32([0, 2], []) }, [sum, product, mean]);
  expect([...y.get(sum)!.data, ...y.get(product)!.data, ...y.get(mean)!.data]).toEqual([
    0,
    0,
    1,
    1,
    Number.NaN,
    Number.NaN,
  ]);
});

test("a softmax of huge logits does not overflow", () => {
  const { graph, g } = graphOf("float32", [2]);
  const y = g.softmax("x");
  const p = interpret(graph, { x: float32([2], [1e4, 1e4]) }, [y]).get(y)!;
  expect(p.data).toEqual(Float64Array.of(0.5, 0.5));
});

test("only what the outputs need is computed, and a fed value is not computed", () => {
  const { graph, g } = graphOf("float32", [1]);
  graph.push({
    kind: "opaque",
    op: "Mystery",
    domain: "",
    name: "m",
    inputs: ["x"],
    outputs: ["z"],
    captures: [],
    attributes: [],
  });
  graph.types.set("z", { dtype: "float32", shape: [1] });
  const y = g.neg("z");
  const beside = g.neg("x");
  expect(interpret(graph, { x: float32([1], [3]) }, [beside]).get(beside)!.data[0]).toBe(-3);
  expect(interpret(graph, { z: float32([1], [5]) }, [y]).get(y)!.data[0]).toBe(-5);
  expect(() => interpret(graph, { x: float32([1], [3]) }, [y])).toThrow(
    expect.objectContaining({
      kind: "OperatorError",
      message: "the reference interpreter does not know operator Mystery",
      at: 'node "m"',
    }),
  );
});

test("what is not fed, or does not fit, is named", () => {
  const { graph, g } = graphOf("float32", [2]);
  const y = g.neg("x");
  const run = interpreter(graph, [y]);
  expect(() => run({})).toThrow('value "x" has no value');
  expect(() => run({ x: float32([3], [1, 2, 3]) })).toThrow('"x" was fed [3], the graph says [2]');
});

test("tensors survive the way there and back", () => {
  const t = int64([3], [-1, 0, 2 ** 40]);
  expect(fromRef(toRef(t))).toEqual(t);
  const half = tensor("float16", [2], Uint16Array.of(0x3c00, 0xc000)); // 1, -2
  expect([...toRef(half).data]).toEqual([1, -2]);
  expect(fromRef(toRef(half))).toEqual(half);
});
