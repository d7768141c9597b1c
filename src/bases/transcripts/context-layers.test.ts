import { afterAll, expect, test } from "vitest";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { openSession } from "../../runtime/open.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import { freshWeights } from "../../train/initialize.js";
import { audioNet } from "../architectures/audio-net.js";
import type { FrameBody } from "../audio/audio-body.js";
import { padding } from "../audio/log-mel.js";
import { headPrefix, withWeights } from "../heads.js";
import { knowsContext, withContext } from "./context-layers.js";
import { withFrameHead } from "./frame-head.js";

const runtime = await nodeRuntime({ threads: 1 });
afterAll(() => runtime.close());

const graph = audioNet({ widths: [4, 8] });
graph.outputs.splice(0, graph.outputs.length, "frames", "frame_mask");
const base: FrameBody = {
  ...{ graph, features: "frames", present: "frame_mask", width: 8 },
  cut: { value: "frames", because: "" },
};
const headed = withFrameHead(withContext(base), 5);
const model = withWeights(headed, freshWeights(headed, 6));
const clip = Float32Array.from({ length: 9000 }, (_, i) => 0.3 * Math.sin(i * (0.05 + i / 90_000)));

async function logitsOf(samples: Float32Array, of = model) {
  const session = await openSession(runtime, of);
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

test("all weights that it adds belong to the head", () => {
  const added = [...withContext(base).graph.initializers.keys()].filter(
    (name) => !graph.initializers.has(name),
  );
  expect(added.length).toBeGreaterThan(0);
  expect(added.filter((name) => !name.startsWith(headPrefix))).toEqual([]);
});

/** Features over time [batch, frames, 3], as they are. */
function plainFrames(): FrameBody {
  const plain = new Graph("plain");
  const x = plain.input("input_values", { dtype: "float32", shape: ["batch", "frames", 3] });
  plain.outputs.push(x);
  return { graph: plain, features: x, width: 3, cut: { value: x, because: "" } };
}

test("a change in one frame reaches eight frames on both sides, and no other", async () => {
  const network = withFrameHead(withContext(plainFrames()), 2);
  const ready = withWeights(network, freshWeights(network, 3));
  const session = await openSession(runtime, ready);
  const run = async (x: Float32Array) => {
    const { logits } = await session.run({ input_values: float32([1, 41, 3], x) });
    return logits!.data as Float32Array;
  };
  const x = Float32Array.from({ length: 41 * 3 }, (_, i) => Math.sin(i));
  const other = x.slice();
  other.fill(2, 20 * 3, 21 * 3);
  const [before, after] = [await run(x), await run(other)];
  await session.dispose();
  const changed = Array.from({ length: 41 }, (_, t) => t).filter((t) =>
    [0, 1].some((c) => before[t * 2 + c] !== after[t * 2 + c]),
  );
  expect([changed[0], changed.at(-1)]).toEqual([12, 28]);
});

test("attention and recurrent layers know the context, convolutions do not", () => {
  expect(knowsContext(base)).toBe(false);
  const { graph: attending } = plainFrames();
  new Builder(attending).softmax("input_values", 1);
  expect(knowsContext({ graph: attending })).toBe(true);
});
