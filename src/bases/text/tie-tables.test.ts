import { expect, test } from "vitest";
import { float32, int64 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { fromOnnx } from "../../graph/from-onnx.js";
import { Graph } from "../../graph/graph.js";
import { parametersOf } from "../../graph/surgery/index.js";
import { toOnnx } from "../../graph/to-onnx.js";
import { interpret } from "../../testing/reference/index.js";
import { withWeights } from "../heads.js";
import { languageModel } from "../language-model.js";
import { tieTables } from "./tie-tables.js";

const [tokens, width] = [5, 3];
const table = Float32Array.from({ length: tokens * width }, (_, i) => Math.sin(i));
const turned = Float32Array.from(
  { length: tokens * width },
  (_, at) => table[(at % tokens) * width + Math.floor(at / tokens)]!,
);

/** Returns a decoder as PyTorch exports it: table and output matrix are two constants. @param output the second one */
function exported(output: "turned" | "equal" | "other"): Graph {
  const graph = new Graph("decoder");
  const ids = graph.input("input_ids", { dtype: "int64", shape: ["batch", "sequence"] });
  const own = graph.initializer("wte", float32([tokens, width], table));
  const last =
    output === "turned"
      ? float32([width, tokens], turned)
      : float32([tokens, width], output === "equal" ? table.slice() : table.map((x) => 2 * x));
  const head = graph.initializer("onnx::MatMul_7", last);
  const g = new Builder(graph, "");
  const hidden = g.tanh(g.gather(own, ids));
  graph.outputs.push(g.matmul(hidden, output === "turned" ? head : g.transpose(head, [1, 0])));
  return fromOnnx(toOnnx(graph)).graph;
}

const scores = (graph: Graph): readonly number[] => {
  const found = interpret(graph, { input_ids: int64([1, 2], BigInt64Array.of(1n, 4n)) });
  return Array.from(found.get(graph.outputs[0]!)!.data as ArrayLike<number>);
};

test.each(["turned", "equal"] as const)(
  "an output matrix of %s content is one tensor with the word embedding",
  (output) => {
    const graph = exported(output);
    const before = scores(graph);
    const tables = () =>
      [...graph.initializers.values()].filter(({ data }) => data.length === tokens * width).length;
    expect(tables()).toBe(2);
    expect(tieTables(graph)).toHaveLength(1);
    expect(tables()).toBe(1);
    expect(scores(graph)).toEqual(before);
    // The head of words trains one table, and the written file moves both ends with it.
    const model = languageModel(graph, { pad: 0, length: 2, count: 1, begin: "tied" });
    const trainable = parametersOf(model.graph).filter(
      ({ value }) => model.graph.initializers.get(value)!.data.length === tokens * width,
    );
    expect(trainable).toHaveLength(1);
    const doubled = float32(
      [tokens, width],
      table.map((x) => 2 * x),
    );
    const written = fromOnnx(toOnnx(withWeights(graph, new Map([[trainable[0]!.value, doubled]])))).graph;
    const expected = [1, 4].flatMap((id) =>
      Array.from({ length: tokens }, (_, k) =>
        Array.from(
          { length: width },
          (_, d) => Math.tanh(doubled.data[id * width + d]!) * doubled.data[k * width + d]!,
        ).reduce((a, b) => a + b),
      ),
    );
    for (const [i, value] of scores(written).entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  },
);

test("an output matrix of other content stays apart", () => {
  const graph = exported("other");
  expect(tieTables(graph)).toEqual([]);
  expect([...graph.initializers.values()].filter(({ data }) => data.length === tokens * width)).toHaveLength(
    2,
  );
});
