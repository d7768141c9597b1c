import { describe, expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { float32, int64, type Tensor } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { checkGradient } from "../testing/index.js";
import { interpret } from "../testing/reference/index.js";
import { differentiate } from "./index.js";

function graphOf(inputs: Readonly<Record<string, readonly number[]>>): { graph: Graph; g: Builder } {
  const graph = new Graph("t");
  for (const [name, shape] of Object.entries(inputs)) graph.input(name, { dtype: "float32", shape });
  return { graph, g: new Builder(graph, "f") };
}
/** Gradients of the sum of y as plain numbers. */
function gradients(
  { graph, g }: { graph: Graph; g: Builder },
  y: Value,
  feeds: Record<Value, Tensor>,
  wrt = Object.keys(feeds),
): number[][] {
  const found = differentiate(graph, g.reduceSum(y), wrt);
  const names = wrt.map((w) => found.get(w)!);
  const values = interpret(graph, feeds, names);
  return names.map((name) => Array.from(values.get(name)!.data));
}
function thrown(action: () => unknown): EngraftError {
  try {
    action();
  } catch (error) {
    if (error instanceof EngraftError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("differentiate", () => {
  test("follows the chain rule: d (x² · w) / dx = 2 x w", () => {
    const f = graphOf({ x: [2], w: [2] });
    const y = f.g.mul(f.g.mul("x", "x"), "w");
    const [dx, dw] = gradients(f, y, { x: float32([2], [3, -1]), w: float32([2], [5, 7]) });
    expect(dx).toEqual([30, -14]);
    expect(dw).toEqual([9, 1]);
  });

  test("sums what comes back from several readers", () => {
    const f = graphOf({ x: [1] });
    // x + x² + exp(0) x: slope 1 + 2 x + 1
    const y = f.g.add(f.g.add("x", f.g.mul("x", "x")), f.g.mul("x", f.g.number(1)));
    expect(gradients(f, y, { x: float32([1], [4]) })).toEqual([[10]]);
  });

  test("sums over the axes along which a value was broadcast", () => {
    const f = graphOf({ x: [2, 3], b: [3], c: [2, 1], s: [] });
    const y = f.g.mul(f.g.add(f.g.add("x", "b"), "c"), "s");
    const [dx, db, dc, ds] = gradients(f, y, {
      x: float32([2, 3], [1, 2, 3, 4, 5, 6]),
      b: float32([3], [0, 0, 0]),
      c: float32([2, 1], [0, 0]),
      s: float32([], [10]),
    });
    expect(dx).toEqual([10, 10, 10, 10, 10, 10]);
    expect(db).toEqual([20, 20, 20]);
    expect(dc).toEqual([30, 30]);
    expect(ds).toEqual([21]);
  });

  test("gives zeros for what the loss does not depend on", () => {
    const f = graphOf({ x: [2], other: [2, 2] });
    const feeds = { x: float32([2], [1, 2]), other: float32([2, 2], [1, 2, 3, 4]) };
    expect(gradients(f, f.g.exp("x"), feeds)[1]).toEqual([0, 0, 0, 0]);
  });

  test("gives zeros behind an operator whose output is constant almost everywhere", () => {
    const f = graphOf({ x: [2] });
    expect(gradients(f, f.g.sign("x"), { x: float32([2], [1, -2]) })).toEqual([[0, 0]]);
  });

  test("differentiates by computed values, and stops at them", () => {
    const f = graphOf({ x: [2] });
    const features = f.g.mul("x", f.g.number(2));
    const y = f.g.mul(features, features);
    const before = f.graph.nodes.length;
    const found = differentiate(f.graph, f.g.reduceSum(y), [features]);
    const values = interpret(f.graph, { x: float32([2], [3, 4]) }, [found.get(features)!]);
    expect(Array.from(values.get(found.get(features)!)!.data)).toEqual([12, 16]);
    expect(before).toBeLessThan(f.graph.nodes.length);
  });

  test("adds nothing for parts without a weight", () => {
    const f = graphOf({ x: [1, 1, 4, 4], k: [1, 1, 3, 3], w: [1, 1, 3, 3] });
    const y = f.g.conv(f.g.relu(f.g.conv("x", "k")), "w", "", { pads: [1, 1, 1, 1] });
    const found = differentiate(f.graph, f.g.reduceSum(y), ["w"]);
    const added = f.graph.nodes.filter((n) => n.outputs[0]!.startsWith("grad/"));
    // The gradient by w, and none by the features or by k.
    expect(added.some((n) => n.op === "HardSigmoid" || n.op === "ConvTranspose")).toBe(false);
    expect(f.graph.dims(found.get("w")!)).toEqual([1, 1, 3, 3]);
  });

  test("asks the forward pass of MaxPool for its indices", () => {
    const f = graphOf({ x: [1, 1, 2, 4] });
    const y = f.g.maxPool("x", { kernel: [2, 2], strides: [2, 2] });
    const [dx] = gradients(f, y, { x: float32([1, 1, 2, 4], [1, 5, 2, 2, 3, 4, 2, 2]) });
    // The first of equal elements takes it all.
    expect(dx).toEqual([0, 1, 1, 0, 0, 0, 0, 0]);
    expect(f.graph.nodes.find((n) => n.op === "MaxPool")!.outputs).toHaveLength(2);
  });

  test("reads batch statistics from BatchNormalization itself when its momentum is 0", () => {
    const graph = new Graph("bn");
    graph.input("x", { dtype: "float32", shape: [3, 2, 2, 2] });
    for (const name of ["scale", "bias", "mean", "var"]) graph.input(name, { dtype: "float32", shape: [2] });
    const g = new Builder(graph, "f");
    const attributes = { epsilon: 1e-3, momentum: 0, training_mode: true };
    const y = g.node("BatchNormalization", ["x", "scale", "bias", "mean", "var"], attributes);
    graph.outputs.push(y);
    const x = Array.from({ length: 24 }, (_, i) => Math.sin(3 * i) + 0.1 * i);
    const feeds = {
      x: float32([3, 2, 2, 2], x),
      scale: float32([2], [0.7, 1.3]),
      bias: float32([2], [0.1, 0.2]),
      mean: float32([2], [0, 0]),
      var: float32([2], [1, 1]),
    };
    expect(checkGradient(graph, { feeds, wrt: ["x", "scale", "bias"] }).error).toBeLessThan(1e-7);
    differentiate(graph, g.reduceSum(y), ["x"]);
    expect(graph.nodes[0]!.outputs).toHaveLength(3);
  });
});

test("BatchNormalization hands a gradient to all five inputs, from all three outputs", () => {
  for (const training_mode of [false, true]) {
    const graph = new Graph("bn");
    graph.input("x", { dtype: "float32", shape: [4, 2, 3] });
    for (const name of ["scale", "bias", "mean", "var"]) graph.input(name, { dtype: "float32", shape: [2] });
    const attributes = { epsilon: 1e-3, momentum: 0.8, training_mode };
    const inputs = ["x", "scale", "bias", "mean", "var"];
    const outputs = training_mode ? 3 : 1;
    graph.outputs.push(...new Builder(graph, "f").nodes("BatchNormalization", inputs, attributes, outputs));
    const feeds = {
      x: float32(
        [4, 2, 3],
        Array.from({ length: 24 }, (_, i) => Math.cos(5 * i)),
      ),
      scale: float32([2], [0.7, 1.3]),
      bias: float32([2], [0.1, 0.2]),
      mean: float32([2], [0.3, -0.2]),
      var: float32([2], [1.5, 0.8]),
    };
    expect(checkGradient(graph, { feeds }).error).toBeLessThan(1e-7);
  }
});

test("the number that fills a padding gets the sum over the padding", () => {
  const f = graphOf({ x: [3], v: [] });
  const y = f.g.node("Pad", ["x", f.g.ints([2, -1]), "v"], { mode: "constant" });
  expect(gradients(f, y, { x: float32([3], [1, 2, 3]), v: float32([], [9]) })).toEqual([[1, 1, 0], [2]]);
});

describe("at kinks and ties the choice is PyTorch's", () => {
  const x = float32([3], [-1, 0, 1]);
  test("relu'(0) = 0, abs'(0) = 0, leakyRelu'(0) = alpha", () => {
    const leaky = (alpha: number) => {
      const f = graphOf({ x: [3] });
      return gradients(f, f.g.node("LeakyRelu", ["x"], { alpha }), { x })[0]!;
    };
    const relu = graphOf({ x: [3] });
    expect(gradients(relu, relu.g.relu("x"), { x })[0]).toEqual([0, 0, 1]);
    const abs = graphOf({ x: [3] });
    expect(gradients(abs, abs.g.abs("x"), { x })[0]).toEqual([-1, 0, 1]);
    expect(leaky(0.25)).toEqual([0.25, 0.25, 1]);
    expect(leaky(1.5)).toEqual([1.5, 1.5, 1]);
    expect(leaky(-0.5)).toEqual([-0.5, -0.5, 1]);
  });

  test("clip passes at its bounds", () => {
    const f = graphOf({ x: [3] });
    expect(gradients(f, f.g.clip("x", f.g.number(0), f.g.number(1)), { x })[0]).toEqual([0, 1, 1]);
  });

  test("and beyond them the bounds take the gradient", () => {
    const f = graphOf({ x: [3], low: [], high: [] });
    const feeds = { x: float32([3], [-2, 0.5, 9]), low: float32([], [0]), high: float32([], [1]) };
    expect(gradients(f, f.g.clip("x", "low", "high"), feeds)).toEqual([[0, 1, 0], [1], [1]]);
  });

  test("equal arguments of max share, half each; so do equal elements of ReduceMax", () => {
    const f = graphOf({ a: [2], b: [2] });
    const [da, db] = gradients(f, f.g.max("a", "b"), { a: float32([2], [1, 5]), b: float32([2], [1, 2]) });
    expect(da).toEqual([0.5, 1]);
    expect(db).toEqual([0.5, 0]);
    const r = graphOf({ x: [4] });
    expect(gradients(r, r.g.reduceMax("x"), { x: float32([4], [7, 1, 7, 0]) })[0]).toEqual([0.5, 0, 0.5, 0]);
  });

  test("a product with zeros in it has the product of the others as slope", () => {
    const f = graphOf({ x: [3, 3] });
    const y = f.g.node("ReduceProd", ["x", f.g.ints([1])], { keepdims: false, noop_with_empty_axes: false });
    const dx = gradients(f, y, { x: float32([3, 3], [2, 3, 4, 0, 3, 4, 0, 0, 4]) })[0];
    expect(dx).toEqual([12, 8, 6, 12, 0, 0, 0, 0, 0]);
  });

  test("x ^ 0 is flat everywhere and x ^ 2 at 0, also where the formula has 0 · infinity", () => {
    const f = graphOf({ x: [2], p: [2] });
    const feeds = { x: float32([2], [0, 0]), p: float32([2], [0, 2]) };
    expect(gradients(f, f.g.pow("x", "p"), feeds)).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});

describe("what it cannot do it says", () => {
  test("the loss must be one float number", () => {
    const f = graphOf({ x: [2, 3] });
    expect(thrown(() => differentiate(f.graph, "x", ["x"])).format()).toBe(
      'ShapeError: the loss "x" is float32[2, 3]: it must be one float number\n' +
        "  help: reduce it first, e.g. by its mean over the batch",
    );
  });

  test("gradients exist for float values only", () => {
    const f = graphOf({ x: [] });
    f.graph.initializer("i", int64([2], [0, 1]));
    expect(thrown(() => differentiate(f.graph, "x", ["i"])).message).toBe(
      '"i" is int64: gradients exist for float values only',
    );
  });

  test("names the value whose size is not known", () => {
    const graph = new Graph("t");
    graph.input("x", { dtype: "float32", shape: ["batch", 3] });
    graph.input("w", { dtype: "float32", shape: [3] });
    const g = new Builder(graph, "f");
    const loss = g.reduceSum(g.mul("x", "w"));
    expect(thrown(() => differentiate(graph, loss, ["w"])).message).toContain("float32[batch, 3]");
  });

  test("names the node that asks for a size, where the size is lost, and what to do", () => {
    const graph = new Graph("t");
    graph.input("x", { dtype: "float32", shape: ["batch", 3] });
    graph.input("w", { dtype: "float32", shape: [3] });
    const g = new Builder(graph, "f");
    const named = thrown(() => differentiate(graph, g.reduceSum(g.mul("x", "w")), ["w"]));
    expect(named.at).toBe('the gradient of ReduceSum "f/ReduceSum"; the input "x" is float32[batch, 3]');
    expect(named.help).toContain("give the input a size: imageSize, inputShapes");

    const data = new Graph("t");
    data.input("x", { dtype: "float32", shape: [4] });
    data.input("w", { dtype: "float32", shape: [1] });
    const d = new Builder(data, "f");
    const found = d.cast(d.node("NonZero", ["x"], {}), "float32");
    const counted = thrown(() => differentiate(data, d.reduceSum(d.mul(found, "w")), ["w"]));
    expect(counted.at).toContain(
      'NonZero "f/NonZero" gives "f/NonZero", int64[1, ?]: its size depends on the data',
    );
    expect(counted.help).toContain('train only what does not depend on "f/NonZero"');
  });

  /** x -> Mystery -> hidden -> exp -> Riddle -> features -> times w -> loss */
  function mysterious(): { graph: Graph; loss: Value } {
    const f = graphOf({ x: [2], w: [2] });
    const type = { dtype: "float32", shape: [2] } as const;
    const opaque = (op: string, name: string, input: Value, output: Value): void => {
      f.graph.push(
        {
          kind: "opaque",
          op,
          domain: "my.ops",
          name,
          inputs: [input],
          outputs: [output],
          captures: [],
          attributes: [],
        },
        [type],
      );
    };
    opaque("Mystery", "n1", "x", "hidden");
    opaque("Riddle", "n2", f.g.exp("hidden"), "features");
    return { graph: f.graph, loss: f.g.reduceSum(f.g.mul("features", "w")) };
  }

  test("an operator without a gradient in the way is refused, with the cut that avoids all of them", () => {
    const { graph, loss } = mysterious();
    expect(thrown(() => differentiate(graph, loss, ["x", "w"])).format()).toBe(
      'OperatorError: Mystery has no gradient: "my.ops.Mystery" is not an operator Engraft knows (and 1 more node after it)\n' +
        '  at node "n1", value "hidden"\n' +
        '  help: cut the model at "features" or later, so that only later weights are trained',
    );
  });

  test("the same operators before all that trains do no harm", () => {
    const { graph, loss } = mysterious();
    expect(differentiate(graph, loss, ["w"]).has("w")).toBe(true);
  });
});
