// @module-tag thorough
// Bases that are not ONNX train: steps of gradients through a TF.js model and through an encoder in safetensors.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { exportModel, loadModel, loadTextModel, train } from "../../src/index.js";
import { tinyData } from "../support/fixtures.js";
import { writeEncoder, writeTfjs } from "../support/imported-bases.js";
import { reviews } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-imported-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: readonly string[]): string => join(root, ...names);

const quick = { epochs: 1, baselines: false, explain: false, seed: 0, threads: 1 } as const;
test("pictures: a fine-tuned TF.js model", async () => {
  const data = await tinyData(at("pictures"), { ant: 14, bee: 14 });
  const pixels = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;
  const base = writeTfjs(at("tfjs"));
  const run = await train(data, { ...quick, ...pixels, base, strategy: "full", out: at("run-tfjs") });
  if (run.task !== "image-classification") throw new Error(run.task);
  expect(run.base).toMatchObject({ name: "tfjs", format: "TF.js layers model", license: "not stated" });
  expect(run.epochs).toBe(1);
  expect(readFileSync(at("run-tfjs", "model", "README.md"), "utf8")).toContain(
    "tfjs (TF.js layers model, sha256",
  );
  const model = await loadModel(run.model);
  expect(model.classes).toEqual(["ant", "bee"]);
});

test("a model fine-tuned from a project of Teachable Machine opens in Transformers.js after its export", async () => {
  const data = await tinyData(at("photos"), { ant: 14, bee: 14 });
  const base = writeTfjs(at("project"), ["cat", "dog"]);
  const run = await train(data, { ...quick, epochs: 2, base, strategy: "full", out: at("run-project") });
  const { model } = await exportModel(at("run-project"), { out: at("exported-project") });
  const { pipeline, env } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  const classify = await pipeline("image-classification", model, { local_files_only: true, dtype: "fp32" });
  const own = await loadModel(run.model, { threads: 1 });
  for (const file of [join(data, "ant", "3.png"), join(data, "bee", "5.png")]) {
    const theirs = (await classify(file, { top_k: 2 })) as unknown as { label: string; score: number }[];
    const ours = new Map((await own.predict(file)).map(({ label, score }) => [label, score]));
    expect(theirs.map(({ label }) => label).sort()).toEqual(["ant", "bee"]);
    for (const { label, score } of theirs) expect(score).toBeCloseTo(ours.get(label)!, 4);
  }
  await own.close();
});

test.each(["bert", "mpnet"] as const)("texts: a fine-tuned encoder in safetensors, %s", async (type) => {
  const rows = reviews(60).map(({ text, label }) => `${text},${label}`);
  writeFileSync(at("reviews.csv"), ["text,label", ...rows].join("\n"));
  const run = await train(at("reviews.csv"), {
    ...quick,
    base: writeEncoder(at(type), type),
    strategy: "full",
    out: at(`run-${type}`),
  });
  if (run.task !== "text-classification") throw new Error(run.task);
  expect(run.base).toMatchObject({ name: type, format: "safetensors of Transformers" });
  expect(run.epochs).toBe(1);
  const model = await loadTextModel(run.model);
  expect([...model.classes].sort()).toEqual([...new Set(reviews(60).map(({ label }) => label))].sort());
});
