// Boxes and masks from the command's own functions to Transformers.js: trained, scored, resumed, and opened by the real pipelines.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { evaluate, load, resume, train } from "../../src/index.js";
import { side, stridedNet, writeShapeBoxes, writeShapeMasks } from "../support/dense-data.js";
import { modelBytes, tinyBase } from "../support/fixtures.js";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
const root = mkdtempSync(join(tmpdir(), "engraft-dense-"));
const at = (...names: string[]): string => join(root, ...names);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const recipe = { strategy: "finetune", imageSize: side, threads: 1, cache: false } as const;
/** Epochs of three steps until the shapes are found. */
const epochs = { boxes: 30, masks: 15 } as const;
let base: string;
beforeAll(() => {
  process.env.ENGRAFT_CACHE = at("cache");
  env.allowRemoteModels = false;
  base = tinyBase(at("base"), stridedNet());
});

/** Returns the test scores of the solved head, and of a training that changes nothing. */
async function startOf(data: string, out: string) {
  const run = await train(data, {
    ...recipe,
    base,
    epochs: 1,
    lr: 1e-9,
    weights: "fp32",
    baselines: false,
    out,
  });
  if (run.task !== "object-detection" && run.task !== "image-segmentation") throw new Error(run.task);
  return { start: run.test.metric.value!, solved: run.baselines.probe!.test.metric.value! };
}

/** Trains until the first steps, stops, and goes on. @returns the run folder */
async function stoppedAndResumed(data: string, out: string, epochs: number): Promise<string> {
  const stop = new AbortController();
  const running = train(data, {
    ...recipe,
    ...{ base, epochs, baselines: false, out, signal: stop.signal },
    onEvent: (event) =>
      void (event.event === "epoch" && event.stage === "finetune" && setImmediate(() => stop.abort())),
  });
  await expect(running).rejects.toMatchObject({ kind: "Interrupted" });
  await resume(out);
  return out;
}

describe("boxes", () => {
  const out = at("boxes-run");
  let data: string;
  beforeAll(async () => {
    data = await writeShapeBoxes(at("boxes"), 30);
    await train(data, { ...recipe, base, epochs: epochs.boxes, baselines: false, out });
  });
  const pictures = (): string[] => [20, 25, 29].map((i) => join(data, `${i}.png`));

  test("a run finds most shapes, and its probe some", async () => {
    const run = await resume(out);
    if (run.task !== "object-detection") throw new Error(run.task);
    expect(run.test.ap50!).toBeGreaterThan(0.3);
    expect(run.classes).toEqual(["disc", "square"]);
    expect(run.input).toEqual({ width: side, height: side });
    expect(run.baselines.probe!.test.ap50!).toBeGreaterThan(0.05);
  });

  test("the pipeline of Transformers.js gives the boxes of predict", async () => {
    const model = await load(join(out, "model"), { threads: 1 });
    if (model.task !== "object-detection") throw new Error(model.task);
    const theirs = await pipeline("object-detection", model.dir, { local_files_only: true });
    for (const path of pictures()) {
      const own = await model.predict(path, { threshold: 0.05 });
      const given = await theirs(path, { threshold: 0.05 });
      expect(given.map(({ label }) => label)).toEqual(own.map(({ label }) => label));
      for (const [i, { score, box }] of given.entries()) {
        expect(score).toBeCloseTo(own[i]!.score, 3);
        // The pipeline cuts to whole pixels.
        for (const edge of ["xmin", "ymin", "xmax", "ymax"] as const)
          expect(Math.abs(box[edge] - own[i]!.box[edge])).toBeLessThan(1.01);
      }
    }
    await model.close();
    await theirs.dispose();
  });

  test("fine-tuning starts from the solved head", async () => {
    const { start, solved } = await startOf(data, at("boxes-start"));
    expect(start).toBeCloseTo(solved, 3);
  });

  test("evaluate gives the score of the run", async () => {
    const scored = await evaluate(join(out, "model"), data, { threads: 1 });
    const run = JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
    expect(scored.test.metric.value).toBeCloseTo(run.result.test.metric.value, 5);
  });

  test("a run that is stopped and resumed ends with the same bits", async () => {
    const whole = at("boxes-short");
    await train(data, { ...recipe, base, epochs: 2, baselines: false, out: whole });
    const again = await stoppedAndResumed(data, at("boxes-stopped"), 2);
    expect(modelBytes(again).equals(modelBytes(whole))).toBe(true);
  });
});

describe("masks", () => {
  const out = at("masks-run");
  let data: string;
  beforeAll(async () => {
    data = await writeShapeMasks(at("masks"), 30);
    await train(data, { ...recipe, base, epochs: epochs.masks, baselines: false, out });
  });
  const pictures = (): string[] => [20, 25, 29].map((i) => join(data, "images", `${i}.png`));

  test("a run finds most pixels of the shapes, and its probe many", async () => {
    const run = await resume(out);
    if (run.task !== "image-segmentation") throw new Error(run.task);
    expect(run.test.miou!).toBeGreaterThan(0.6);
    expect(run.classes).toEqual(["background", "disc", "square"]);
    expect(run.input).toEqual({ width: side, height: side });
    expect(run.baselines.probe!.test.miou!).toBeGreaterThan(0.45);
    expect(run.pixels.shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
  });

  test("the pipeline of Transformers.js gives the masks of predict, pixel by pixel", async () => {
    const model = await load(join(out, "model"), { threads: 1 });
    if (model.task !== "image-segmentation") throw new Error(model.task);
    const theirs = await pipeline("image-segmentation", model.dir, { local_files_only: true });
    for (const path of pictures()) {
      const own = await model.predict(path);
      const given = await theirs(path);
      expect(given.map(({ label }) => label)).toEqual(own.map(({ label }) => label));
      for (const [i, { mask }] of given.entries()) {
        const { width, height, data } = own[i]!.mask;
        expect([mask.width, mask.height]).toEqual([width, height]);
        expect(Buffer.from(mask.data).equals(Buffer.from(data))).toBe(true);
      }
      const pixels = own.map(({ mask }) => mask.data.filter((v) => v === 255).length);
      expect(pixels.reduce((a, b) => a + b, 0)).toBe(side * side);
    }
    await model.close();
    await theirs.dispose();
  });

  test("fine-tuning starts from the solved head", async () => {
    const { start, solved } = await startOf(data, at("masks-start"));
    expect(start).toBeCloseTo(solved, 3);
  });

  test("evaluate gives the score of the run", async () => {
    const scored = await evaluate(join(out, "model"), data, { threads: 1 });
    const run = JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
    expect(scored.test.metric.value).toBeCloseTo(run.result.test.metric.value, 5);
  });

  test("a run that is stopped and resumed ends with the same bits", async () => {
    const whole = at("masks-short");
    await train(data, { ...recipe, base, epochs: 2, baselines: false, out: whole });
    const again = await stoppedAndResumed(data, at("masks-stopped"), 2);
    expect(modelBytes(again).equals(modelBytes(whole))).toBe(true);
  });
});
