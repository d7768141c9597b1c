// The library and the command line detect the same task from the same data, and a model folder has its task.
// @module-tag thorough
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type LoadedModel,
  load,
  openData,
  type ResultOf,
  resume,
  type TrainOptions,
  train,
} from "../../src/index.js";
import { columns, taggedSentences } from "../support/entity-data.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";
import { labelledTexts } from "../support/label-data.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-detected-"));
const at = (...names: string[]): string => join(root, ...names);
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, lines: readonly string[]): void {
  mkdirSync(join(at(name), ".."), { recursive: true });
  writeFileSync(at(name), `${lines.join("\n")}\n`);
}

/** Every layout: its task, the options of its training, and a prediction of the loaded model. */
interface Layout {
  readonly task: ResultOf["task"];
  readonly options: Pick<TrainOptions, "base" | "strategy" | "epochs" | "target">;
  readonly predict: (model: LoadedModel) => Promise<unknown>;
}

const ofImages = { base: at("image-base"), strategy: "probe" } as const;
const ofTexts = { base: at("text-base"), strategy: "probe" } as const;
const ofRows = { epochs: 2 } as const;
const picture = at("images", "ant", "0.png");
const sentence = "the book was very lovely";

const layouts: Readonly<Record<string, Layout>> = {
  images: {
    task: "image-classification",
    options: ofImages,
    predict: async (m) => m.task === "image-classification" && (await m.predict(picture))[0]?.label,
  },
  "images.csv": {
    task: "image-classification",
    options: ofImages,
    predict: async (m) => m.task === "image-classification" && (await m.predict(picture))[0]?.label,
  },
  "numbers.csv": {
    task: "image-regression",
    options: ofImages,
    predict: async (m) => m.task === "image-regression" && (await m.predict(picture))[0]?.target,
  },
  "image-labels.csv": {
    task: "multi-label-classification",
    options: ofImages,
    predict: async (m) =>
      m.task === "multi-label-classification" && (await m.predict([picture]))[0]?.all.length,
  },
  "reviews.csv": {
    task: "text-classification",
    options: ofTexts,
    predict: async (m) => m.task === "text-classification" && (await m.predict([sentence]))[0]?.length,
  },
  "parts-of-reviews": {
    task: "text-classification",
    options: ofTexts,
    predict: async (m) => m.task === "text-classification" && (await m.predict([sentence]))[0]?.length,
  },
  "text-labels.csv": {
    task: "multi-label-classification",
    options: ofTexts,
    predict: async (m) =>
      m.task === "multi-label-classification" && (await m.predict([sentence]))[0]?.all.length,
  },
  entities: {
    task: "token-classification",
    options: ofTexts,
    predict: async (m) => m.task === "token-classification" && (await m.predict([sentence])).length,
  },
  "sizes.csv": {
    task: "tabular-classification",
    options: { ...ofRows, target: "size" },
    predict: async (m) => m.task === "tabular-classification" && (await m.predict([{ rooms: 3 }]))[0]?.length,
  },
  "prices.csv": {
    task: "tabular-regression",
    options: { ...ofRows, target: "price" },
    predict: async (m) =>
      m.task === "tabular-regression" && (await m.predict([{ rooms: 3 }]))[0]?.[0]?.target,
  },
};
const predicted: Readonly<Record<string, unknown>> = {
  images: expect.stringMatching(/^(ant|bee)$/),
  "images.csv": expect.stringMatching(/^(ant|bee)$/),
  "numbers.csv": "depth",
  "image-labels.csv": 2,
  "reviews.csv": 2,
  "parts-of-reviews": 2,
  "text-labels.csv": 4,
  entities: 1,
  "sizes.csv": 2,
  "prices.csv": "price",
};

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = at("cache");
  tinyBase(ofImages.base);
  writeTextBase(ofTexts.base);
  await tinyData(at("images"), { ant: 20, bee: 20 });
  const images = ["ant", "bee"].flatMap((kind) =>
    Array.from({ length: 20 }, (_, i) => ({ kind, i, file: `images/${kind}/${i}.png` })),
  );
  write("images.csv", ["image,label", ...images.map(({ file, kind }) => `${file},${kind}`)]);
  write("numbers.csv", ["image,depth", ...images.map(({ file, i }) => `${file},${(1.37 * i).toFixed(2)}`)]);
  write("image-labels.csv", [
    "image,labels",
    ...images.map(({ file, kind, i }) => `${file},${i % 3 ? kind : "ant|bee"}`),
  ]);
  const texts = reviews(80).map(({ text, label }) => `${text},${label}`);
  write("reviews.csv", ["text,label", ...texts]);
  write("parts-of-reviews/train.csv", ["text,label", ...texts.slice(0, 60)]);
  write("parts-of-reviews/test.csv", ["text,label", ...texts.slice(60)]);
  write("text-labels.csv", [
    "text,labels",
    ...labelledTexts(120).map((t) => `${t.text},${t.labels.join("|")}`),
  ]);
  write("entities/train.txt", [columns(taggedSentences(120))]);
  const rows = Array.from({ length: 90 }, (_, i) => ({
    rooms: (i * 7) % 13,
    side: i % 2 ? "north" : "south",
  }));
  write("sizes.csv", [
    "rooms,side,size",
    ...rows.map(({ rooms, side }) => `${rooms},${side},${rooms > 6 ? "large" : "small"}`),
  ]);
  write("prices.csv", [
    "rooms,side,price",
    ...rows.map(({ rooms, side }, i) => `${rooms},${side},${(rooms * 2.5 + (i % 7) / 10).toFixed(2)}`),
  ]);
});

test.each(Object.entries(layouts))(
  "%s: train(path) detects the task and scores as the command line; load and resume detect it from the folder",
  async (name, { task, options, predict }) => {
    const run = await train(at(name), {
      ...options,
      seed: 3,
      threads: 1,
      cache: false,
      out: at("runs", name),
    });
    expect(run.task).toBe(task);

    const words = Object.entries(options).flatMap(([option, value]) => [`--${option}`, String(value)]);
    const out = at("runs", `${name}-by-command`);
    const fixed = ["--seed", "3", "--threads", "1", "--no-cache", "--no-baselines", "--no-explain"];
    const ran = await engraft(["train", at(name), ...words, ...fixed, "--out", out], { cache: at("cache") });
    expect(ran.code, ran.err).toBe(0);
    const { result } = JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
    expect(result.task).toBe(task);
    expect(result.test).toEqual(JSON.parse(JSON.stringify(run.test)));

    const model = await load(run.run, { threads: 1 });
    expect(model.task).toBe(task);
    expect(await predict(model)).toEqual(predicted[name]);
    await model.close();

    expect(await resume(run.run)).toMatchObject({ task, run: run.run });
  },
);

test("an opened dataset is image classification, and another task for it is refused", async () => {
  const data = await openData(at("images"));
  const run = await train(data, { ...ofImages, threads: 1, out: at("runs", "opened") });
  // Typed by the data: no narrowing.
  expect(run.test.accuracy).toBeGreaterThan(0.5);
  await expect(train(data, { task: "tabular-regression" } as object)).rejects.toThrow(
    "an opened dataset of image classes is not for tabular-regression",
  );
});
