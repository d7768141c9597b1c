// Hidden states of the golden audio bases, and a learned mix of them: its features and gradients against PyTorch.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/index.js";
import { type AudioBase, audioFacts } from "../../src/bases/audio/audio-base.js";
import { audioBody, audioLayersBody } from "../../src/bases/audio/audio-body.js";
import { layerStates, mixWeight } from "../../src/bases/audio/layer-states.js";
import { float32, toNumbers } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { bindDims, findCut, parametersOf } from "../../src/graph/surgery/index.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { target } from "../support/families/draw.js";
import { GoldenFamily } from "../support/families/golden.js";

/** Values of PyTorch: scripts/golden/make-layer-mix.py. */
const { network } = JSON.parse(
  readFileSync(new URL("../golden/layer-mix.json", import.meta.url), "utf8"),
) as {
  network: {
    weights: number[];
    features: number[];
    gradient: number[];
    others: Readonly<Record<string, number[]>>;
  };
};

/** The states that Hugging Face's classes return with `output_hidden_states`: in front of the layers, and after each. */
const states: Readonly<Record<string, readonly RegExp[]>> = {
  wav2vec2: [/^\/layer_norm\//, /layers\.0\/final_layer_norm\//, /^\/norm_out|^\/Transpose/],
  "wav2vec2-ctc": [/encoder\/layer_norm/, /layers\.0\/final_layer_norm/, /layers\.1\/final_layer_norm/],
  "wav2vec2-stable": [/encoder\/Add/, /layers\.0\/Add_1/, /^last_hidden_state$/],
  hubert: [/encoder\/layer_norm/, /layers\.0\/final_layer_norm/, /^last_hidden_state$/],
  wavlm: [/encoder\/layer_norm/, /layers\.0\/final_layer_norm/, /^last_hidden_state$/],
  ast: [/^\/Add/, /layer\.0\/Add_2/, /^\/layernorm\//],
  "whisper-encoder": [/^\/Add_2/, /layers\.0\/Add_2/, /^last_hidden_state$/],
};

test.each(Object.entries(states))("%s shows its hidden states", (family, expected) => {
  const golden = new GoldenFamily(family);
  for (const opset of [golden.header.opset, ...golden.header.others]) {
    const { graph } = golden.import(opset);
    const [last] = golden.header.outputs;
    const found = layerStates(graph, last!.name === "last_hidden_state" ? last!.name : findCut(graph).value);
    expect(found.length, found.join(" ")).toBe(3);
    for (const [i, name] of found.entries()) expect(name).toMatch(expected[i]!);
  }
});

test("a network without attention has no layers to mix", () => {
  const { graph } = new GoldenFamily("yamnet").import();
  expect(() => layerStates(graph, findCut(graph).value)).toThrow(
    "the base shows no layers with attention, so there is nothing to mix",
  );
});

const golden = new GoldenFamily("wav2vec2-stable");
const preprocessor = { feature_extractor_type: "Wav2Vec2FeatureExtractor", sampling_rate: 16_000 };

function base(cut: string): AudioBase {
  const imported = golden.import();
  const facts = audioFacts(imported.graph, preprocessor, { name: "golden", onnx: "golden.onnx" });
  return { name: "golden", imported, cut, audio: { ...facts, config: {} } } as unknown as AudioBase;
}

test("features and gradients of a mix are PyTorch's", async () => {
  const body = audioBody(base("mix"));
  expect(body.cut.because).toMatch(/^a weighted sum of 3 layers, from ".*" to "last_hidden_state"$/);
  const { dims } = golden.header.inputs[0]!;
  const graph = bindDims(body.graph, { batch: dims[0]!, length: dims[1]! });
  expect(parametersOf(graph).map(({ value }) => value)).toContain(mixWeight);
  graph.initializers.set(mixWeight, float32([3], network.weights));
  const g = new Builder(graph, "loss");
  const wanted = g.constant(float32([2, body.width], target("mix", [2, body.width])));
  const loss = g.reduceSum(g.mul(body.features, wanted), {});
  const others = Object.keys(network.others);
  const gradients = differentiate(graph, loss, [mixWeight, ...others]);
  graph.outputs.push(...gradients.values());
  const runtime = await nodeRuntime({ threads: 1 });
  const session = await runtime.session(toOnnx(graph));
  const out = await session.run({ input_values: golden.feeds.input_values! });
  await session.dispose();
  await runtime.close();
  const far = (name: string, expected: readonly number[]): number => {
    const ours = toNumbers(out[name]!);
    expect(ours.length).toBe(expected.length);
    return Math.max(...ours.map((v, i) => Math.abs(v - expected[i]!)));
  };
  // float32 against float64.
  expect(far(body.features, network.features)).toBeLessThan(1e-5);
  expect(far(gradients.get(mixWeight)!, network.gradient)).toBeLessThan(1e-5);
  for (const name of others) {
    const size = Math.max(...network.others[name]!.map(Math.abs));
    expect(far(gradients.get(name)!, network.others[name]!), name).toBeLessThan(1e-4 * size);
  }
});

test("the layers of a clip one behind the other have the mean that the mix has", async () => {
  const runtime = await nodeRuntime({ threads: 1 });
  const rowsOf = async (graph: Parameters<typeof toOnnx>[0], name: string) => {
    const session = await runtime.session(toOnnx(graph));
    const out = await session.run({ input_values: golden.feeds.input_values! });
    await session.dispose();
    return toNumbers(out[name]!);
  };
  const layers = audioLayersBody(base("mix"));
  const mix = audioBody(base("mix"));
  const [each, mixed] = [await rowsOf(layers.graph, layers.features), await rowsOf(mix.graph, mix.features)];
  await runtime.close();
  const { width } = mix;
  expect(layers.width).toBe(3 * width);
  // The mix begins with equal shares.
  mixed.forEach((v, k) => {
    const [n, d] = [Math.floor(k / width), k % width];
    const sum = [0, 1, 2].reduce((s, i) => s + each[n * 3 * width + i * width + d]!, 0);
    expect(v).toBeCloseTo(sum / 3, 5);
  });
});
