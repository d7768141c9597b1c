import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resumeTraining } from "../../src/api/resume-training.js";
import { studyLines } from "../../src/cli/render/render-report.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { type AdaptOptions, adapt, EngraftError, resume, resumeAdapt } from "../../src/index.js";
import { bars, reviews } from "../support/domain-data.js";
import { stopRun } from "../support/stop-run.js";

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);
const quick: AdaptOptions = {
  method: "dann",
  base: "lenet",
  imageSize: 16,
  epochs: 2,
  threads: 1,
  batchSize: 8,
  cache: false,
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "engraft-adapt-"));
  await bars(at("light"), ["lying", "standing"], 40, false);
  await bars(at("dark"), ["lying", "standing"], 40, true);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function failure(source: string, target: string, options: AdaptOptions = {}): Promise<string> {
  const error = await adapt(source, target, { ...quick, out: at("never"), ...options }).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(EngraftError);
  return (error as EngraftError).format();
}

test("adapts pictures with DANN, chooses without target labels, and reports the gain", {
  tags: ["thorough"],
}, async () => {
  const events: EngraftEvent[] = [];
  const result = await adapt(at("light"), at("dark"), {
    ...quick,
    option: { tradeOff: "0.3,1" },
    out: at("dann"),
    onEvent: (event) => events.push(event),
  });
  // The forecast comes before the first step: three trainings with their time.
  const [forecast, ...more] = events.filter((e) => e.event === "forecast");
  expect(more).toEqual([]);
  expect(events.indexOf(forecast!)).toBeLessThan(events.findIndex((e) => e.event === "epoch"));
  const { seconds, low, high, peak_rss_mb } = forecast!;
  expect(result.forecast).toEqual({ seconds, low, high, peak_rss_mb });
  const { steps } = /training .* \((?<steps>\d+) steps .* the other trainings/.exec(forecast!.words)!.groups!;
  expect(Number(steps)).toBe(quick.epochs! * Math.floor(result.source.split.train / quick.batchSize!));
  // An event of every training, in every regime.
  expect(events.find((e) => e.event === "trainable")).toMatchObject({
    ...result.trainable,
    groups: [{ name: "everything" }, { name: "discriminator" }],
  });
  expect(result.strategy).toMatchObject({ name: "dann", reasons: ['adapted from "light" to "dark"'] });
  expect(result.split).toMatchObject({ train: result.source.split.train, test: result.target.split.test });
  expect(result.task).toBe("domain-adaptation");
  expect(result.classes).toEqual(["lying", "standing"]);
  // Two trade-offs, each with its initial state and two epochs.
  expect(result.candidates.map((c) => [c.trade_off, c.epoch])).toEqual([
    [0.3, 0],
    [0.3, 1],
    [0.3, 2],
    [1, 0],
    [1, 1],
    [1, 2],
  ]);
  const best = Math.max(...result.candidates.map((c) => c.score));
  expect(result.chosen.score).toBe(best);
  for (const c of result.candidates) expect(c.score).toBeCloseTo(c.source_accuracy + c.information, 12);
  expect(result.oracle!.target_accuracy).toBe(Math.max(...result.candidates.map((c) => c.target_accuracy!)));
  expect(result.test!.accuracy).toBeCloseTo(result.chosen.target_accuracy!, 12);
  expect(result.source_only.test!.n).toBe(result.test!.n);
  expect(result.distance.before.a_distance!.value).toBeGreaterThan(1);
  expect(result.gain).toMatchObject({
    value: expect.closeTo(result.test!.accuracy - result.source_only.test!.accuracy, 12),
    of: "models",
  });
  expect(result.gain).not.toHaveProperty("ci95");
  expect(result.gain).not.toHaveProperty("p");
  const once = "so this does not show that the method causes the difference";
  expect(studyLines(result).join(" ").replace(/\s+/g, " ")).toContain(once);
  const page = readFileSync(at("dann", "report.html"), "utf8");
  expect(page).toContain(
    "another seed can give another result, so this does not show that the method causes",
  );
  expect(page).not.toContain("p &lt; 0.001");
  for (const said of ["oracle", "A-distance", "source-only", "dann"]) expect(page).toContain(said);
  // A finished run returns its result again, by either name. `engraft train --resume` names the right command.
  expect(await resumeAdapt(at("dann"))).toMatchObject({ chosen: result.chosen });
  expect(await resume(at("dann"))).toMatchObject({ task: "domain-adaptation", chosen: result.chosen });
  await expect(resumeTraining(at("dann"))).rejects.toThrow(/is an adaptation, not a training/);
});

test("labels of the target do not influence the choice", { tags: ["thorough"] }, async () => {
  const { default: sharp } = await import("sharp");
  // The same pictures in the same order, without labels.
  mkdirSync(at("nameless"), { recursive: true });
  for (const [k, label] of ["lying", "standing"].entries())
    for (let i = 0; i < 40; i++)
      writeFileSync(
        at("nameless", `${k}-${i}.png`),
        await sharp(at("dark", label, `${i}.png`))
          .png()
          .toBuffer(),
      );
  const result = await adapt(at("light"), at("nameless"), {
    ...quick,
    method: "deep-coral",
    option: { tradeOff: 1 },
    out: at("coral"),
  });
  expect(result.target.labelled).toBe(false);
  expect(result.target.split).toMatchObject({ train: 68, validation: 12, test: 0 });
  expect(result.test).toBeUndefined();
  expect(result.oracle).toBeUndefined();
  expect(result.candidates.every((c) => c.target_accuracy === undefined)).toBe(true);
  expect(readFileSync(at("coral", "report.html"), "utf8")).toContain("The target has no labels");
});

test("the same seed gives the same result, also after an abort and resume", {
  tags: ["thorough"],
}, async () => {
  const options: AdaptOptions = { ...quick, option: { tradeOff: 1 }, seed: 3 };
  const whole = await adapt(at("light"), at("dark"), { ...options, tensorboard: true, out: at("whole") });
  expect(existsSync(at("whole", "tensorboard"))).toBe(true);
  // In the second epoch of the method's own training.
  await stopRun(
    (how) => adapt(at("light"), at("dark"), { ...options, out: at("cut"), ...how }),
    (e) => e.event === "epoch" && e.stage === "dann-1",
  );
  expect(existsSync(at("cut", "tensorboard"))).toBe(false);
  const again = await resume(at("cut"));
  if (again.task !== "domain-adaptation") throw new Error(again.task);
  expect(again.candidates).toEqual(whole.candidates);
  expect(again.test!.accuracy).toBe(whole.test!.accuracy);
});

test("options of the training loop are those of `train`", { tags: ["thorough"] }, async () => {
  const result = await adapt(at("light"), at("dark"), {
    ...{ ...quick, method: "source-only", epochs: 1, out: at("loop") },
    ...{ lr: "find", accumulate: 2, sam: 0.05, trainable: "conv2*", weights: "fp16" },
  });
  expect(result.method.recipe).toMatch(
    /gradient accumulation over 2 batches, sharpness-aware minimisation, ρ 0.05/,
  );
  expect(result.rate_found).toBeGreaterThan(0);
  // conv2 is float32[48, 32, 5, 5] with a bias, the head float32[2, 128] with a bias.
  expect(result.trainable.parameters).toBe(48 * 32 * 5 * 5 + 48 + 2 * 128 + 2);
  // Two bytes per weight: half of the float32 file.
  const size = statSync(at("loop", "model", "onnx", "model.onnx")).size;
  expect(size).toBeLessThan(0.6 * 4 * result.trainable.total);
  expect(await failure(at("light"), at("dark"), { memoryLimit: "1MB" })).toMatch(/memory/);
});

test("weights source items by KLIEP, with mean 1", { tags: ["thorough"] }, async () => {
  const result = await adapt(at("light"), at("dark"), { ...quick, method: "kliep", out: at("kliep") });
  expect(result.weights!.n).toBe(result.source.split.train);
  expect(result.weights!.effective).toBeLessThanOrEqual(result.weights!.n + 1e-9);
  expect(result.candidates.every((c) => c.trade_off === undefined)).toBe(true);
});

test("adapts a pretrained base, starting from the probe's head", { tags: ["thorough"] }, async () => {
  const result = await adapt(at("light"), at("dark"), {
    method: "dann",
    epochs: 1,
    batchSize: 8,
    threads: 2,
    cache: false,
    imageSize: 32,
    option: { tradeOff: 1 },
    out: at("base"),
  });
  expect(result.base.name).toBe("vision-open");
  // Epoch 0 already has the solved head, which is better than guessing on the source.
  expect(result.candidates[0]).toMatchObject({ epoch: 0 });
  expect(result.candidates[0]!.source_accuracy).toBeGreaterThan(0.7);
});

test("adapts texts as bags of words, and saves the vocabulary with the model", {
  tags: ["thorough"],
}, async () => {
  const source = reviews(at("books.csv"), ["page", "author", "plot", "chapter"]);
  const target = reviews(at("kitchen.csv"), ["pan", "knife", "oven", "pot"]);
  const result = await adapt(source, target, {
    method: "dann",
    epochs: 6,
    batchSize: 8,
    threads: 1,
    option: { tradeOff: 1 },
    out: at("texts"),
  });
  expect(result.unit).toBe("text");
  const bag = JSON.parse(readFileSync(at("texts", "model", "bag_of_words.json"), "utf8")) as {
    terms: string[];
  };
  // The vocabulary has words of the unlabelled target.
  expect(bag.terms).toContain("pan");
  // Both domains share the words of praise and blame.
  expect(result.test!.accuracy).toBeGreaterThan(0.8);
});

test("refuses domains that do not fit together, with the reason", { tags: ["thorough"] }, async () => {
  mkdirSync(at("empty"), { recursive: true });
  expect(await failure(at("light"), at("empty"))).toMatch(/no pictures in/);
  expect(await failure(at("light"), at("gone"))).toMatch(/there is no target at/);
  expect(await failure(at("gone"), at("light"))).toMatch(/there is no source at/);
  expect(await failure(at("light"), at("light"))).toMatch(/source and target are the same data/);
  await bars(at("others"), ["lying", "leaning"], 20, true);
  expect(await failure(at("light"), at("others"))).toBe(
    `DataError: the target has a class that the source has not: "leaning"\n  at source "${at("light")}", target "${at("others")}"\n  help: the source's are "lying", "standing": give the target's the same names, leave these pictures out, or give the target without labels`,
  );
  await bars(at("single"), ["lying"], 20, true);
  expect(await failure(at("light"), at("single"))).toMatch(
    /the target has pictures of one class only: "lying"/,
  );
  expect(await failure(at("single"), at("dark"))).toMatch(/only one class in/);
  await bars(at("few"), ["lying", "standing"], 4, true);
  expect(await failure(at("light"), at("few"))).toMatch(
    /the target has \d pictures to train on[\s\S]*at least 8 are needed/,
  );
  const texts = reviews(at("plain.csv"), ["a", "b"]);
  expect(await failure(at("light"), texts)).toMatch(/the source holds pictures, the target texts/);
  expect(await failure(texts, reviews(at("more.csv"), ["c", "d"]))).toMatch(
    /the base lenet is for pictures, and these are texts/,
  );
  const unlabelled = reviews(at("unlabelled.csv"), ["c", "d"], false);
  expect(await failure(unlabelled, texts, { base: undefined, imageSize: undefined } as AdaptOptions)).toMatch(
    /the source has no labels/,
  );
});

test("refuses unknown options by name", async () => {
  expect(await failure(at("light"), at("dark"), { method: "mmd" } as never)).toMatch(
    /method is "mmd"[\s\S]*auto, source-only, dann/,
  );
  expect(await failure(at("light"), at("dark"), { option: { tradeoff: 1 } })).toMatch(
    /method "dann" has no option tradeoff[\s\S]*it has tradeOff, alpha, hidden/,
  );
  expect(await failure(at("light"), at("dark"), { option: { tradeOff: "1,,2" } })).toMatch(
    /numbers from 0 to 10,000/,
  );
  expect(await failure(at("light"), at("dark"), { method: "source-only", option: { tradeOff: 1 } })).toMatch(
    /it has none/,
  );
});

test("a list with ambiguous quotes is refused with a hint to --quotes, and read with that option", {
  tags: ["thorough"],
}, async () => {
  const list = (name: string): string => {
    const lines = Array.from(
      { length: 20 },
      (_, i) => `great ${name} ${i},good\nawful "thing" ${i} ${name},bad`,
    );
    writeFileSync(at(name), `text,label\n" and a man,bad\n${lines.join("\n")}\nand" so,good\n`);
    return at(name);
  };
  const [source, target] = [list("quoted-a.csv"), list("quoted-b.csv")];
  const options: AdaptOptions = {
    method: "source-only",
    threads: 1,
    cache: false,
    epochs: 1,
    out: at("quoted"),
  };
  await expect(adapt(source, target, options)).rejects.toMatchObject({
    code: "unusable-list",
    details: { line: 2 },
  });
  const run = await adapt(source, target, { ...options, quotes: "none" });
  // 42 rows by hand: 2 · 20 and the two around them.
  const { train, validation, test: tested } = run.source.split;
  expect(train + validation + tested).toBe(42);
});
