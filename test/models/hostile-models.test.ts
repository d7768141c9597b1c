import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EngraftError } from "../../src/core/errors.js";
import { float32, int64, tensor } from "../../src/core/tensor.js";
import { fromOnnx, toOnnx } from "../../src/graph/index.js";
import {
  attribute,
  DataLocation,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  readModel,
  tensorProto,
  valueInfo,
  writeModel,
} from "../../src/onnx/index.js";

function node(
  opType: string,
  input: string[],
  output: string[],
  attributes: NodeProto["attribute"] = [],
): NodeProto {
  return create(NodeProtoSchema, { opType, name: output[0], input, output, attribute: attributes });
}

/** A small model that touches what readers branch on: windows, old forms, subgraphs, functions, shape arithmetic. */
function sample(): ModelProto {
  const branch = (value: number) =>
    create(GraphProtoSchema, {
      name: "branch",
      node: [
        node("Squeeze", ["pooled"], ["s"], [attribute.ints("axes", [2, 3])]),
        node("Add", ["s", "k"], ["r"]),
      ],
      initializer: [tensorProto("k", float32([1], [value]))],
      output: [valueInfo("r", undefined)],
    });
  const half = tensor("float16", [4], Uint16Array.of(0x3c00, 0, 0x4000, 0xc000));
  return create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [
      { domain: "", version: 11n },
      { domain: "local", version: 1n },
    ],
    functions: [
      { name: "Twice", domain: "local", input: ["a"], output: ["b"], node: [node("Add", ["a", "a"], ["b"])] },
    ],
    graph: create(GraphProtoSchema, {
      name: "sample",
      input: [valueInfo("x", { dtype: "float32", shape: [1, 3, 8, 8] })],
      output: [valueInfo("y", { dtype: "float32", shape: [1, 4] })],
      initializer: [
        tensorProto("w", float32([4, 3, 3, 3], new Float32Array(108).fill(0.1))),
        tensorProto("b", half),
        tensorProto("go", tensor("bool", [], Uint8Array.of(1))),
        tensorProto("zero", int64([], [0])),
        tensorProto("rest", int64([1], [-1])),
      ],
      node: [
        node(
          "Conv",
          ["x", "w", "b"],
          ["c"],
          [
            attribute.ints("kernel_shape", [3, 3]),
            attribute.string("auto_pad", "SAME_UPPER"),
            attribute.ints("strides", [2, 2]),
          ],
        ),
        node("Clip", ["c"], ["d"], [attribute.float("min", 0), attribute.float("max", 6)]),
        node(
          "MaxPool",
          ["d"],
          ["e"],
          [attribute.ints("kernel_shape", [2, 2]), attribute.ints("strides", [2, 2])],
        ),
        create(NodeProtoSchema, { ...node("Twice", ["e"], ["f"]), domain: "local" }),
        node("ReduceMean", ["f"], ["pooled"], [attribute.ints("axes", [2, 3])]),
        node("ReduceMax", ["x"], ["top"], [attribute.int("keepdims", 0)]),
        // 9 is bool.
        node("Cast", ["top"], ["hot"], [attribute.int("to", 9)]),
        node(
          "If",
          ["hot"],
          ["i"],
          [attribute.graph("then_branch", branch(3)), attribute.graph("else_branch", branch(4))],
        ),
        node(
          "If",
          ["go"],
          ["j"],
          [attribute.graph("then_branch", branch(1)), attribute.graph("else_branch", branch(2))],
        ),
        node("Shape", ["pooled"], ["shape"]),
        node("Gather", ["shape", "zero"], ["n"]),
        node("Unsqueeze", ["n"], ["n1"], [attribute.ints("axes", [0])]),
        node("Concat", ["n1", "rest"], ["target"], [attribute.int("axis", 0)]),
        node("Reshape", ["pooled", "target"], ["flat"]),
        node("Softmax", ["flat"], ["p"], [attribute.int("axis", 1)]),
        node("Split", ["p"], ["p0", "p1"], [attribute.int("axis", 1)]),
        node("Concat", ["p1", "p0"], ["q"], [attribute.int("axis", 1)]),
        node("Mystery", ["q"], ["m"]),
        node("Sum", ["q", "i", "j", "m"], ["y"]),
      ],
    }),
  });
}

/** Success or an EngraftError that blames the file; nothing else. */
function read(bytes: Uint8Array): "read" | EngraftError {
  try {
    const { graph } = fromOnnx(bytes, {
      externalData: () => {
        throw new EngraftError("FileError", "there are no files here");
      },
    });
    toOnnx(graph);
    return "read";
  } catch (error) {
    if (!(error instanceof EngraftError) || error.kind === "InternalError") throw error;
    return error;
  }
}

