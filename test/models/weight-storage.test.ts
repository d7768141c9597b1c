/** A run's model with its weights as 16-bit floats: half the file, the same answers, and it opens elsewhere. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import { beforeAll, expect, test } from "vitest";
import { fromOnnx } from "../../src/graph/index.js";
import { evaluate, loadModel, train } from "../../src/index.js";
import { inFolder, writeTree } from "../support/pictures.js";

beforeAll(async () => {
  env.allowRemoteModels = false;
});

test("float16 halves the model file; its scores are those of the file, and Transformers.js gives the same", {
  tags: ["thorough"],
}, async () => {
  await inFolder(async (folder) => {
    const data = join(folder, "data");
    const names = Array.from({ length: 24 }, (_, i) => `${i % 2 ? "odd" : "even"}/${i}.png`);
    await writeTree(data, Object.fromEntries(names.map((name, i) => [name, i])));
    const storages = ["fp32", "fp16", "same"] as const;
    const runs = [];
    for (const weights of storages) {
      const out = join(folder, weights);
      // A probe's features come from the base as it is: only the file differs.
      const run = await train(data, {
        task: "image-classification",
        ...{ base: "vision-mini", strategy: "probe", weights, cache: false, threads: 1, out },
      });
      runs.push({ weights, run, file: readFileSync(join(run.model, "onnx", "model.onnx")) });
    }
    const [full, half, same] = runs as [(typeof runs)[0], (typeof runs)[0], (typeof runs)[0]];
    expect(half.file.length / full.file.length).toBeLessThan(0.52);
    // The bundled base is stored as float16, so that nothing of it is rounded; its head stays float32.
    expect(fromOnnx(full.file).storedAs.size).toBe(0);
    expect(fromOnnx(same.file).storedAs.size).toBeGreaterThan(20);
    expect(same.file.length / full.file.length).toBeLessThan(0.53);
    expect(same.run.test).toEqual(full.run.test);

    const scored = await evaluate(half.run.model, data, { threads: 1 });
    if (scored.task !== "image-classification") throw new Error(scored.task);
    expect(scored.test.loss).toBeCloseTo(half.run.test.loss, 5);
    expect(half.run.test.loss).toBeCloseTo(full.run.test.loss, 2);

    const model = await loadModel(half.run.model, { threads: 1 });
    const before = await loadModel(full.run.model, { threads: 1 });
    const classifier = await pipeline("image-classification", half.run.model, { local_files_only: true });
    for (const name of names.slice(0, 6)) {
      const path = join(data, name);
      const [ours, unrounded] = [await model.predict(path), await before.predict(path)];
      const theirs = (await classifier(path)) as { label: string; score: number }[];
      expect(theirs.map((t) => t.label)).toEqual(ours.map((o) => o.label));
      expect(ours[0]!.label).toBe(unrounded[0]!.label);
      for (const [i, { score }] of theirs.entries()) {
        expect(Math.abs(score - ours[i]!.score)).toBeLessThan(1e-3);
        // Weights of the head rounded to 2^-11 of their size.
        expect(Math.abs(ours[i]!.score - unrounded[i]!.score)).toBeLessThan(0.01);
      }
    }
    await classifier.dispose();
    await model.close();
    await before.close();
  });
});
