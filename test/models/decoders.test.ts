// Decoders as the hub holds them: their loss on whole texts and every gradient are PyTorch's (scripts/golden/make-decoders.py).
import { afterAll, beforeAll, expect, test } from "vitest";
import { guessFamily } from "../../src/bases/families.js";
import { languageModel } from "../../src/bases/language-model.js";
import { cachedScores, cacheLayout } from "../../src/bases/sequences/cached-scores.js";
import {
  beamSearch,
  continueRows,
  type Decoding,
  type NextScores,
} from "../../src/bases/sequences/decode.js";
import { nextScoresGraph, scoresName, wholeScores } from "../../src/bases/sequences/next-scores.js";
import { tieTables } from "../../src/bases/text/tie-tables.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
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

const rows = goldenDecoders.ids.map((ids, key) => ({
  ids: ids.slice(0, goldenDecoders.lengths[key]!),
  most: 8,
  key,
}));

async function continued(next: NextScores, how: Partial<Decoding> = {}): Promise<number[][]> {
  const written = rows.map((): number[] => []);
  for await (const added of continueRows(next, rows, { ends: new Set(), ...how }))
    if ("token" in added) written[added.row]!.push(added.token);
  return written;
}

test("llama-genai: rows are continued as PyTorch continues them; onnxruntime itself refuses its heads of 4 numbers", async () => {
  const { golden, bytes } = decoderFile("llama-genai");
  const { graph, cache } = fromOnnx(bytes, { emptyCache: true });
  const session = await openSession(runtime, nextScoresGraph(graph, 0)!);
  expect(await continued(wholeScores(session))).toEqual(golden.greedy);
  await session.dispose();
  const own = await runtime.session(bytes);
  const layout = cacheLayout(own, cache!, "logits")!;
  await expect(continued(cachedScores(own, layout))).rejects.toThrow("head_size must be a multiple of 8");
  await own.dispose();
});

test.each(Object.keys(goldenDecoders.decoders))(
  "%s: with the file's cache and without it, rows of unequal length are continued as PyTorch continues each of them",
  async (name) => {
    const { golden, bytes } = decoderFile(name);
    const { graph, cache } = fromOnnx(bytes, { emptyCache: true });
    const session = await openSession(runtime, nextScoresGraph(graph, 0)!);
    const own = await runtime.session(bytes);
    const layout = cacheLayout(own, cache!, scoresName(graph)!)!;
    const [whole, cached] = [() => wholeScores(session), () => cachedScores(own, layout)];
    expect(await continued(whole())).toEqual(golden.greedy);
    expect(await continued(cached())).toEqual(golden.greedy);
    // A token of the first text ends a text: rows leave the batch at different steps.
    for (const how of [{ temperature: 1.5, seed: 3 }, { ends: new Set([golden.greedy[0]![2]!]) }])
      expect(await continued(cached(), how)).toEqual(await continued(whole(), how));
    for (const row of rows) {
      const how = { ends: new Set([golden.greedy[0]![3]!]), beams: 5, lengthPenalty: 0.5 };
      expect(await beamSearch(cached(), row, how)).toEqual(await beamSearch(whole(), row, how));
    }
    // Rows of equal length share a batch, change places, and leave it. The last ones have no state of the call before.
    const [a, b] = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const next = cached();
    for (const some of [
      [a, b, a],
      [
        [...b, 8],
        [...a, 7],
      ],
      [[...b, 8, 9]],
      [[...a, 7, 1], [2]],
    ]) {
      const expected = await whole()(some, []);
      for (const [i, scores] of (await next(some, [])).entries())
        for (const [token, score] of scores.entries())
          expect(Math.abs(score - expected[i]![token]!)).toBeLessThan(1e-5);
    }
    await session.dispose();
    await own.dispose();
  },
);
