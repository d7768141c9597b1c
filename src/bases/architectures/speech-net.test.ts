import { afterAll, expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { openSession } from "../../runtime/open.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import { freshWeights } from "../../train/initialize.js";
import { padding } from "../audio/log-mel.js";
import { withWeights } from "../heads.js";
import { withFrameHead } from "../transcripts/frame-head.js";
import { speechNet } from "./speech-net.js";

const runtime = await nodeRuntime({ threads: 1 });
afterAll(() => runtime.close());

const net = withWeights(speechNet(), freshWeights(speechNet(), 5));
const [features, present] = net.outputs as [string, string];
const headed = withFrameHead(
  { graph: net, features, present, width: 64, cut: { value: features, because: "" } },
  5,
);
const model = withWeights(headed, freshWeights(headed, 6));
const clip = Float32Array.from({ length: 9000 }, (_, i) => 0.3 * Math.sin(i * (0.05 + i / 90_000)));

async function logitsOf(samples: Float32Array) {
  const session = await openSession(runtime, model);
  const { logits } = await session.run({ input_values: float32([1, samples.length], samples) });
  await session.dispose();
  return logits! as { readonly dims: readonly number[]; readonly data: Float32Array };
}

test("has a frame for each 40 ms: a quarter of the log-mel frames, with those that begin in the clip", async () => {
  // ⌈9000 / 160⌉ = 57 frames, halved twice and rounded up: 29, then 15.
  expect((await logitsOf(clip)).dims).toEqual([1, 15, 5]);
});

test("a padded clip has the logits of the clip, and blanks for certain behind its end", async () => {
  const padded = new Float32Array(16_000).fill(padding);
  padded.set(clip);
  const [alone, together] = [await logitsOf(clip), await logitsOf(padded)];
  alone.data.forEach((v, i) => {
    expect(together.data[i]).toBeCloseTo(v, 3);
  });
  const behind = [...together.data.slice(alone.data.length)];
  expect(behind.length).toBeGreaterThan(0);
  expect(behind).toEqual(behind.map((_, i) => (i % 5 === 0 ? 100 : 0)));
});
