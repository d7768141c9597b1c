import { create } from "@bufbuild/protobuf";
import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { tensor } from "../../core/tensor.js";
import {
  attribute,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  valueInfo,
  writeModel,
} from "../../onnx/index.js";
import { Builder } from "../builder.js";
import { fromOnnx } from "../from-onnx.js";
import { Graph } from "../graph.js";
import { toOnnx } from "../to-onnx.js";
import { inline } from "./inline.js";

const rows = { dtype: "float32", shape: ["N", 3] } as const;

/** y = max(x) ≠ 0 ? -x : |x|, as in a file: both branches read x from outside. */
function branching(): Graph {
  const branch = (op: string) =>
    create(GraphProtoSchema, {
      name: op,
      node: [create(NodeProtoSchema, { opType: op, input: ["x"], output: ["r"] })],
      output: [valueInfo("r", rows)],
    });
  const graph = create(GraphProtoSchema, {
    name: "branching",
    input: [valueInfo("x", rows)],
    output: [valueInfo("y", rows)],
    node: [
      create(NodeProtoSchema, {
        opType: "ReduceMax",
        input: ["x"],
        output: ["top"],
        attribute: [attribute.int("keepdims", 0)],
      }),
      create(NodeProtoSchema, {
        opType: "Cast",
        input: ["top"],
        output: ["yes"],
        // 9 is bool.
        attribute: [attribute.int("to", 9)],
      }),
      create(NodeProtoSchema, {
        opType: "If",
        input: ["yes"],
        output: ["y"],
        attribute: [
          attribute.graph("then_branch", branch("Neg")),
          attribute.graph("else_branch", branch("Abs")),
        ],
      }),
    ],
  });
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    graph,
    opsetImport: [{ domain: "", version: 18n }],
  });
  return fromOnnx(writeModel(model)).graph;
}

async function run(graph: Graph): Promise<number[]> {
  const session = await ort.InferenceSession.create(toOnnx(graph), { logSeverityLevel: 4 });
  const feeds = { [session.inputNames[0]!]: new ort.Tensor("float32", [1, -2, 3], [1, 3]) };
  return Array.from((await session.run(feeds))[session.outputNames[0]!]!.data as Float32Array);
}

test("what a subgraph reads from outside follows when it gets another name", async () => {
  const source = branching();
  expect(source.nodes.at(-1)).toMatchObject({ kind: "opaque", op: "If", captures: ["x"] });
  const graph = new Graph("host");
  const g = new Builder(graph);
  // The name that the branches use means another value here.
  const doubled = g.mul(graph.input("pixels", rows), g.number(2));
  graph.initializer("x", tensor("float32", [], Float32Array.of(7)));
  const names = inline(graph, source, new Map([["x", doubled]]));
  graph.outputs.push(names.get("y")!);
  expect(graph.nodes.at(-1)).toMatchObject({ captures: [doubled] });
  expect(await run(graph)).toEqual([-2, 4, -6]);
});

test("names that are taken in the host are made anew, others kept", () => {
  const source = new Graph("source");
  const s = new Builder(source);
  source.input("x", rows);
  source.outputs.push(s.relu(s.neg("x")));
  const graph = new Graph("host");
  graph.input("in", rows);
  graph.push({ kind: "op", op: "Exp", name: "n", inputs: ["in"], outputs: ["Neg"], attributes: {} }, [rows]);
  const names = inline(graph, source, new Map([["x", "in"]]));
  expect(names.get("Neg")).not.toBe("Neg");
  expect(names.get("Relu")).toBe("Relu");
  expect(graph.nodes[2]!.inputs).toEqual([names.get("Neg")]);
});
