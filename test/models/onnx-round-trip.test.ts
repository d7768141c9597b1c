import { create, toBinary } from "@bufbuild/protobuf";
import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { float32 } from "../../src/core/tensor.js";
import { Builder, Graph, loopModel, stateOutput, toOnnx } from "../../src/graph/index.js";
import {
  AttributeProtoSchema,
  attribute,
  GraphProtoSchema,
  NodeProtoSchema,
  readModel,
  valueInfo,
} from "../../src/onnx/index.js";

async function session(bytes: Uint8Array): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
}
const feed = (dims: number[], values: ArrayLike<number>) =>
  new ort.Tensor("float32", Float32Array.from(values), dims);

/** w.next = w - rate · (x - w) · c, loss = sum((x - w)²): a step with one state, two inputs a step, one constant. */
function step(): Graph {
  const graph = new Graph("step");
  const w = graph.input("w", { dtype: "float32", shape: [2] });
  const x = graph.input("x", { dtype: "float32", shape: [2] });
  const rate = graph.input("rate", { dtype: "float32", shape: [] });
  const g = new Builder(graph);
  const c = g.weight("c", float32([2], [-1, -2]));
  const error = g.sub(x, w);
  const [next] = g.nodes("Sub", [w, g.mul(rate, g.mul(error, c))], {}, ["updated"]);
  const [loss] = g.nodes("ReduceSumSquare", [error], { keepdims: false, noop_with_empty_axes: false }, [
    "loss",
  ]);
  graph.outputs.push(next!, loss!);
  return graph;
}

test("a Loop of three steps equals three runs of one", async () => {
  const one = await session(toOnnx(step()));
  const xs = [1, 2, 3, 4, 5, 6];
  const rates = [0.1, 0.2, 0.3];
  let w: ort.Tensor = feed([2], [0.5, -0.5]);
  const losses: number[] = [];
  for (let k = 0; k < 3; k++) {
    const out = await one.run({ w, x: feed([2], xs.slice(2 * k, 2 * k + 2)), rate: feed([], [rates[k]!]) });
    w = out.updated!;
    losses.push((out.loss!.data as Float32Array)[0]!);
  }

  const bytes = loopModel(step(), {
    state: [{ input: "w", output: "updated" }],
    perStep: ["x", "rate"],
    scalars: ["loss"],
    steps: "steps",
  });
  const loop = await session(bytes);
  expect([...loop.inputNames].sort()).toEqual(["rate", "steps", "w", "x"]);
  const out = await loop.run({
    steps: new ort.Tensor("int64", BigInt64Array.of(3n), []),
    w: feed([2], [0.5, -0.5]),
    x: feed([3, 2], xs),
    rate: feed([3], rates),
  });
  expect(out[stateOutput("w")]!.data).toEqual(w.data);
  expect(Array.from(out.loss!.data as Float32Array)).toEqual(losses);
});

test("a model may use the names of the loop for values of its own", async () => {
  const graph = new Graph("named");
  graph.input("w", { dtype: "float32", shape: [1] });
  const g = new Builder(graph);
  g.nodes("Add", ["w", "w"], {}, ["steps"]);
  g.nodes("Add", ["steps", "w"], {}, ["w.next"]);
  graph.outputs.push("w.next");
  const loop = await session(
    loopModel(graph, {
      state: [{ input: "w", output: "w.next" }],
      perStep: [],
      scalars: [],
      steps: "steps",
    }),
  );
  const out = await loop.run({ steps: new ort.Tensor("int64", BigInt64Array.of(3n), []), w: feed([1], [1]) });
  // w ← 3 w
  expect(out[stateOutput("w")]!.data).toEqual(Float32Array.of(27));
});

test("a state may come out unchanged, twice, or as a scalar", async () => {
  const graph = new Graph("odd");
  graph.input("a", { dtype: "float32", shape: [1] });
  graph.input("b", { dtype: "float32", shape: [1] });
  const g = new Builder(graph);
  const [sum] = g.nodes("Add", ["a", "b"], {}, ["sum"]);
  graph.outputs.push("a", sum!);
  const loop = await session(
    loopModel(graph, {
      state: [
        { input: "a", output: "a" },
        { input: "b", output: "sum" },
      ],
      perStep: [],
      scalars: ["sum"],
      steps: "n",
    }),
  );
  const out = await loop.run({
    n: new ort.Tensor("int64", BigInt64Array.of(2n), []),
    a: feed([1], [10]),
    b: feed([1], [1]),
  });
  expect(Array.from(out["a.next"]!.data as Float32Array)).toEqual([10]);
  expect(Array.from(out["b.next"]!.data as Float32Array)).toEqual([21]);
  expect(Array.from(out.sum!.data as Float32Array)).toEqual([11, 21]);
});