const bytes = writeModel(sample());
const settings = { seed: 20, numRuns: 1000 };

test("the sample itself is read", () => {
  expect(read(bytes)).toBe("read");
});

test("a truncated file is refused, wherever it ends", () => {
  for (let end = 0; end < bytes.length; end++) {
    const outcome = read(bytes.subarray(0, end));
    if (outcome !== "read") expect(outcome.kind).toMatch(/ModelError|ShapeError/);
  }
});

test("flipped bits give a model or an error", { tags: ["thorough"] }, () => {
  const flip = fc.tuple(fc.nat(bytes.length - 1), fc.nat(7));
  fc.assert(
    fc.property(fc.array(flip, { minLength: 1, maxLength: 8 }), (flips) => {
      const copy = bytes.slice();
      for (const [at, bit] of flips) copy[at]! ^= 1 << bit;
      read(copy);
    }),
    settings,
  );
});

test("bytes that are replaced, put in, left out or repeated give a model or an error", {
  tags: ["thorough"],
}, () => {
  const edit = fc.tuple(fc.nat(bytes.length - 1), fc.nat(40), fc.uint8Array({ maxLength: 12 }));
  fc.assert(
    fc.property(edit, fc.boolean(), ([at, length, put], repeat) => {
      const middle = repeat ? bytes.subarray(at, at + length) : put;
      const after = repeat ? bytes.subarray(at) : bytes.subarray(at + length);
      read(new Uint8Array([...bytes.subarray(0, at), ...middle, ...after]));
    }),
    settings,
  );
});

test("a graph whose parts are changed gives a model or an error", { tags: ["thorough"] }, () => {
  const operators = [
    "Reshape",
    "Conv",
    "Gemm",
    "Loop",
    "Constant",
    "Split",
    "Slice",
    "Resize",
    "__proto__",
    "",
    "Expand",
  ];
  const values = ["x", "w", "y", "c", "target", "shape", "", "nowhere", "p"];
  const numbers = fc.oneof(
    fc.bigInt(-3n, 5n),
    fc.constantFrom(2n ** 31n, 2n ** 53n, 2n ** 62n, -(2n ** 63n), 2n ** 63n - 1n),
  );
  const change = fc.record({
    node: fc.nat(18),
    what: fc.constantFrom("op", "input", "output", "attribute", "dims", "type", "order", "rename", "info"),
    at: fc.nat(4),
    op: fc.constantFrom(...operators),
    value: fc.constantFrom(...values),
    number: numbers,
    type: fc.nat(25),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
      const model = readModel(bytes.slice());
      const graph = model.graph!;
      for (const { node: index, what, at, op, value, number, type } of changes) {
        const target = graph.node[index % graph.node.length]!;
        const weight = graph.initializer[at % graph.initializer.length]!;
        if (what === "op") target.opType = op;
        else if (what === "input") target.input[at % 3] = value;
        else if (what === "output") target.output[at % 2] = value;
        else if (what === "dims") weight.dims[at] = number;
        else if (what === "type") weight.dataType = type;
        else if (what === "order") graph.node.reverse();
        else if (what === "rename") weight.name = value;
        else if (what === "info") {
          const dim = graph.input[0]!.type!.value;
          if (dim.case === "tensorType")
            dim.value.shape!.dim[at % 4]!.value = { case: "dimValue", value: number };
        } else
          for (const a of target.attribute) {
            a.i = number;
            if (a.ints.length > 0) a.ints[at] = number;
            if (at === 3) a.type = type % 15;
          }
      }
      for (const target of graph.node) {
        target.input = Array.from(target.input, (v) => v ?? "");
        target.output = Array.from(target.output, (v) => v ?? "");
        for (const a of target.attribute) a.ints = Array.from(a.ints, (v) => v ?? 0n);
      }
      for (const weight of graph.initializer) weight.dims = Array.from(weight.dims, (d) => d ?? 1n);
      read(writeModel(model));
    }),
    settings,
  );
});

/** The sample, changed by hand. */
function changed(change: (model: ModelProto) => void): EngraftError {
  const model = sample();
  change(model);
  const outcome = read(writeModel(model));
  if (outcome === "read") throw new Error("it was read");
  return outcome;
}

test("a cycle is named with its operators", () => {
  const error = changed((m) => {
    m.graph!.node[1]!.input = ["f"];
  });
  expect(error.message).toBe('the graph has a cycle of 3 operators: Clip "d", MaxPool "e", Add "f/b"');
});

