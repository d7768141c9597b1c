import { expect, test } from "vitest";
import type { Body } from "../../bases/body.js";
import { Graph } from "../../graph/graph.js";
import { rateOfSize, textDefaults } from "./text-defaults.js";

/** Returns an embedding table followed by a layer of `width` × `width` weights. */
function encoder(width: number): Graph {
  const graph = new Graph("encoder");
  const ids = graph.input("input_ids", { dtype: "int64", shape: ["batch", "length"] });
  const weights = (name: string, rows: number) =>
    graph.initializer(name, { dtype: "float32", dims: [rows, width], data: new Float32Array(rows * width) });
  const rows = graph.fresh("rows");
  graph.push(
    {
      kind: "op",
      op: "Gather",
      name: "words",
      inputs: [weights("words", 5000), ids],
      outputs: [rows],
      attributes: { axis: 0 },
    },
    [{ dtype: "float32", shape: ["batch", "length", width] }],
  );
  const states = graph.fresh("states");
  graph.push(
    {
      kind: "op",
      op: "MatMul",
      name: "layer",
      inputs: [rows, weights("layer", width)],
      outputs: [states],
      attributes: {},
    },
    [{ dtype: "float32", shape: ["batch", "length", width] }],
  );
  graph.outputs.push(states);
  return graph;
}

test("a smaller encoder gets a higher rate, one with labels per word a still higher one; embedding tables do not count", () => {
  // 86e6 / 1e6 = 86: √86 = 9.27, 86^0.75 = 28.2.
  expect(rateOfSize(encoder(1000))).toBe(1.9e-4);
  expect(rateOfSize(encoder(1000), "word")).toBe(1.4e-3);
  // The smallest encoders get at most 25 and 80 times the published rates.
  expect(rateOfSize(encoder(10))).toBe(5e-4);
  expect(rateOfSize(encoder(10), "word")).toBe(4e-3);
  // 86e6 / 4e6 = 21.5: √21.5 = 4.64, 21.5^0.75 = 9.98.
  expect(rateOfSize(encoder(2000))).toBe(9.3e-5);
  expect(rateOfSize(encoder(2000), "word")).toBe(5e-4);
});

test("the last layers of the body learn at the encoder's rate in every strategy, whatever the ratio to the head's rate", () => {
  const body = { graph: encoder(10) } as Body;
  const rate = (options: Parameters<typeof textDefaults>[0]) => textDefaults(options, body).rate;
  // The head of `finetune` has ten times the rate of the last layers, that of `discriminative` 2.6 times, or its `factor`.
  expect(rate({ strategy: "finetune" })).toBe(5e-3);
  expect(rate({ strategy: "discriminative" })).toBe(1.3e-3);
  expect(rate({ strategy: "gradual", option: { factor: 4 } })).toBe(2e-3);
  expect(rate({ strategy: "full" })).toBe(5e-4);
});