test("constants of the step lie inside the Loop's body, and its subgraphs read the renamed values", async () => {
  // w.next = w + (go ? w : x): the branches read the state and the input of the step from outside.
  const branch = (name: string) =>
    toBinary(
      AttributeProtoSchema,
      attribute.graph(
        name === "w" ? "then_branch" : "else_branch",
        create(GraphProtoSchema, {
          name,
          node: [create(NodeProtoSchema, { opType: "Neg", input: [name], output: [`minus.${name}`] })],
          output: [valueInfo(`minus.${name}`, { dtype: "float32", shape: [1] })],
        }),
      ),
    );
  const graph = new Graph("step");
  graph.input("w", { dtype: "float32", shape: [1] });
  graph.input("x", { dtype: "float32", shape: [1] });
  graph.input("go", { dtype: "bool", shape: [] });
  graph.initializer("frozen", float32([1], [100]));
  graph.push(
    {
      kind: "opaque",
      op: "If",
      domain: "",
      name: "",
      inputs: ["go"],
      outputs: ["chosen"],
      captures: ["w", "x"],
      attributes: [branch("w"), branch("x")],
    },
    [{ dtype: "float32", shape: [1] }],
  );
  const g = new Builder(graph);
  const [next] = g.nodes("Sub", [g.add("w", "frozen"), "chosen"], {}, ["updated"]);
  graph.outputs.push(next!);
  const bytes = loopModel(graph, {
    state: [{ input: "w", output: "updated" }],
    perStep: ["x", "go"],
    scalars: [],
    steps: "steps",
  });
  const model = readModel(bytes).graph!;
  expect(model.initializer).toEqual([]);
  expect(model.node[0]!.attribute[0]!.g!.initializer.map((t) => t.name)).toEqual(["frozen"]);
  const out = await (await session(bytes)).run({
    steps: new ort.Tensor("int64", BigInt64Array.of(2n), []),
    w: feed([1], [1]),
    x: feed([2, 1], [5, 7]),
    go: new ort.Tensor("bool", Uint8Array.of(1, 0), [2]),
  });
  // 1 + 100 + 1 = 102, then 102 + 100 + 7 = 209.
  expect(Array.from(out["w.next"]!.data as Float32Array)).toEqual([209]);
});

test("a spec that names what the step does not have is refused", () => {
  const spec = { state: [], perStep: ["nothing"], scalars: [], steps: "steps" };
  expect(() => loopModel(step(), spec)).toThrow('loopModel: "nothing" is not an input of the step');
  expect(() => loopModel(step(), { ...spec, perStep: ["x", "x"] })).toThrow(
    'loopModel: the name "x" is used for two inputs',
  );
});

test("float16 storage halves the file and computes in float32", async () => {
  const graph = new Graph("half");
  graph.input("x", { dtype: "float32", shape: ["N", 64] });
  const g = new Builder(graph);
  const weights = Float32Array.from({ length: 64 * 64 }, (_, i) => ((i * 37) % 101) / 64);
  const [y] = g.nodes("MatMul", ["x", g.weight("w", float32([64, 64], weights))], {}, ["y"]);
  graph.outputs.push(y!);
  const half = toOnnx(graph, { fp16Initializers: true });
  expect(half.length).toBeLessThan(0.55 * toOnnx(graph).length);
  const x = { x: feed([1, 64], new Float32Array(64).fill(1)) };
  const full = (await (await session(toOnnx(graph))).run(x)).y!.data as Float32Array;
  const out = (await (await session(half)).run(x)).y!.data as Float32Array;
  // All weights are multiples of 1/64 below 2, which binary16 holds exactly.
  for (const [i, v] of out.entries()) expect(v).toBeCloseTo(full[i]!, 3);
});
