import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import { float32 } from "../core/tensor.js";
import {
  attribute,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  readModel,
  readTensor,
  tensorProto,
  valueInfo,
  writeModel,
} from "./index.js";

function model(graph: GraphProto): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: "test",
    opsetImport: [{ domain: "", version: 18n }],
    metadataProps: [{ key: "k", value: "v" }],
    graph,
  });
}

/** A graph inside an attribute inside a graph, with weights on both levels. */
function nestedGraph(weights: number): GraphProto {
  const w = () => tensorProto("w", float32([weights], new Float32Array(weights).fill(3)));
  const body = create(GraphProtoSchema, { name: "body", initializer: [w()] });
  return create(GraphProtoSchema, {
    name: "g",
    input: [valueInfo("x", { dtype: "float32", shape: ["N", 2, null] })],
    output: [valueInfo("y", undefined)],
    initializer: [w()],
    node: [
      create(NodeProtoSchema, { opType: "First", attribute: [attribute.float("f", 0)] }),
      create(NodeProtoSchema, { opType: "If", attribute: [attribute.graph("then_branch", body)] }),
      create(NodeProtoSchema, { opType: "Last", attribute: [attribute.ints("axes", [-1, 0])] }),
    ],
  });
}

test("what is written reads as it was, heavy weights and subgraphs included", () => {
  for (const weights of [4, 5000]) {
    const before = model(nestedGraph(weights));
    const bytes = writeModel(before);
    const after = readModel(bytes);
    expect(after).toEqual(before);
    expect(after.graph!.node.map((n) => n.opType)).toEqual(["First", "If", "Last"]);
    expect(readTensor(after.graph!.node[1]!.attribute[0]!.g!.initializer[0]!).data[weights - 1]).toBe(3);
    // The pieces have as many bytes as the library alone would write.
    expect(bytes.length).toBe(toBinary(ModelProtoSchema, before).length);
  }
});

test("an attribute that is 0 stays there", () => {
  const read = readModel(writeModel(model(nestedGraph(1))));
  expect(Object.hasOwn(read.graph!.node[0]!.attribute[0]!, "f")).toBe(true);
});

test("fields of later versions survive", () => {
  // Field 1000, wire type 0, value 7: not in our .proto.
  const unknown = Uint8Array.of(0xc0, 0x3e, 7);
  const bytes = new Uint8Array([...writeModel(model(nestedGraph(1))), ...unknown]);
  const again = writeModel(readModel(bytes));
  expect(readModel(again)).toEqual(readModel(bytes));
  expect(again.length).toBe(bytes.length);
});

test("a file that is no model says what it seems to be", () => {
  const messageOf = (bytes: Uint8Array | string) => {
    try {
      readModel(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
    } catch (error) {
      if (error instanceof EngraftError && error.kind === "ModelError") return error.message;
      throw error;
    }
    return "read";
  };
  expect(messageOf("")).toBe("this is not a readable ONNX file: the file is empty");
  expect(messageOf("<!DOCTYPE html><title>Not found</title>")).toContain("it is a web page");
  expect(messageOf("version https://git-lfs.github.com/spec/v1")).toContain("Git LFS pointer");
  expect(messageOf("PK\u0003\u0004 and so on")).toContain("zip archive");
  expect(messageOf("hello")).toContain("this is not a readable ONNX file: ");
  expect(messageOf(Uint8Array.of(8, 8))).toContain("it holds no graph");
  const bytes = writeModel(model(nestedGraph(5000)));
  for (const end of [10, 100, bytes.length - 1]) expect(messageOf(bytes.subarray(0, end))).not.toBe("read");
});

test("graphs inside graphs without end are refused", () => {
  let graph = create(GraphProtoSchema, { name: "leaf" });
  for (let i = 0; i < 60; i++) {
    graph = create(GraphProtoSchema, {
      node: [create(NodeProtoSchema, { opType: "If", attribute: [attribute.graph("then_branch", graph)] })],
    });
  }
  expect(() => readModel(writeModel(model(graph)))).toThrow("maximum recursion depth");
});
