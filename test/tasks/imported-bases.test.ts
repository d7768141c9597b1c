// @module-tag thorough
// Bases that are not ONNX train: steps of gradients through a TF.js model and through an encoder in safetensors.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadModel, loadTextModel, train } from "../../src/index.js";
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

test("texts: a fine-tuned encoder in safetensors", async () => {
  const rows = reviews(60).map(({ text, label }) => `${text},${label}`);
  writeFileSync(at("reviews.csv"), ["text,label", ...rows].join("\n"));
  const run = await train(at("reviews.csv"), {
    ...quick,
    base: writeEncoder(at("encoder")),
    strategy: "full",
    out: at("run-encoder"),
  });
  if (run.task !== "text-classification") throw new Error(run.task);
  expect(run.base).toMatchObject({ name: "encoder", format: "safetensors of Transformers" });
  expect(run.epochs).toBe(1);
  const model = await loadTextModel(run.model);
  expect([...model.classes].sort()).toEqual([...new Set(reviews(60).map(({ label }) => label))].sort());
});
