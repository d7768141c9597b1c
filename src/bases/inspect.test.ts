import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeDecoder } from "../../test/support/golden-decoders.js";
import { zeros } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import { nodePlatform } from "../platform/node.js";
import { bodyOf } from "./body.js";
import { inspectModel } from "./inspect.js";
import { openBase } from "./open/open-base.js";

let folder: string;
afterEach(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "engraft-inspect-"));
});

/**
 * conv1 3->4 (112 weights with bias), relu, [an unknown operator], a residual block of conv2 4->4 (148), pool,
 * fc 4->10 (50 with bias).
 */
async function inspected(unknownOperator: boolean) {
  const graph = new Graph("net");
  const g = new Builder(graph);
  const weight = (name: string, dims: readonly number[]) => g.weight(name, zeros("float32", dims));
  const x = graph.input("image", { dtype: "float32", shape: ["batch", 3, 16, 16] });
  const pads = [1, 1, 1, 1];
  let stem = g.relu(g.conv(x, weight("w1", [4, 3, 3, 3]), weight("b1", [4]), { pads }));
  if (unknownOperator) {
    const type = g.typeOf(stem);
    graph.push(
      {
        kind: "opaque",
        op: "Twirl",
        domain: "com.example",
        name: "twirl",
        inputs: [stem],
        outputs: ["twirled"],
        captures: [],
        attributes: [],
      },
      [type],
    );
    graph.opsets.set("com.example", 1);
    stem = "twirled";
  }
  const branch = g.conv(stem, weight("w2", [4, 4, 3, 3]), weight("b2", [4]), { pads });
  const block = g.relu(g.add(stem, branch));
  const features = g.flatten(g.globalAveragePool(block));
  graph.outputs.push(g.gemm(features, weight("fc", [4, 10]), weight("fcb", [10])));
  const path = join(folder, "net.onnx");
  writeFileSync(path, toOnnx(graph));
  return inspectModel(path, { platform: nodePlatform });
}

test("weights, inputs, operators and the cut before the classifier are told", async () => {
  const i = await inspected(false);
  expect(i.inputs).toEqual(["image float32[batch, 3, 16, 16]"]);
  expect(i.parameters.trainable).toBe(112 + 148 + 50);
  expect(i.operators.slice(0, 2)).toEqual([
    { op: "Conv", count: 2, decision: "rule" },
    { op: "Relu", count: 2, decision: "rule" },
  ]);
  expect(i.cut?.because).toContain("it feeds the classifier Gemm");
  expect(i.fineTune).toMatchObject({ can: "all", parameters: 112 + 148 });
});

test("a cut is where the graph is one thread: not inside a residual block", async () => {
  const { cuts } = await inspected(false);
  expect(cuts.map((c) => [c.features, c.parameters])).toEqual([
    [4, 112],
    [4, 260],
    [10, 310],
  ]);
});

test("an unknown operator is named, and what lies behind it can move", async () => {
  const i = await inspected(true);
  expect(i.operators).toContainEqual({
    op: "com.example.Twirl",
    count: 1,
    decision: "refuse",
    because: '"com.example.Twirl" is not an operator Engraft knows',
  });
  expect(i.fineTune).toMatchObject({
    can: "part",
    parameters: 148,
    from: "twirled",
    blockedBy: { node: 'com.example.Twirl "twirl"' },
  });
});

test("each part between two cuts is told with its weights, its work, and whether it can move", async () => {
  const whole = await inspected(false);
  // Work for one picture of 16 × 16: 4 · 16² · 3 · 9, 4 · 16² · 4 · 9, 4 · 10.
  expect(whole.stages.map((s) => [s.parameters, s.macs, s.trains])).toEqual([
    [112, 27648, "yes"],
    [148, 36864, "yes"],
    [50, 40, "yes"],
  ]);
  expect(whole.macs).toEqual({
    total: 27648 + 36864 + 40,
    input: ["image float32[1, 3, 16, 16]"],
    uncounted: [],
  });
  expect(whole.cuts.map((c) => [c.shape, c.parametersAfter])).toEqual([
    [["batch", 4, 16, 16], 198],
    [["batch", 4], 50],
    [["batch", 10], 0],
  ]);
  const { stages } = await inspected(true);
  expect(stages.map((s) => [s.trains, s.blockedBy?.node])).toEqual([
    ["no", 'com.example.Twirl "twirl"'],
    ["yes", undefined],
    ["yes", undefined],
  ]);
});