test("a value that nothing computes, one computed twice, and a missing output are named", () => {
  expect(
    changed((m) => {
      m.graph!.node[2]!.input = ["ghost"];
    }).message,
  ).toBe('MaxPool "e": it reads "ghost", which nothing in the graph computes');
  expect(
    changed((m) => {
      m.graph!.node[2]!.output = ["d"];
    }).message,
  ).toBe('MaxPool "e": two values of the graph are called "d"');
  expect(
    changed((m) => {
      m.graph!.output[0]!.name = "ghost";
    }).message,
  ).toBe('output "ghost" is computed by no node of the graph');
});

test("sizes that overflow are refused before memory is allocated", () => {
  const before = process.memoryUsage().rss;
  for (const dims of [[2n ** 62n, 4n], [-1n, 3n, 3n, 3n], [2n ** 33n], new Array<bigint>(100).fill(2n)]) {
    const error = changed((m) => {
      m.graph!.initializer[0]!.dims = dims;
    });
    expect(error.kind).toBe("ModelError");
    expect(error.at).toBe('tensor "w"');
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
});

test("a path of external data that leaves the folder is refused", () => {
  const error = changed((m) => {
    const weight = m.graph!.initializer[0]!;
    weight.rawData = new Uint8Array();
    weight.dataLocation = DataLocation.EXTERNAL;
    const entry = { key: "location", value: "../../etc/passwd" };
    weight.externalData = [{ $typeName: "onnx.StringStringEntryProto", ...entry }];
  });
  expect(error.message).toBe('the path of external data leaves the model\'s folder: "../../etc/passwd"');
});

test("functions that call themselves, or multiply without bound, are refused", () => {
  const callee = (name: string, inner: string) => ({
    name,
    domain: "local",
    input: ["a"],
    output: ["b"],
    node: [
      create(NodeProtoSchema, { ...node(inner, ["a"], ["t"]), domain: "local" }),
      create(NodeProtoSchema, { ...node(inner, ["t"], ["b"]), domain: "local" }),
    ],
  });
  const functions = (list: ReturnType<typeof callee>[]) =>
    changed((m) => {
      m.functions = create(ModelProtoSchema, { functions: list }).functions;
    }).message;
  expect(functions([callee("Twice", "Twice")])).toBe('local.Twice "f/t": the function calls itself');
  // 2^30 operators from a few hundred bytes.
  const levels = Array.from({ length: 30 }, (_, i) => callee(i === 0 ? "Twice" : `F${i}`, `F${i + 1}`));
  expect(functions(levels)).toBe("the functions of the model expand to more than 50000 operators");
});

test("a file of empty parts, two bytes each, does not fill the memory", () => {
  const before = process.memoryUsage().rss;
  // graph (field 7) of 3 million empty nodes (field 1).
  const body = new Uint8Array(6_000_000);
  for (let i = 0; i < body.length; i += 2) body[i] = 0x0a;
  const length = [
    (6_000_000 & 127) | 128,
    ((6_000_000 >> 7) & 127) | 128,
    ((6_000_000 >> 14) & 127) | 128,
    6_000_000 >> 21,
  ];
  const outcome = read(new Uint8Array([0x3a, ...length, ...body]));
  expect(outcome).toMatchObject({
    message: "the parts of the model file would take more than 1 GB of memory beside its raw weights",
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
});

test("a node or a graph with more outputs than any network has is refused", () => {
  const many = Array.from({ length: 200_000 }, (_, i) => `o${i}`);
  const message = (nodes: NodeProto[], outputs: readonly string[]) =>
    (
      read(
        writeModel(
          create(ModelProtoSchema, {
            irVersion: 8n,
            opsetImport: [{ domain: "", version: 13n }],
            graph: create(GraphProtoSchema, {
              name: "wide",
              input: [valueInfo("x", { dtype: "float32", shape: [1, 3] })],
              output: outputs.map((v) => valueInfo(v, undefined)),
              node: nodes,
            }),
          }),
        ),
      ) as EngraftError
    ).message;
  const split = node("Split", ["x"], many);
  expect(message([split], ["o0"])).toBe('Split "o0" has 200000 outputs, at most 16384 are read');
  expect(message([node("Relu", ["x"], ["y"])], many)).toBe(
    "the graph has 200000 outputs, at most 16384 are read",
  );
});

test("an unknown operator is passed on, not refused", () => {
  const { graph } = fromOnnx(bytes);
  expect(graph.nodes.filter((n) => n.kind === "opaque").map((n) => n.op)).toEqual(["If", "Mystery"]);
  const branching = graph.nodes.find((n) => n.op === "If");
  expect(branching?.kind === "opaque" && branching.captures).toEqual(["pooled"]);
});
