// Boxes and masks from the command's own functions to Transformers.js: trained, scored, resumed, and opened by the real pipelines.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { evaluate, load, resume, type TrainOptions, train } from "../../src/index.js";
import { side, stridedNet, writeShapeBoxes, writeShapeMasks } from "../support/dense-data.js";
import { engraft, modelBytes, once, tinyBase } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-dense-"));
const at = (...names: string[]): string => join(root, ...names);
afterAll(() => rmSync(root, { recursive: true, force: true }));

let base: string;
/** Data and the run of each kind, made by the first test that needs them. */
const kinds = {
  boxes: once(() => trained("boxes", writeShapeBoxes, 30)),
  masks: once(() => trained("masks", writeShapeMasks, 15)),
} as const;
beforeAll(() => {
  process.env.ENGRAFT_CACHE = at("cache");
  env.allowRemoteModels = false;
  base = tinyBase(at("base"), stridedNet());
});

/** Trains on small pictures without a comparison. */
const trainOn = (data: string, out: string, more: TrainOptions) =>
  train(data, {
    ...{ strategy: "finetune", imageSize: side, threads: 1, cache: false, baselines: false },
    ...{ base, out, ...more },
  });

/** Trains on the shapes of a kind until they are found, which takes so many epochs of three steps. */
async function trained(
  kind: string,
  write: (folder: string, count: number) => string | Promise<string>,
  epochs: number,
): Promise<{ readonly data: string; readonly out: string }> {
  const data = await write(at(kind), 30);
  const out = at(`${kind}-run`);
  await trainOn(data, out, { epochs });
  return { data, out };
}

/** Opens a run, and checks that it has boxes or masks. */
async function denseRun(out: string) {
  const run = await resume(out);
  if (run.task !== "object-detection" && run.task !== "image-segmentation") throw new Error(run.task);
  return run;
}

/** Compares the predictions of a model folder with those of the real pipeline. */
async function compareBoxes(dir: string, pictures: readonly string[]): Promise<void> {
  const model = await load(dir, { threads: 1 });
  if (model.task !== "object-detection") throw new Error(model.task);
  const theirs = await pipeline("object-detection", model.dir, { local_files_only: true });
  for (const path of pictures) {
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
}

/** {@link compareBoxes} for masks, pixel by pixel. */
async function compareMasks(dir: string, pictures: readonly string[]): Promise<void> {
  const model = await load(dir, { threads: 1 });
  if (model.task !== "image-segmentation") throw new Error(model.task);
  const theirs = await pipeline("image-segmentation", model.dir, { local_files_only: true });
  for (const path of pictures) {
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
}

/** What a run, and its probe, score at least. */
const rows = [
  {
    kind: "boxes",
    pictures: ["20.png", "25.png", "29.png"],
    metric: "ap50",
    least: { run: 0.3, probe: 0.05 },
    classes: ["disc", "square"],
    compare: compareBoxes,
  },
  {
    kind: "masks",
    pictures: ["images/20.png", "images/25.png", "images/29.png"],
    metric: "miou",
    least: { run: 0.6, probe: 0.45 },
    classes: ["background", "disc", "square"],
    compare: compareMasks,
  },
] as const;

describe.each(rows)("$kind", ({ kind, pictures, metric, least, classes, compare }) => {
  let [data, out] = ["", ""];
  beforeAll(async () => {
    ({ data, out } = await kinds[kind]());
  });

  test("a run finds most shapes, and its probe some", async () => {
    const { test, baselines, classes: found, input } = await denseRun(out);
    const score = (scores: object): number => (scores as Record<string, number>)[metric]!;
    expect(score(test)).toBeGreaterThan(least.run);
    expect(score(baselines.probe!.test)).toBeGreaterThan(least.probe);
    expect(found).toEqual(classes);
    expect(input).toEqual({ width: side, height: side });
  });

  test("the pipeline of Transformers.js predicts the same", () =>
    compare(
      join(out, "model"),
      pictures.map((name) => join(data, name)),
    ));

  test("finetune starts from the solved head", () => startsFromSolvedHead("finetune"));
  test("lora starts from the solved head", { tags: ["thorough"] }, () => startsFromSolvedHead("lora"));
  async function startsFromSolvedHead(strategy: "finetune" | "lora"): Promise<void> {
    const start = at(`${kind}-${strategy}-start`);
    await trainOn(data, start, { strategy, epochs: 1, lr: 1e-9, weights: "fp32" });
    const { test, baselines } = await denseRun(start);
    expect(test.metric.value).toBeCloseTo(baselines.probe!.test.metric.value!, 3);
  }

  test("evaluate gives the score of the run", async () => {
    const scored = await evaluate(join(out, "model"), data, { threads: 1 });
    const run = JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
    expect(scored.test.metric.value).toBeCloseTo(run.result.test.metric.value, 5);
  });

  test("a run that is stopped and resumed ends with the same bits", async () => {
    const whole = at(`${kind}-short`);
    await trainOn(data, whole, { epochs: 2 });
    const stopped = at(`${kind}-stopped`);
    const stop = new AbortController();
    const running = trainOn(data, stopped, {
      epochs: 2,
      signal: stop.signal,
      onEvent: (event) =>
        void (event.event === "epoch" && event.stage === "finetune" && setImmediate(() => stop.abort())),
    });
    await expect(running).rejects.toMatchObject({ kind: "Interrupted" });
    await resume(stopped);
    expect(modelBytes(stopped).equals(modelBytes(whole))).toBe(true);
  });
});

test("the classes of masks cover every pixel", async () => {
  const run = await denseRun((await kinds.masks()).out);
  if (run.task !== "image-segmentation") throw new Error(run.task);
  expect(run.pixels.shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
});

test("eval --coco writes the detections, and prints where", async () => {
  const file = at("results.json");
  const boxes = await kinds.boxes();
  const words = ["eval", join(boxes.out, "model"), boxes.data, "--coco", file];
  const { code, out } = await engraft(words, { cache: at("cache") });
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^detections +${file}$`, "m"));
  const found: unknown[] = JSON.parse(readFileSync(file, "utf8"));
  expect(found[0]).toMatchObject({ image_id: expect.anything(), category_id: expect.any(Number) });
});

describe("mosaic", () => {
  const mosaic = { epochs: 2, option: { mosaic: 1 } } as const;

  /** Returns the training loss of each epoch. */
  const lossesOf = (out: string): number[] =>
    readFileSync(at(out, "events.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .flatMap(({ event, train_loss }) => (event === "epoch" ? [train_loss] : []));

  test("boxes train on mosaics on request", { tags: ["thorough"] }, async () => {
    const { data } = await kinds.boxes();
    await trainOn(data, at("mosaic-run"), mosaic);
    await trainOn(data, at("plain-run"), { epochs: 2 });
    const [own, plain] = [lossesOf("mosaic-run"), lossesOf("plain-run")];
    expect([own.length, plain.length]).toEqual([2, 2]);
    // Without mosaics, the same run repeats to the same bits.
    for (const [i, loss] of own.entries()) expect(loss).not.toBe(plain[i]);
  });

  test("masks refuse it", async () => {
    const { data } = await kinds.masks();
    await expect(trainOn(data, at("refused"), mosaic)).rejects.toThrow(
      "the option mosaic is for boxes, and this is image-segmentation",
    );
  });
});