test("its feature levels are told, with the reason and the picture sizes that work", async () => {
  const { levels } = await inspected(false);
  // All maps have the size of the picture: no level for boxes and masks.
  expect(levels).toMatchObject({ kind: "classifier", levels: [], usable: false, otherSizes: true });
  expect(levels?.refused.map(({ why }) => why)).toContain("stride 1, not one of 4, 8, 16, 32");
});

/** Inspects a model whose input and graph `build` makes. */
async function inspectedAs(shape: (string | number)[], build: (g: Builder, x: string) => string, more = 0) {
  const graph = new Graph("net");
  const g = new Builder(graph);
  const x = graph.input("image", { dtype: "float32", shape });
  for (let i = 0; i < more; i++) graph.input(`more${i}`, { dtype: "float32", shape: [shape[0]!, 3] });
  const features = build(g, x);
  const scores = g.gemm(
    features,
    g.weight("fc", zeros("float32", [4, 10])),
    g.weight("fcb", zeros("float32", [10])),
  );
  graph.outputs.push(more > 0 ? g.add(scores, g.reduceSum("more0", { axes: [1], keepdims: true })) : scores);
  const path = join(folder, "net.onnx");
  writeFileSync(path, toOnnx(graph));
  const { fineTune } = await inspectModel(path, { platform: nodePlatform });
  const options = { platform: nodePlatform, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
  const opened = await openBase(path, options)
    .then(({ imported }) => bodyOf(imported.graph))
    .catch((error: Error) => error);
  return { fineTune, opened };
}
const pooled = (g: Builder, x: string): string =>
  g.flatten(g.globalAveragePool(g.conv(x, g.weight("w", zeros("float32", [4, 3, 3, 3])))));

test.each<[string, Parameters<typeof inspectedAs>, string]>([
  [
    "channels last",
    [["batch", 16, 16, 3], (g, x) => pooled(g, g.transpose(x, [0, 3, 1, 2]))],
    "net does not take pictures: its channels come last",
  ],
  ["two inputs", [["batch", 3, 16, 16], pooled, 1], "net does not take pictures: it has 2 inputs"],
  [
    "one picture without a batch",
    [[3, 16, 16], (g, x) => pooled(g, g.unsqueeze(x, [0]))],
    "net does not take pictures: its input is one picture, without a batch",
  ],
  [
    "a fixed batch whose samples mix",
    [
      [1, 3, 16, 16],
      (g, x) => {
        const y = pooled(g, x);
        return g.sub(y, g.reduceMax(y, { axes: [0], keepdims: true }));
      },
    ],
    "the base takes 1 sample at a time, and its batch cannot be changed: ReduceMax",
  ],
])("%s: refused by inspect as by a training, with what to do", async (_, given, why) => {
  const { fineTune, opened } = await inspectedAs(...given);
  expect(fineTune).toMatchObject({ can: "none", parameters: 0 });
  expect(fineTune.words.replace("net.onnx", "net")).toContain(`no: ${why}`);
  expect(fineTune.help).toMatch(/export it|has one input/);
  expect((opened as Error).message.replace("net.onnx", "net")).toContain(why);
});

test("features whose width follows from the size of the pictures are no reason to refuse", async () => {
  const flat = (g: Builder, x: string): string => {
    const y = g.conv(x, g.weight("w", zeros("float32", [4, 3, 3, 3])), undefined, { strides: [224, 224] });
    return g.flatten(y);
  };
  expect((await inspectedAs(["batch", 3, "height", "width"], flat)).fineTune.can).toBe("all");
});

test("of a decoder: layers, heads, vocabulary, what is tied, and the file that is served", async () => {
  const { text, fineTune } = await inspectModel(writeDecoder(folder));
  expect(text).toEqual({
    ...{ kind: "decoder", layers: 2, heads: 4, keyHeads: 2, vocabulary: 40, width: 16 },
    tied: [expect.stringMatching(/^onnx::MatMul_\d+$/)],
    served: ["model.onnx"],
  });
  expect(fineTune.can).toBe("all");
  // Of an encoder–decoder, the encoder is read.
  writeFileSync(join(folder, "config.json"), JSON.stringify({ is_encoder_decoder: true, encoder_layers: 6 }));
  renameSync(join(folder, "onnx/model.onnx"), join(folder, "onnx/encoder_model.onnx"));
  for (const name of ["decoder_model.onnx", "decoder_model_merged.onnx"])
    writeFileSync(join(folder, "onnx", name), "");
  expect((await inspectModel(folder)).text).toMatchObject({
    kind: "encoder-decoder",
    layers: 6,
    served: ["encoder_model.onnx", "decoder_model_merged.onnx"],
  });
});
