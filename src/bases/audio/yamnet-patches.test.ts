import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { float32, toNumbers } from "../../core/tensor.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import { toOnnx } from "../../graph/to-onnx.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import { padding } from "./log-mel.js";
import { takesPatches, yamnetPatches } from "./yamnet-patches.js";

/** Values of numpy: scripts/golden/make-audio.py. Of each patch: its frames 0, 50 and 95. */
const golden = (
  JSON.parse(readFileSync(new URL("../../../test/golden/audio.json", import.meta.url), "utf8")) as {
    yamnet: Readonly<Record<string, number[][][]>>;
  }
).yamnet;
const lengths = Object.keys(golden).map(Number);

const signal = (n: number): Float32Array =>
  Float32Array.from(
    { length: n },
    (_, i) => 0.3 * Math.sin(0.05 * i) + 0.2 * Math.sin((i * i) / 90000) + 0.01 * Math.cos(1.9 * i) + 0.02,
  );

test("patches of the graph are those of a float64 formula, for clips of different lengths in one batch", async () => {
  const graph = new Graph();
  const x = graph.input("input_values", { dtype: "float32", shape: ["batch", "length"] });
  const { values, present } = yamnetPatches(new Builder(graph, "log-mel"), x);
  graph.outputs.push(values, present);
  const runtime = await nodeRuntime({ threads: 1 });
  const session = await runtime.session(toOnnx(graph));
  const size = Math.max(...lengths);
  const data = new Float32Array(lengths.length * size).fill(padding);
  for (const [i, n] of lengths.entries()) data.set(signal(n), i * size);
  const out = await session.run({ input_values: float32([lengths.length, size], data) });
  await session.dispose();
  await runtime.close();
  const patches = out[values]!;
  const all = toNumbers(patches);
  const inside = toNumbers(out[present]!);
  const most = patches.dims[1]!;
  expect(patches.dims).toEqual([lengths.length, most, 96, 64]);
  for (const [row, n] of lengths.entries()) {
    const expected = golden[n]!;
    const places = inside.slice(row * most, (row + 1) * most);
    expect(places).toEqual(Array.from({ length: most }, (_, p) => (p < expected.length ? 1 : 0)));
    expected.forEach((frames, p) => {
      frames.forEach((frame, k) => {
        const first = ((row * most + p) * 96 + [0, 50, 95][k]!) * 64;
        // float32: of a magnitude near 0 the logarithm of 0.001 + magnitude has an error of this size.
        for (const [band, v] of frame.entries()) expect(Math.abs(all[first + band]! - v)).toBeLessThan(1e-3);
      });
    });
  }
});

test("the input of such a network is told by its shape", () => {
  expect(takesPatches(["batch", 96, 64])).toBe(true);
  expect(takesPatches(["batch", 1, 96, 64])).toBe(true);
  expect(takesPatches(["batch", 96, 64, 1])).toBe(true);
  expect(takesPatches(["batch", 64, 96])).toBe(false);
  expect(takesPatches(["batch", 3, 96, 64])).toBe(false);
});
