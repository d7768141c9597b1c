// What `load` and `resume` refuse: folders without a model or a run, of a newer version, and options of another kind.
// @module-tag thorough
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  EngraftError,
  load,
  loadEntityModel,
  loadRegressor,
  loadTextModel,
  resume,
  train,
} from "../../src/index.js";
import { tinyBase, tinyData } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-load-"));
const at = (...names: string[]): string => join(root, ...names);
afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = at("cache");
  const data = await tinyData(at("data"));
  await train(data, { base: tinyBase(at("base")), strategy: "probe", threads: 1, out: at("run") });
});

/** The error, as people read it. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    expect(error).toBeInstanceOf(EngraftError);
    const { kind, message, help } = error as EngraftError;
    return `${kind}: ${message}\n  help: ${help}`.replaceAll(root, "ROOT");
  }
  throw new Error("nothing was refused");
}

/** A copy of the model folder with some fields of a file changed. */
function changed(name: string, file: string, fields: object): string {
  cpSync(at("run", "model"), at(name), { recursive: true });
  const before = JSON.parse(readFileSync(at(name, file), "utf8")) as object;
  writeFileSync(at(name, file), JSON.stringify({ ...before, ...fields }));
  return at(name);
}

const updated = "\n  help: update Engraft: npm install engraft@latest";

test("a model folder opens by itself, and by the run folder around it", async () => {
  for (const folder of [at("run"), at("run", "model")]) {
    const model = await load(folder, { threads: 1 });
    expect([model.task, model.dir]).toEqual(["image-classification", at("run", "model")]);
    await model.close();
  }
});

test("a model of images predicts for one image, and for each of several", async () => {
  const model = await load(at("run"), { threads: 1 });
  if (model.task !== "image-classification") throw new Error(model.task);
  const images = [at("data", "ant", "0.png"), readFileSync(at("data", "bee", "1.png"))];
  const [first, second] = await model.predict(images, { top: 1 });
  expect(await model.predict(images[0]!, { top: 1 })).toEqual(first);
  expect(await model.predict(images[1]!, { top: 1 })).toEqual(second);
  expect(await model.assess(images)).toEqual([
    await model.assess(images[0]!),
    await model.assess(images[1]!),
  ]);
  expect(await model.predict([])).toEqual([]);
  await model.close();
});

test("load refuses a model of a newer version in one sentence", async () => {
  expect(await refusal(load(changed("later-task", "engraft.json", { task: "keypoint-detection" })))).toBe(
    `ModelError: this version of Engraft does not know the task "keypoint-detection"${updated}`,
  );
  for (const [folder, change, newer] of [
    ["odd-task", { task: "__proto__" }, 'the task "__proto__"'],
    ["no-task", { task: { a: 1 } }, 'the task {"a":1}'],
    ["later-format", { format: 2 }, "format 2 of engraft.json"],
  ] as const)
    await expect(load(changed(folder, "engraft.json", change))).rejects.toMatchObject({
      kind: "ModelError",
      details: { newer },
    });
});

test("load refuses folders without a model", async () => {
  expect(await refusal(load(at("nowhere")))).toMatch(/^ModelError: there is no .* ROOT\/nowhere\n {2}help: /);
  mkdirSync(at("stopped"));
  cpSync(at("run", "run.json"), at("stopped", "run.json"));
  expect(await refusal(load(at("stopped")))).toBe(
    "ModelError: the run ROOT/stopped has no model yet\n  help: resume it: engraft train --resume FOLDER, or resume(folder)",
  );
  mkdirSync(at("compared"));
  writeFileSync(at("compared", "comparison.json"), "{}");
  expect(await refusal(load(at("compared")))).toBe(
    "ModelError: ROOT/compared is not a model folder: it has no onnx/model.onnx\n  help: it holds several runs: give one of those in its folder runs/",
  );
});

test("load refuses options that it does not know, or that are for another task", async () => {
  expect(await refusal(load(at("run"), { long: "split" }))).toBe(
    "OptionError: long is for classes, labels and numbers of texts, and this model is of image-classification\n  help: leave long out",
  );
  expect(await refusal(load(at("run"), { threads: 0 }))).toContain("OptionError: threads is 0");
  await expect(load(at("run"), { thread: 1 } as object)).rejects.toMatchObject({
    details: { unknown: "thread" },
  });
});

test("the functions of one task name load for a model of another task", async () => {
  for (const [open, task] of [
    [loadTextModel, "text-classification"],
    [loadEntityModel, "token-classification"],
    [loadRegressor, "image-regression"],
  ] as const)
    expect(await refusal(open(at("run")))).toBe(
      `ModelError: the model was trained for image-classification, not for ${task}\n  help: load(folder) opens a model of any task; a page in a browser knows image classification alone`,
    );
});

test("resume refuses folders without a run, and records of a newer version", async () => {
  expect(await refusal(resume(at("run", "model")))).toBe(
    'RunError: "ROOT/run/model" is not a run folder: it has no run.json\n  help: it is a model: load(folder) and `engraft predict` open it; a run is resumed from the folder around it',
  );
  mkdirSync(at("later"));
  writeFileSync(at("later", "curve.json"), JSON.stringify({ format: 3 }));
  await expect(resume(at("later"))).rejects.toMatchObject({
    kind: "RunError",
    details: { newer: "format 3 of curve.json" },
  });
});

test("resume refuses options of another kind of run", async () => {
  expect(await refusal(resume(at("run"), { strategies: ["probe"] }))).toBe(
    'OptionError: "ROOT/run" is a training, which is not resumed with strategies\n  help: leave it out; options of a training are threads, device, data, base, teacher, initFrom, more',
  );
  expect(await refusal(resume(at("run"), { data: [at("data"), at("data")] }))).toBe(
    "OptionError: the run has one task, and data of several tasks are given\n  help: give one path, or the opened dataset",
  );
});
