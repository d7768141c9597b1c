import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { float32 } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { fromOnnx } from "../../graph/from-onnx.js";
import { Graph } from "../../graph/graph.js";
import { parametersOf } from "../../graph/surgery/index.js";
import { toOnnx } from "../../graph/to-onnx.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import type { Runtime, Session } from "../../runtime/runtime.js";
import { freshWeights } from "../../train/initialize.js";
import { audioMiniFrontEnd, audioNet } from "../architectures/audio-net.js";
import { logMel, padding } from "./log-mel.js";
import { statisticsGraph } from "./statistics-graph.js";

/** Values of numpy: scripts/golden/make-audio.py. */
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/audio.json", import.meta.url), "utf8"),
) as { samples: number; frames: number; of: number[]; mels: number[][]; statistics: number[] };
const signal = (n: number): Float32Array =>
  Float32Array.from(
    { length: n },
    (_, i) => 0.3 * Math.sin(0.05 * i) + 0.2 * Math.sin((i * i) / 90000) + 0.01 * Math.cos(1.9 * i) + 0.02,
  );

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

/** Runs clips in one batch, padded to the longest. */
async function run(session: Session, clips: readonly Float32Array[]) {
  const size = Math.max(...clips.map(({ length }) => length));
  const data = new Float32Array(clips.length * size).fill(padding);
  for (const [i, clip] of clips.entries()) data.set(clip, i * size);
  const out = await session.run({ input_values: float32([clips.length, size], data) });
  return Object.fromEntries(
    Object.entries(out).map(([name, { dims, data }]) => [name, { dims, data: data as Float32Array }]),
  );
}

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!)));

async function frontEnd(): Promise<Session> {
  const graph = new Graph();
  const x = graph.input("input_values", { dtype: "float32", shape: ["batch", "length"] });
  const { values, present } = logMel(new Builder(graph, "log-mel"), x, audioMiniFrontEnd);
  graph.outputs.push(values, present);
  return runtime.session(toOnnx(graph));
}

test("log-mel frames of the graph are those of a float64 formula", async () => {
  const session = await frontEnd();
  const [values, present] = Object.values(await run(session, [signal(golden.samples)]));
  const frames = values!.dims[2]!;
  expect(values!.dims).toEqual([1, 64, Math.ceil(golden.samples / 160)]);
  // A frame that the clip does not fill is no frame of it.
  expect(Array.from(present!.data)).toEqual(
    Array.from({ length: frames }, (_, t) => (t < golden.frames ? 1 : 0)),
  );
  for (const [i, t] of golden.of.entries()) {
    const frame = Array.from({ length: 64 }, (_, band) => values!.data[band * frames + t]!);
    // Quiet bands beside a loud tone: float32 leaves an error of 1e-7 of the loudest power.
    expect(furthest(frame, golden.mels[i]!)).toBeLessThan(2e-3);
  }
});

test("the statistics of a clip are those of a float64 formula, at any volume and with any padding", async () => {
  const session = await runtime.session(toOnnx(statisticsGraph(audioMiniFrontEnd).graph));
  // Noise, so that no band is at the smallest power.
  const draw = draws(1, "noise");
  const noise = Float32Array.from({ length: 9000 }, () => 0.1 * draw.normal());
  const out = await run(session, [signal(golden.samples), noise, noise.map((v) => v / 2)]);
  const rows = Object.values(out)[0]!.data;
  expect(furthest(rows.subarray(0, 384), golden.statistics)).toBeLessThan(2e-3);
  expect(furthest(rows.subarray(384, 768), rows.subarray(768))).toBeLessThan(2e-3);
});

test("a clip has the same features alone and padded in a batch, and one sample has features", async () => {
  const net = audioNet({ widths: [4, 8] });
  for (const [value, data] of freshWeights(net, 1)) net.initializers.set(value, data);
  const session = await runtime.session(toOnnx(net));
  const clips = [signal(5000), signal(16_000).reverse(), Float32Array.of(0.5)];
  const together = await run(session, clips);
  const width = together.features!.dims[1]!;
  for (const [i, clip] of clips.entries()) {
    const alone = await run(session, [clip]);
    const row = together.features!.data.subarray(i * width, (i + 1) * width);
    expect(alone.features!.data.every(Number.isFinite)).toBe(true);
    // The order of float32 sums differs.
    expect(furthest(alone.features!.data, row)).toBeLessThan(1e-3);
  }
});

test("the front end has no weights, also when the file is read again", () => {
  const net = audioNet({ widths: [4] });
  const trained = ["conv1/weight", "conv1/norm.scale", "conv1/norm.bias", "features/norm.scale"];
  for (const graph of [net, fromOnnx(toOnnx(net)).graph]) {
    const names = parametersOf(graph).map(({ value }) => value);
    expect(names).toEqual(expect.arrayContaining(trained));
    expect(names.filter((name) => name.startsWith("log-mel"))).toEqual([]);
  }
});
