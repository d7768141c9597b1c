import { expect, test } from "vitest";
import { parametersOf } from "../../graph/surgery/index.js";
import { toOnnx } from "../../graph/to-onnx.js";
import { bert } from "./bert.js";

const sizes = { vocabulary: 50, width: 8, layers: 2, heads: 2, inner: 16, positions: 12 };

test("has the weights of Hugging Face's BertModel, without token types and pooler", () => {
  const { width: w, inner, layers, vocabulary, positions } = sizes;
  const layer = 4 * (w * w + w) + 2 * 2 * w + (w * inner + inner) + (inner * w + w);
  const total = parametersOf(bert(sizes)).reduce((n, p) => n + p.size, 0);
  expect(total).toBe((vocabulary + positions) * w + 2 * w + layers * layer);
});

test("reads token numbers and a mask of any batch and length, and gives a state for each token", () => {
  const graph = bert(sizes);
  expect(graph.inputs).toEqual(["input_ids", "attention_mask"]);
  expect(graph.outputs).toEqual(["last_hidden_state"]);
  expect(graph.typeOf("last_hidden_state")).toEqual({ dtype: "float32", shape: ["batch", "sequence", 8] });
  expect(toOnnx(graph).length).toBeGreaterThan(0);
});
