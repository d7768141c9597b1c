// Encoder–decoders as the hub holds them: they write what PyTorch (scripts/golden/make-pairs.py) and Transformers.js write.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openTextGenerator } from "../../src/index.js";
import { goldenPairs, type PairName, sourceText, writePair } from "../support/golden-pairs.js";

const root = mkdtempSync(join(tmpdir(), "engraft-pairs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const names = Object.keys(goldenPairs) as PairName[];

test.each(
  names.flatMap((name) => (["merged", "decoder"] as const).map((decoder) => [name, decoder] as const)),
)(
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
