// Decoders as the hub holds them: their loss on whole texts and every gradient are PyTorch's (scripts/golden/make-decoders.py).
import { afterAll, beforeAll, expect, test } from "vitest";
import { guessFamily } from "../../src/bases/families.js";
import { languageModel } from "../../src/bases/language-model.js";
import { continueRows } from "../../src/bases/sequences/decode.js";
import { nextScoresGraph } from "../../src/bases/sequences/next-scores.js";
import { tieTables } from "../../src/bases/text/tie-tables.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { scoresOf } from "../../src/inference/text-generator.js";
import { openSession } from "../../src/runtime/open.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import type { Runtime } from "../../src/runtime/runtime.js";
import { digest, distance, transposed } from "../support/families/draw.js";
import { decoderFile, decoderRows, goldenDecoders, rowLength } from "../support/golden-decoders.js";
import { languageStep } from "../support/language-step.js";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

const length = rowLength;
const weights = goldenDecoders.lengths.flatMap((n) => Array.from({ length }, (_, t) => (t < n ? 1 : 0)));

test.each([...Object.keys(goldenDecoders.decoders), "llama-genai"])(
  "%s: the loss and every gradient are PyTorch's, and nothing else trains",
  async (name) => {
    const { golden, bytes, drawn } = decoderFile(name);
    const { shapes, loss: theirs, gradients: digests } = golden;
    const { graph, notes } = fromOnnx(bytes, { emptyCache: true });
    expect(notes).toEqual([
      "texts are read as a whole: 4 inputs with keys and values of earlier tokens are left out",
    ]);
    expect(graph.inputs.filter((v) => v.startsWith("past"))).toEqual([]);
    expect(guessFamily(graph).name).toBe(
      name.startsWith("llama") ? "Llama-style decoder" : "GPT-2-style decoder",
    );
    expect(graph.outputs).toEqual(["logits"]);
    tieTables(graph);
    const model = languageModel(graph, { pad: 0, length, count: length, begin: "tied" });
    expect(model.words).toBe('the file\'s own scores "logits"');
    const { loss, gradients } = await languageStep(runtime, model.graph, {
      x: decoderRows(),
      count: length,
      weights,
    });
    expect(Math.abs(loss - theirs)).toBeLessThan(1e-6 * theirs);
    expect([...gradients.keys()].map((name) => drawn.get(name)?.name ?? name).sort()).toEqual(
      Object.keys(digests).sort(),
    );
    for (const [name, values] of gradients) {
      const weight = drawn.get(name)!;
      const [rowCount = 1, columns = 1] = shapes[weight.name]!;
      const ours = weight.turned ? transposed(Float32Array.from(values), [columns, rowCount]) : values;
      const { error, size } = distance(digest(weight.name, [...ours]), digests[weight.name]!, values.length);
      expect(error / size, weight.name).toBeLessThan(1e-4);
    }
  },
);

test.each([...Object.keys(goldenDecoders.decoders), "llama-genai"])(
  "%s: rows of unequal length are continued as PyTorch continues each of them with a cache",
  async (name) => {
    const { golden, bytes } = decoderFile(name);
    const { graph } = fromOnnx(bytes, { emptyCache: true });
    const session = await openSession(runtime, nextScoresGraph(graph, 0)!);
    const rows = goldenDecoders.ids.map((ids, r) => ({
      ids: ids.slice(0, goldenDecoders.lengths[r]!),
      most: 8,
    }));
    const written = rows.map((): number[] => []);
    for await (const added of continueRows((ids) => scoresOf(session, ids), rows, { ends: new Set() }))
      if ("token" in added) written[added.row]!.push(added.token);
    expect(written).toEqual(golden.greedy);
    await session.dispose();
  },
);
