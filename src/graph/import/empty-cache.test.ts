import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import type { TensorType } from "../../core/shape.js";
import {
  attribute as a,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  valueInfo,
  writeModel,
} from "../../onnx/index.js";
import { fromOnnx } from "../from-onnx.js";

const node = (opType: string, input: string[], output: string[], attribute: NodeProto["attribute"] = []) =>
  create(NodeProtoSchema, { opType, name: output[0]!, input, output, attribute });
const floats = (...shape: (number | string)[]): TensorType => ({ dtype: "float32", shape });
const ids: TensorType = { dtype: "int64", shape: ["batch", "length"] };

/** Reads a model with an empty cache. */
function read(nodes: NodeProto[], inputs: Readonly<Record<string, TensorType>>, outputs: readonly string[]) {
  const graph = create(GraphProtoSchema, {
    name: "g",
    input: Object.entries(inputs).map(([name, type]) => valueInfo(name, type)),
    output: outputs.map((name) => valueInfo(name, undefined)),
    node: nodes,
  });
  const opsetImport = [{ domain: "", version: 17n }];
  return fromOnnx(writeModel(create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph })), {
    emptyCache: true,
  });
}
const branch = (name: string, nodes: NodeProto[]) =>
  create(GraphProtoSchema, { name, node: nodes, output: [valueInfo(`${name}.y`, undefined)] });

test("of a merged decoder, the branch without earlier keys is taken, and inputs that only the other one reads are gone", () => {
  const merged = node(
    "If",
    ["use_cache_branch"],
    ["y"],
    [
      a.graph(
        "then_branch",
        branch("then", [node("Add", ["x", "past_key_values.0.decoder.key"], ["then.y"])]),
      ),
      a.graph("else_branch", branch("else", [node("Neg", ["x"], ["else.y"])])),
    ],
  );
  const { graph, cache } = read(
    [merged],
    {
      x: floats("batch", 2, "length", 4),
      "past_key_values.0.decoder.key": floats("batch", 2, "past_decoder_sequence_length", 4),
      "past_key_values.0.encoder.key": floats("batch", 2, "encoder_sequence_length_out", 4),
      use_cache_branch: { dtype: "bool", shape: [1] },
    },
    ["y"],
  );
  expect(graph.inputs).toEqual(["x"]);
  expect(graph.nodes.map(({ op }) => op)).toEqual(["Neg"]);
  expect([...cache!.keys()]).toEqual(["past_key_values.0.decoder.key", "past_key_values.0.encoder.key"]);
});

test("keys that are held of an encoder cannot be left out, nor can a state of fixed size", () => {
  const { graph } = read(
    [
      node("Concat", ["past_key_values.0.key", "x"], ["present.0.key"], [a.int("axis", 2)]),
      node("MatMul", ["present.0.key", "past_key_values.0.encoder.value"], ["z"]),
      node("Mul", ["z", "past_conv.0"], ["y"]),
      node("Neg", ["past_values"], ["series"]),
    ],
    {
      x: floats("batch", 2, "length", 4),
      "past_key_values.0.key": floats("batch", 2, "past_sequence_length", 4),
      "past_key_values.0.encoder.value": floats("batch", 2, 4, 4),
      "past_conv.0": floats("batch", 1, 1, 4),
      // Earlier values of a series, which are data.
      past_values: floats("batch", "past_length", 4),
    },
    ["y", "present.0.key", "series"],
  );
  expect(graph.inputs).toEqual(["x", "past_key_values.0.encoder.value", "past_conv.0", "past_values"]);
  expect(graph.typeOf("series").shape).toEqual(["batch", "past_length", 4]);
  expect(graph.outputs).toEqual(["y", "series"]);
  expect(graph.nodes.map(({ op, inputs }) => [op, inputs[0]])).toEqual([
    ["MatMul", "x"],
    ["Mul", "z"],
    ["Neg", "past_values"],
  ]);
});

test("the mask is as long as the text, and all scores are kept", () => {
  const { graph } = read(
    [
      node("Shape", ["past_0"], ["sizes"]),
      node("Cast", ["attention_mask"], ["mask"], [a.int("to", 1)]),
      node("Cast", ["input_ids"], ["ids"], [a.int("to", 1)]),
      node("Mul", ["ids", "mask"], ["y"]),
      node("Cast", ["num_logits_to_keep"], ["kept"], [a.int("to", 1)]),
      node("Add", ["y", "kept"], ["z"]),
    ],
    {
      input_ids: ids,
      attention_mask: { dtype: "int64", shape: ["batch", "total"] },
      past_0: floats(2, "batch", 2, "past_seq_len", 4),
      num_logits_to_keep: { dtype: "int64", shape: [] },
    },
    ["z"],
  );
  expect(graph.inputs).toEqual(["input_ids", "attention_mask"]);
  expect(graph.typeOf("z").shape).toEqual(["batch", "length"]);
  expect(graph.initializers.get("num_logits_to_keep")?.data).toEqual(BigInt64Array.of(0n));
});

test("without the option, every input stays", () => {
  const info = valueInfo("past_0", floats("batch", 2, "past", 4));
  const graph = create(GraphProtoSchema, {
    ...{
      name: "g",
      input: [info],
      output: [valueInfo("y", undefined)],
      node: [node("Neg", ["past_0"], ["y"])],
    },
  });
  const opsetImport = [{ domain: "", version: 17n }];
  const read = fromOnnx(writeModel(create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph })));
  expect(read.graph.inputs).toEqual(["past_0"]);
  expect(read).not.toHaveProperty("cache");
});
