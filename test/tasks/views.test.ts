// Test-time augmentation (`tta`), for numbers and for labels of pictures.
// @module-tag thorough
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import { evaluate, load, type ResultOf, report, train } from "../../src/index.js";
import { engraft as run, tinyBase } from "../support/fixtures.js";
import { picture } from "../support/pictures.js";
import { writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-views-"));
const path = (...parts: string[]): string => join(root, ...parts);
const quick = { threads: 1, cache: false } as const;
const engraft = (words: readonly string[]) => run(words, { cache: path("cache") });
let numbers: ResultOf<"image-regression">;
let labels: ResultOf<"multi-label-classification">;
let texts: ResultOf<"multi-label-classification">;

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  const base = tinyBase(path("base"));
  mkdirSync(path("pictures"));
  const rows = ["file,red"];
  const labelled = ["file,labels"];
  for (let i = 0; i < 60; i++) {
    const red = 0.3 + (0.7 * ((i * 37) % 60)) / 60;
    const file = `pictures/${i}.png`;
    await picture(i).linear([red, 1, 1], [0, 0, 0]).png().toFile(path(file));
    rows.push(`${file},${(100 * red).toFixed(1)}`);
    labelled.push(`${file},${["plain", ...(red > 0.6 ? ["red"] : []), ...(i % 2 ? ["odd"] : [])].join("|")}`);
  }
  writeFileSync(path("tints.csv"), rows.join("\n"));
  writeFileSync(path("labels.csv"), labelled.join("\n"));
  const said = Array.from(
    { length: 40 },
    (_, i) => `"a ${i % 2 ? "good" : "bad"} day ${i}",${i % 2 ? "good|day" : "day"}`,
  );
  writeFileSync(path("texts.csv"), ["text,labels", ...said].join("\n"));
  const probe = { ...quick, strategy: "probe" } as const;
  numbers = await train(path("tints.csv"), {
    ...{ ...probe, base, tta: 2, out: path("numbers") },
    task: "image-regression",
  });
  labels = await train(path("labels.csv"), {
    ...{ ...probe, base, tta: 2, out: path("labels") },
    task: "multi-label-classification",
  });
  texts = await train(path("texts.csv"), {
    ...{ ...probe, base: writeTextBase(path("encoder")), out: path("texts") },
    task: "multi-label-classification",
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Returns the paths of a picture and of its mirror image. */
async function mirrored(i: number): Promise<[string, string]> {
  const [plain, mirror] = [path("pictures", `${i}.png`), path(`mirror-${i}.png`)];
  await sharp(plain).flop().png().toFile(mirror);
  return [plain, mirror];
}

test("numbers: two views are the picture and its mirror image, and the number is their mean, without an interval", async () => {
  const model = await load(numbers.model, { threads: 1 });
  if (model.task !== "image-regression") throw new Error(model.task);
  const both = await mirrored(7);
  const [one, other] = (await model.predict(both)).map(([estimate]) => estimate!);
  const [averaged] = await model.predict(both[0], { tta: 2 });
  expect(one!.value).not.toBe(other!.value);
  expect(averaged!.value).toBeCloseTo((one!.value + other!.value) / 2, 4);
  expect(one!.interval).toBeDefined();
  expect(averaged!.interval).toBeUndefined();
  await expect(model.predict(both[0], { tta: 99 })).rejects.toThrow("tta is 99");
  await model.close();
});

test("labels: each probability is the mean over the views", async () => {
  const model = await load(labels.model, { threads: 1 });
  if (model.task !== "multi-label-classification") throw new Error(model.task);
  const both = await mirrored(8);
  const scores = (answer: { readonly all: readonly { readonly label: string; readonly score: number }[] }) =>
    model.labels.map((name) => answer.all.find(({ label }) => label === name)!.score);
  const [one, other] = (await model.predict(both)).map(scores);
  const [averaged] = (await model.predict([both[0]], { tta: 2 })).map(scores);
  for (const [k, p] of averaged!.entries()) expect(p).toBeCloseTo((one![k]! + other![k]!) / 2, 5);
  expect(averaged).not.toEqual(one);
  await model.close();
});

test("the run also scores the test split with views, in result, report and card", async () => {
  for (const run of [numbers, labels]) {
    expect(run.tta!.views).toBe(2);
    expect(run.tta!.test.n).toBe(run.test.n);
    expect((await renderAnyResult(run)).join("\n")).toMatch(/^views .* with 2 views of each picture$/m);
    const page = readFileSync(join(run.run, "report.html"), "utf8");
    expect(page).toContain("this model, 2 augmented views averaged");
    expect(readFileSync(join(run.model, "README.md"), "utf8")).toContain(
      "this model, 2 augmented views averaged",
    );
    const zh = path(`${run.task}.html`);
    await report(run.run, { lang: "zh", out: zh });
    expect(readFileSync(zh, "utf8")).toContain("本模型，2 个增强视图取平均");
  }
  expect(numbers.tta!.test.r2).not.toBe(numbers.test.r2);
  expect(numbers.tta!.test.outputs[0]!.prediction_interval).toBeUndefined();
});

test("eval with views gives the scores of the run", async () => {
  const ofNumbers = await evaluate(numbers.model, path("tints.csv"), { ...quick, tta: 2 });
  if (ofNumbers.task !== "image-regression") throw new Error(ofNumbers.task);
  expect(ofNumbers.tta).toBe(2);
  expect(ofNumbers.test.r2).toBeCloseTo(numbers.tta!.test.r2, 3);
  const ofLabels = await evaluate(labels.model, path("labels.csv"), { ...quick, tta: 2 });
  if (ofLabels.task !== "multi-label-classification") throw new Error(ofLabels.task);
  expect(ofLabels.test.micro_f1).toBe(labels.tta!.test.micro_f1);
  const words = await engraft(["eval", numbers.model, path("tints.csv"), "--tta", "2", "--threads", "1"]);
  expect(words.out).toMatch(/^views +2 of each picture, averaged$/m);
});

test("models without pictures refuse tta, and models of pictures refuse long", async () => {
  await expect(evaluate(texts.model, path("texts.csv"), { ...quick, tta: 2 })).rejects.toThrow(
    "tta is for pictures, and this model gives labels to texts",
  );
  const options = { ...quick, long: "split" } as const;
  await expect(evaluate(labels.model, path("labels.csv"), options)).rejects.toMatchObject({
    details: { option: "long" },
  });
  await expect(load(labels.model, { long: "split" })).rejects.toMatchObject({ details: { option: "long" } });
  const predicted = await engraft(["predict", texts.model, "a good day", "--tta", "2"]);
  expect(predicted.err).toContain("--tta is for models");
  const words = ["train", path("texts.csv"), "--task", "multi-label", "--tta", "2", "--json"];
  expect((await engraft(words)).events.at(-1)).toMatchObject({
    event: "error",
    details: { option: "tta", needs: "images" },
  });
  const shown = await engraft(["predict", numbers.model, path("pictures", "3.png"), "--tta", "2", "--json"]);
  expect(shown.events.find(({ event }) => event === "prediction")).not.toHaveProperty("coverage");
});
