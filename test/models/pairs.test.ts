// Encoder–decoders as the hub holds them: they write what PyTorch (scripts/golden/make-pairs.py) and Transformers.js write.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { chooseParts } from "../../src/bases/open/choose-parts.js";
import { locateBase } from "../../src/bases/open/locate.js";
import { openPair } from "../../src/bases/sequences/open-pair.js";
import { pairModel } from "../../src/bases/sequences/pair-model.js";
import { openTextGenerator } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { digest, distance, transposed } from "../support/families/draw.js";
import type { DrawnWeight } from "../support/families/golden.js";
import { drawnPair, goldenPairs, type PairName, sourceText, writePair } from "../support/golden-pairs.js";
import { languageStep } from "../support/language-step.js";

const root = mkdtempSync(join(tmpdir(), "engraft-pairs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const names = Object.keys(goldenPairs) as PairName[];

const files = names.flatMap((name) =>
  (["merged", "decoder"] as const).map((decoder) => [name, decoder] as const),
);

test.each(files)(
  "%s with its %s file: alone and together, texts are those of PyTorch and of Transformers.js",
  async (name, decoder) => {
    const folder = writePair(join(root, `${name}-${decoder}`), name, { decoder });
    const { sources, greedy, end } = goldenPairs[name];
    const generator = await openTextGenerator(folder, { threads: 1 });
    expect(generator).toMatchObject({ kind: "encoder-decoder", ends: true, cached: decoder === "merged" });
    const texts = sources.map(sourceText);
    const expected = greedy.map((ids) => {
      const at = ids.indexOf(end);
      return at < 0 ? { ids, end: "limit" } : { ids: ids.slice(0, at), end: "end" };
    });
    expect(texts.map((text) => generator.encode(text))).toEqual(sources);
    const made = await generator.generateAll(texts, { maxNew: 12 });
    expect(made.map(({ ids, end }) => ({ ids, end }))).toEqual(expected);
    for (const [i, text] of texts.entries()) {
      const pieces: string[] = [];
      for await (const piece of generator.generate(text, { maxNew: 12 })) pieces.push(piece);
      expect(pieces.join("")).toBe(made[i]!.text);
    }
    await generator.close();
    if (decoder === "decoder") return;
    const { env, pipeline } = await import("@huggingface/transformers");
    env.allowRemoteModels = false;
    const theirs = await pipeline("text2text-generation", folder, { dtype: "fp32" });
    const batched = (await theirs(texts, { max_new_tokens: 12 })) as { generated_text: string }[];
    // Of a batch, Transformers.js writes on behind the end of a text until all have ended.
    for (const [i, { text, end }] of made.entries())
      expect(batched[i]!.generated_text.slice(0, end === "end" ? text.length : undefined)).toBe(text);
    for (const [i, text] of texts.entries()) {
      const [one] = (await theirs(text, { max_new_tokens: 12 })) as { generated_text: string }[];
      expect(made[i]!.text).toBe(one!.generated_text);
    }
    await theirs.dispose();
  },
);

test.each(files)(
  "%s with its %s file, joined: the loss and every gradient are PyTorch's, and nothing else trains",
  async (name, decoder) => {
    const { sources, targets, shapes, loss: theirs, gradients: digests } = goldenPairs[name];
    const folder = writePair(join(root, `${name}-${decoder}-joined`), name, { decoder });
    const pair = await openPair(
      await locateBase(folder, { platform: nodePlatform, choose: chooseParts }),
      nodePlatform,
    );
    const longest = (rows: readonly (readonly number[])[]) => Math.max(...rows.map((ids) => ids.length));
    const size = { source: longest(sources), target: longest(targets) };
    const filled = (ids: readonly number[], length: number) => Array.from({ length }, (_, i) => ids[i] ?? -1);
    const data = Int32Array.from(
      sources.flatMap((ids, i) => [...filled(targets[i]!, size.target), ...filled(ids, size.source)]),
    );
    const runtime = await nodeRuntime({ threads: 1 });
    const { loss, gradients } = await languageStep(runtime, pairModel(pair, size), {
      x: { dtype: "int32", dims: [sources.length, size.target + size.source], data },
      count: size.target,
      weights: targets.flatMap((ids) => filled(ids, size.target).map((id) => Number(id >= 0))),
    }).finally(() => runtime.close());
    expect(Math.abs(loss - theirs)).toBeLessThan(1e-6 * theirs);
    const drawn = new Map<string, DrawnWeight>(
      (["encoder", decoder] as const).flatMap((file) =>
        [...drawnPair(name, file).drawn].map(
          ([value, weight]) => [`${file === "encoder" ? file : "decoder"}/${value}`, weight] as const,
        ),
      ),
    );
    expect([...gradients.keys()].map((value) => drawn.get(value)?.name ?? value).sort()).toEqual(
      Object.keys(digests).sort(),
    );
    const largest = Math.max(...[...gradients.values()].flat().map(Math.abs));
    for (const [value, values] of gradients) {
      const weight = drawn.get(value)!;
      const [rows = 1, columns = 1] = shapes[weight.name]!;
      const ours = weight.turned ? transposed(Float32Array.from(values), [columns, rows]) : values;
      const { error, size } = distance(digest(weight.name, [...ours]), digests[weight.name]!, values.length);
      // The gradient of a key's bias is 0 but for rounding: softmax does not see it.
      const scale = weight.name.endsWith("k_proj.bias") ? largest : size;
      expect(error / scale, weight.name).toBeLessThan(1e-4);
    }
  },
);
