// What a run finds out about its probabilities goes with the model: a temperature that any pipeline applies, prediction
// sets, a threshold, and warnings where there is too little to say anything.
// @module-tag thorough
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { WarningEvent } from "../../src/core/events/events.js";
import { listedAnswers } from "../../src/core/results/counts.js";
import { Builder } from "../../src/graph/builder.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import {
  evaluate,
  exportModel,
  loadModel,
  type PictureEvaluation,
  type TrainResultEvent,
  train,
} from "../../src/index.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-trust-"));
const path = (...parts: string[]): string => join(root, ...parts);
const quick = { threads: 1, cache: false, strategy: "probe", coverage: 0.8, abstain: 0.9 } as const;
let plain: TrainResultEvent;
let calibrated: TrainResultEvent;

beforeAll(async () => {
  env.allowRemoteModels = false;
  tinyBase(path("base"));
  await tinyData(path("data"), { ant: 40, bee: 40, cow: 40 });
  const options = { ...quick, task: "image-classification", base: path("base") } as const;
  plain = await train(path("data"), { ...options, out: path("plain") });
  calibrated = await train(path("data"), { ...options, calibrate: "temperature", out: path("calibrated") });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const pictures = ["ant/0.png", "bee/1.png", "cow/2.png"].map((file) => path("data", file));
const answersOf = async (dir: string) => {
  const model = await loadModel(dir, { threads: 1 });
  const answers = [];
  for (const picture of pictures) answers.push(await model.predict(picture));
  await model.close();
  return answers;
};

test("a run says what its probabilities are good for, and the same with the temperature written in", () => {
  const { temperature } = plain.trust!;
  expect(temperature.written).toBe(false);
  expect(calibrated.trust!.temperature).toEqual({ value: temperature.value, written: true });
  // Accuracy and order stay; the loss is the one that was foretold.
  expect(calibrated.test.accuracy).toBe(plain.test.accuracy);
  expect(calibrated.test.loss).toBeCloseTo(plain.trust!.calibration.after.loss, 5);
  expect(plain.test.loss).toBeCloseTo(plain.trust!.calibration.before.loss, 9);
  expect(calibrated.trust!.calibration.after.ece).toBeCloseTo(calibrated.test.ece, 12);
  expect(plain.trust!.prediction_sets).toMatchObject({ coverage: 0.8 });
  expect(plain.test.metrics!.per_class.map(({ n }) => n)).toEqual([6, 6, 6]);
  expect(plain.test.too_few).toBeUndefined();
});

test("a confidence is the one that the saved model gives: in the result, in the report, by eval and by predict", async () => {
  for (const run of [plain, calibrated]) {
    const listed = listedAnswers(run.test);
    expect(listed.length).toBeGreaterThan(0);
    const scored = await evaluate(run.model, path("data"), { threads: 1 });
    if (scored.task !== "image-classification") throw new Error(scored.task);
    expect(scored.trust!.abstain.threshold).toBe(run.trust!.abstain.threshold);
    const page = readFileSync(join(run.run, "report.html"), "utf8");
    const examples = page.slice(page.indexOf('<ul class="examples'));
    const model = await loadModel(run.model, { threads: 1 });
    for (const { item, predicted, score } of listed) {
      const [best] = await model.predict(path("data", item));
      expect(best!.label).toBe(predicted);
      expect(best!.score).toBeCloseTo(score, 4);
      expect(listedAnswers(scored.test).find((one) => one.item === item)!.score).toBeCloseTo(score, 4);
      const shown = `${(100 * score).toFixed(0)}\u00a0%`;
      expect(examples.slice(0, examples.indexOf(`>${item}<`)).lastIndexOf(`>${shown}<`)).toBeGreaterThan(0);
    }
    await model.close();
  }
});

test("the calibrated model's probabilities are softmax(z / T), in Engraft and in Transformers.js", async () => {
  const before = await answersOf(plain.model);
  const after = await answersOf(calibrated.model);
  const classifier = await pipeline("image-classification", calibrated.model, { local_files_only: true });
  for (const [i, answers] of before.entries()) {
    const powers = answers.map(({ score }) => score ** (1 / plain.trust!.temperature.value));
    const sum = powers.reduce((a, b) => a + b, 0);
    const theirs = (await classifier(pictures[i]!)) as { label: string; score: number }[];
    for (const [k, { label }] of answers.entries()) {
      const ours = after[i]!.find((a) => a.label === label)!.score;
      expect(ours).toBeCloseTo(powers[k]! / sum, 5);
      expect(Math.abs(theirs.find((t) => t.label === label)!.score - ours)).toBeLessThan(1e-3);
    }
  }
  await classifier.dispose();
});

test("an export with the temperature is the model that was trained with it", async () => {
  const said = await exportModel(path("plain"), { out: path("exported"), calibrate: "temperature" });
  expect(said.temperature).toBe(plain.trust!.temperature.value);
  expect(await answersOf(said.model)).toEqual(await answersOf(calibrated.model));
  const trustOf = (dir: string) => JSON.parse(readFileSync(join(dir, "engraft.json"), "utf8")).trust;
  expect(trustOf(said.model)).toEqual(trustOf(calibrated.model));
  await expect(
    exportModel(calibrated.model, { out: path("twice"), calibrate: "temperature" }),
  ).rejects.toThrow("the model divides its scores by its temperature already");
  await expect(exportModel(path("base"), { out: path("none"), calibrate: "temperature" })).rejects.toThrow(
    "no temperature was fitted for the model",
  );
});

test("a calibrated model is a base as any other: cut at the same features, with the old rows at hand", async () => {
  const events: string[] = [];
  const from = (base: string, out: string) =>
    train(path("data"), {
      ...quick,
      base,
      out: path(out),
      onEvent: (e) => e.event === "base" && events.push(e.cut),
    });
  await from(plain.model, "again");
  await from(calibrated.model, "again-calibrated");
  expect(events[1]).toBe(events[0]);
  const reused = await train(path("data"), {
    ...quick,
    base: path("base"),
    initFrom: calibrated.model,
    initHead: "reuse",
    out: path("reused"),
  });
  expect(reused.init!.head).toMatch(/the other model's rows for 3 of 3 classes/);
});

test("eval finds what the run found", async () => {
  const { test: scores, trust } = (await evaluate(path("calibrated"), path("data"), {
    threads: 1,
  })) as PictureEvaluation;
  expect(scores.accuracy).toBe(calibrated.test.accuracy);
  // Features on their way through a cache, or not: the last bits differ.
  expect(trust!.calibration.after.loss).toBeCloseTo(calibrated.trust!.calibration.after.loss, 4);
  expect(trust!.prediction_sets.lac.mean_size).toBeCloseTo(
    calibrated.trust!.prediction_sets.lac.mean_size,
    6,
  );
});

test("predict tells sets, and unsure instead of a label", async () => {
  const asked = ["--sets", "aps", "--abstain", "--threads", "1"];
  const { out } = await engraft(["predict", path("plain"), pictures[0]!, ...asked, "--json"]);
  const [answer] = out.split("\n").map((line) => line && JSON.parse(line));
  expect(answer).toMatchObject({ event: "prediction", coverage: 0.8 });
  expect(answer.set[0]).toEqual(answer.top[0]);
  expect(answer.unsure).toBe(answer.threshold === null || answer.score < answer.threshold);
  const words = (await engraft(["predict", path("plain"), pictures[0]!, ...asked])).out;
  expect(words).toMatch(new RegExp(`^${pictures[0]}\t(unsure\t)?(ant|bee|cow)\t[01]\\.\\d{4}\t\\{.+\\}`));
  expect(words.includes("\tunsure\t")).toBe(answer.unsure);
});

test("a validation part too small to promise an accuracy gives no threshold, and the reason", async () => {
  // 0.9 ** 28 = 0.052, 0.9 ** 29 = 0.047, and 3 x 6 pictures are of the validation part.
  const reason = "no threshold can promise 90 % right: 18 validation samples, and 29 sure ones are needed";
  expect(plain.trust!.abstain).toMatchObject({ accuracy: 0.9, threshold: null, needed: 29 });
  const asked = ["--abstain", "--threads", "1"];
  const { err, out } = await engraft(["predict", path("plain"), ...pictures, ...asked]);
  expect(err.split("\n").filter((line) => line.includes(reason))).toEqual([
    `every prediction is unsure: ${reason}`,
  ]);
  expect(out.match(/\tunsure\t/g)).toHaveLength(3);
  const { out: json } = await engraft(["predict", path("plain"), pictures[0]!, ...asked, "--json"]);
  expect(JSON.parse(json.split("\n")[0]!)).toMatchObject({ threshold: null, why_no_threshold: reason });
  const none =
    "no confidence threshold can promise that 90 % of the predictions are right: it takes 29 confident";
  expect(readFileSync(path("plain", "report.html"), "utf8").replaceAll("\u00a0", " ")).toContain(
    `${none} validation pictures; there are 18`,
  );
  expect(readFileSync(join(plain.model, "README.md"), "utf8").replaceAll("\u00a0", " ")).toContain(
    `- Abstention: ${none}`,
  );
});

test("sets and thresholds that a model cannot have are refused with a reason", async () => {
  const of = async (...args: string[]) => (await engraft(["predict", ...args])).err;
  expect(await of(path("plain"), pictures[0]!, "--abstain", "--tta", "2")).toMatch(
    /--sets and --abstain cannot be used with --tta/,
  );
  expect(await of(path("base"), pictures[0]!, "--sets", "lac")).toMatch(
    /the model's folder does not say what its probabilities are good for/,
  );
  cpSync(plain.model, path("damaged"), { recursive: true });
  const file = path("damaged", "engraft.json");
  const { trust, ...rest } = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...rest, trust: { ...trust, energies: ["low"] } }));
  expect(await of(path("damaged"), pictures[0]!, "--sets", "lac")).toMatch(
    /engraft.json: "trust" is not what Engraft writes/,
  );
  await expect(
    train(path("data"), { strategy: "lora", adapterOnly: true, calibrate: "temperature" }),
  ).rejects.toThrow("an adapter's file holds no temperature");
});

