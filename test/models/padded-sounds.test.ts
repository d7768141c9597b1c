// Bases with an attention_mask: clips of different lengths share a batch, and each has the features of the clip alone.
import { expect, test } from "vitest";
import { type AudioBase, audioFacts } from "../../src/bases/audio/audio-base.js";
import { audioBody, audioFrames } from "../../src/bases/audio/audio-body.js";
import { padding } from "../../src/bases/audio/log-mel.js";
import { float32, toNumbers } from "../../src/core/tensor.js";
import type { Graph } from "../../src/graph/graph.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { uniform } from "../support/families/draw.js";
import { GoldenFamily } from "../support/families/golden.js";

const preprocessor = { feature_extractor_type: "Wav2Vec2FeatureExtractor", sampling_rate: 16_000 };

function base(family: string, cut?: string): AudioBase {
  const imported = new GoldenFamily(family).import();
  const facts = audioFacts(imported.graph, preprocessor, { name: family, onnx: family });
  return { name: family, imported, cut, audio: { ...facts, config: {} } } as unknown as AudioBase;
}

test("the frames of its convolutions are known, unless a statistic over time is among them", () => {
  // Kernels 10, 8, 8 and strides 5, 8, 8: 1 + 9 + 7 · 5 + 7 · 40 samples, and 5 · 8 · 8.
  expect(base("wav2vec2-stable").audio.grid).toEqual({ size: 325, stride: 320 });
  expect(base("wav2vec2-stable").audio.masked).toBe(true);
  for (const family of ["hubert", "wavlm"]) {
    expect(base(family).audio.grid).toBeUndefined();
    expect(base(family).audio.masked).toBe(false);
  }
});

const lengths = [2565, 1700, 400];
const clips = lengths.map((n, i) => Float32Array.from(uniform(`clip${i}`, n), (v) => 2 * v - 1));

/** Runs clips in one batch, padded to the longest. */
async function rowsOf(graph: Graph, name: string, batch: readonly Float32Array[]): Promise<number[]> {
  const size = Math.max(...batch.map(({ length }) => length));
  const data = new Float32Array(batch.length * size).fill(padding);
  for (const [i, clip] of batch.entries()) data.set(clip, i * size);
  const runtime = await nodeRuntime({ threads: 1 });
  const session = await runtime.session(toOnnx(graph));
  const out = await session.run({ input_values: float32([batch.length, size], data) });
  await session.dispose();
  await runtime.close();
  return toNumbers(out[name]!);
}

test.each([undefined, "mix"])("one row a clip, cut %s", async (cut) => {
  const { graph, features, width } = audioBody(base("wav2vec2-stable", cut));
  const together = await rowsOf(graph, features, clips);
  for (const [i, clip] of clips.entries()) {
    const alone = await rowsOf(graph, features, [clip]);
    for (const [d, v] of alone.entries()) expect(together[i * width + d]).toBeCloseTo(v, 5);
  }
});

test("a row a frame, and a mask of the frames", { tags: ["thorough"] }, async () => {
  const { graph, features, present, width } = audioFrames(base("wav2vec2-stable"));
  const together = await rowsOf(graph, features, clips);
  const mask = await rowsOf(graph, present!, clips);
  const most = mask.length / clips.length;
  expect(most).toBe(8);
  for (const [i, clip] of clips.entries()) {
    const alone = await rowsOf(graph, features, [clip]);
    const frames = alone.length / width;
    expect(frames).toBe(Math.floor((clip.length - 325) / 320) + 1);
    expect(mask.slice(i * most, (i + 1) * most)).toEqual(
      Array.from({ length: most }, (_, t) => (t < frames ? 1 : 0)),
    );
    for (const [k, v] of alone.entries()) expect(together[i * most * width + k]).toBeCloseTo(v, 5);
  }
});