test("fewer than ten test items: the screen and the report have no number", async () => {
  await tinyData(path("small"), { ant: 12, bee: 12 }, 900);
  const { out } = await engraft([
    ...["train", path("small"), "--base", path("base"), "--strategy", "probe", "--threads", "1"],
    ...["--no-cache", "--out", path("few"), "--quiet"],
  ]);
  expect(out).toMatch(/^accuracy +[\d.]+ to [\d.]+ % .*\n +4 test pictures are too few /m);
  const report = readFileSync(path("few", "report.html"), "utf8");
  const begin = report.slice(report.indexOf("<main>"), report.indexOf("<main>") + 600);
  expect(begin).toMatch(/<p class="unknown">4\u00a0test pictures/);
});

test("a model with probabilities as outputs is scored by them; outputs that are no distribution cause a warning", async () => {
  const withOutput = (name: string, make: (g: Builder, logits: string) => string): string => {
    const dir = path(name);
    cpSync(plain.model, dir, { recursive: true });
    const { graph } = fromOnnx(readFileSync(join(dir, "onnx/model.onnx")));
    const made = make(new Builder(graph), graph.outputs[0]!);
    graph.outputs.splice(0, 1, made);
    writeFileSync(join(dir, "onnx/model.onnx"), toOnnx(graph));
    return dir;
  };
  const scored = async (dir: string) => {
    const warnings: WarningEvent[] = [];
    const onEvent = (e: { event: string }) => e.event === "warning" && warnings.push(e as WarningEvent);
    const { test: scores } = (await evaluate(dir, path("data"), {
      threads: 1,
      onEvent,
    })) as PictureEvaluation;
    return { scores, said: warnings.filter(({ code }) => code === "probabilities").map((w) => w.message) };
  };
  const softmax = await scored(withOutput("softmax", (g, z) => g.softmax(z)));
  expect(softmax.said).toEqual([
    "the model's outputs are probabilities, not raw scores: they are scored as such (a pipeline that adds a softmax will not)",
  ]);
  expect(softmax.scores.loss).toBeCloseTo(plain.test.loss, 4);
  const sigmoid = await scored(withOutput("sigmoid", (g, z) => g.sigmoid(z)));
  expect(sigmoid.said[0]).toMatch(
    /^the model's outputs lie between 0 and 1 and sum to .* a row, not to 1: its classes are no distribution/,
  );
  expect(sigmoid.scores.accuracy).toBeCloseTo(plain.test.accuracy, 12);
});
