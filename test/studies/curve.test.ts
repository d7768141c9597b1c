// Learning curves: sizes, interruptions, refused options, and the report.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { type EngraftError, learningCurve, resume, resumeCurve, train } from "../../src/index.js";
import { checkSizes, sizesFor } from "../../src/studies/curve/curve-sizes.js";
import { taggedSentences, writeTagged } from "../support/entity-data.js";
import { cli, engraft, tinyBase, tinyData } from "../support/fixtures.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-curve-"));
const path = (...parts: string[]) => join(root, ...parts);
let data: string;
let base: string;
const common = { epochs: 1, augment: "none", threads: 1, scratchSteps: 12 } as const;

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  data = await tinyData(path("data"), { ant: 30, bee: 30 });
  base = tinyBase(path("base"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const failure = (work: Promise<unknown>): Promise<EngraftError> =>
  work.then(
    () => Promise.reject(new Error("it went through")),
    (error: EngraftError) => error,
  );

test("five sizes grow by the same factor, from at least two items per class", () => {
  expect(sizesFor(320, 2)).toEqual([20, 40, 80, 160, 320]);
  expect(sizesFor(42, 2)[0]).toBe(4);
  expect(() => sizesFor(8, 2)).toThrow("8 items of 2 classes are too few for a learning curve");
  const refused = (sizes: number[]) => () => checkSizes(sizes, 100, 3);
  expect(refused([20, 10])).toThrow("sizes are 20,10");
  expect(refused([20])).toThrow("one size, 20, is no curve");
  expect(refused([2, 20])).toThrow("the smallest size, 2, is less than one item a class");
  expect(refused([20, 101])).toThrow("the largest size, 101, is more than there is to learn from, 100");
});

test("a stopped curve resumes; each point equals a run of train; the folder has a readable report", {
  tags: ["thorough"],
}, async () => {
  const options = { ...common, base, sizes: [4, 12], seeds: 2, score: 0.6, out: path("curve") };
  const controller = new AbortController();
  const stopped = await failure(
    learningCurve(data, {
      ...options,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.event === "run" && event.state === "done" && event.number === 2) controller.abort();
      },
    }),
  );
  expect(stopped.kind).toBe("Interrupted");
  expect(stopped.message).toMatch(/^stopped after [23] of 4 trainings$/);
  expect(stopped.help).toContain("engraft curve --resume");
  const kept: string[] = [];
  const result = await resume(path("curve"), {
    onEvent: (event) => {
      if (event.event === "run" && event.state === "kept") kept.push(event.label);
    },
  });
  if (result.task !== "learning-curve") throw new Error(result.task);
  expect(kept.slice(0, 2)).toEqual(["4 pictures", "12 pictures"]);
  expect(result.runs.map(({ size, seed }) => [size, seed])).toEqual([
    [4, 0],
    [12, 0],
    [4, 1],
    [12, 1],
  ]);
  expect(result.words).toContain("With 2 sizes no law");
  const task = "image-classification" as const;
  const own = { ...common, task, base, baselines: true, seeds: 1, trainSize: 4, seed: 1, out: path("own") };
  const single = await train(data, own);
  expect(single.split.train).toBe(4);
  const point = result.runs.find(({ size, seed }) => size === 4 && seed === 1)!;
  expect([point.transfer, point.scratch]).toEqual([
    single.test.accuracy,
    single.baselines!.scratch!.test.accuracy,
  ]);
  const page = readFileSync(path("curve", "report.html"), "utf8");
  expect(page).toContain("How many samples transfer saves");
  expect(page).not.toContain("NaN");
  expect(await failure(learningCurve(data, options))).toMatchObject({
    kind: "RunError",
    message: expect.stringContaining("already holds a learning curve"),
  });
  expect(await failure(resume(path("curve"), { more: { epochs: 1 } }))).toMatchObject({
    kind: "OptionError",
    details: { option: "more" },
    help: "leave it out; options of a learning curve are threads, jobs, data",
  });
});

test("wrong options are refused before anything is written", { tags: ["thorough"] }, async () => {
  const refused = async (options: object) =>
    (await failure(learningCurve(data, { base, ...options }))).message;
  expect(await refused({ seeds: 0 })).toBe("seeds is 0");
  expect(await refused({ score: 90 })).toBe("score is 90");
  expect(await refused({ epochs: 0.5 })).toBe("epochs is 0.5");
  expect((await failure(learningCurve(path("nowhere")))).details).toEqual({ data: path("nowhere") });
  expect((await failure(resumeCurve(data))).message).toContain("holds no learning curve");
  expect((await failure(train(data, { base, trainSize: 1000, out: path("big") }))).details).toMatchObject({
    asked: 1000,
  });
  expect(existsSync(path("big"))).toBe(false);
});

test("drawn labels of each class: one test split, draws by seed, and the smallest class is named", {
  tags: ["thorough"],
}, async () => {
  const options = {
    ...common,
    base,
    shots: [1, 4],
    draws: 2,
    strategy: "probe",
    out: path("shots"),
  } as const;
  const result = await learningCurve(data, options);
  expect(result.sizes.map(({ shots, size }) => [shots, size])).toEqual([
    [1, 2],
    [4, 8],
  ]);
  expect(result.same_test).toBe(true);
  expect(result.note_codes).toEqual(["few validation", "draws"]);
  expect(result.seeds).toEqual([0, 1]);
  const manifest = (run: string) => JSON.parse(readFileSync(path("shots", "runs", run, "run.json"), "utf8"));
  const [first, second] = [manifest("8-seed-0"), manifest("8-seed-1")];
  for (const run of [first, second]) expect(run.result.split).toMatchObject({ train: 8, seed: 0 });
  expect(manifest("2-seed-1").result.split.validation).toBe(2);
  // The same run of train, by its own options.
  const own = { ...common, base, task: "image-classification", strategy: "probe", shots: 4 } as const;
  const seeds = { seed: 1, splitSeed: 0, baselines: true, seeds: 1 } as const;
  const single = await train(data, { ...own, ...seeds, out: path("own-shots") });
  const point = result.runs.find(({ size, seed }) => size === 8 && seed === 1)!;
  expect(single.test.accuracy).toBe(point.transfer);
  const { estimateOverSeeds } = await import("../../src/statistics/index.js");
  const rows = [first, second].map((run) => run.result.test.scores.values);
  expect(result.sizes[1]!.transfer).toEqual(estimateOverSeeds(rows, { range: "share" }));
  const page = readFileSync(path("shots", "report.html"), "utf8");
  expect(page).toContain("labels a class");
  expect(page).toMatch(/2\sdraws/);
  expect(page).not.toMatch(/NaN|undefined/);

  const refused = async (other: object) => {
    const { message, help } = await failure(learningCurve(data, { base, out: path("no"), ...other }));
    return `${message}: ${help}`;
  };
  const tooMany = await failure(learningCurve(data, { base, out: path("no"), shots: [1, 22] }));
  expect(tooMany.details).toMatchObject({ shots: 22, class: "ant" });
  expect(tooMany.help).toMatch(/^give at most 2\d?, or add samples to the class$/);
  expect(await refused({ shots: [5, 1] })).toBe(
    "the shots 5,1 are no rising whole numbers: give two or more whole numbers that rise, like 1,5,20",
  );
  expect(await refused({ shots: [5] })).toMatch(/^one number of shots, 5, is no curve: give two or more/);
  expect(await refused({ shots: [1, 5], sizes: [4, 8] })).toBe(
    "the options shots and sizes exclude each other: give one of them",
  );
  expect(await refused({ shots: [1, 5], seeds: 4 })).toBe(
    "the options shots and seeds exclude each other: give the number of draws with --draws",
  );
  expect(await refused({ draws: 4 })).toMatch(/^the option draws has no effect without --shots: /);
  const both = train(data, { base, shots: 2, trainSize: 8, out: path("no") });
  expect((await failure(both)).message).toBe("shots and trainSize both say how many samples to learn from");
  expect(existsSync(path("no"))).toBe(false);
});

test("the command line prints its progress, and refuses options with --resume", async () => {
  const ran = await engraft(["curve", "--resume", path("curve"), "--epochs", "3", "--json"], {
    cache: path("cache"),
    script: cli,
  });
  expect(ran.code).toBe(2);
  expect(ran.events.at(-1)).toMatchObject({ event: "error", details: { fixed: "epochs" } });
});

test("texts have a curve too; a table without a pretrained model has none", {
  tags: ["thorough"],
}, async () => {
  const lines = reviews(80).map(({ text, label }) => `"${text}",${label}`);
  writeFileSync(path("reviews.csv"), ["text,label", ...lines].join("\n"));
  writeFileSync(path("houses.csv"), ["rooms,price", "1,2.5", "2,3.5", "3,5.25"].join("\n"));
  const encoder = writeTextBase(path("encoder"));
  const args = [
    "--sizes",
    "8,24",
    "--seeds",
    "1",
    "--epochs",
    "1",
    "--scratch-steps",
    "12",
    "--threads",
    "1",
  ];
  const ran = await engraft(
    ["curve", path("reviews.csv"), "--base", encoder, ...args, "--out", path("texts")],
    { cache: path("cache") },
  );
  expect(ran.code).toBe(0);
  expect(ran.err).toContain("24 texts, seed 0");
  expect(ran.out).toMatch(/^\s*texts\s+finetune\s+from scratch/m);
  expect(ran.out + readFileSync(path("texts", "report.html"), "utf8")).not.toMatch(/NaN|undefined|pictures/);
  const error = await failure(learningCurve(path("houses.csv"), { task: "auto", out: path("no") }));
  expect(error.message).toBe(
    "a learning curve compares transfer with training from scratch, and this run of tabular-regression has no model to start from",
  );
  expect(error.help).toBe("name a trained model of the same kind with --init-from");
  expect(existsSync(path("no"))).toBe(false);
});

test("a table of numbers with another table's model has a curve of R² by rows", {
  tags: ["thorough"],
}, async () => {
  const d = draws(3, "tables");
  const rows = (count: number): string => {
    const row = () => {
      const [a, b] = [d.normal(), d.normal()];
      return [a, b, 3 * a - 2 * b + 0.1 * d.normal()].map((v) => v.toFixed(4)).join(",");
    };
    return ["a,b,y", ...Array.from({ length: count }, row)].join("\n");
  };
  writeFileSync(path("large.csv"), rows(200));
  writeFileSync(path("small.csv"), rows(120));
  const own = { task: "tabular-regression", target: "y", threads: 1 } as const;
  const source = await train(path("large.csv"), { ...own, epochs: 5, out: path("large") });
  const out = path("table-curve");
  const runOptions = { ...own, initFrom: source.model, sizes: [8, 16, 32, 64], seeds: 2, score: 0.5, out };
  const result = await learningCurve(path("small.csv"), { ...runOptions, epochs: 2, scratchSteps: 12 });
  expect([result.metric, result.unit, result.classes]).toEqual(["r2", "rows", ["y"]]);
  expect([result.target, result.strategy]).toEqual([0.5, "full"]);
  const single = JSON.parse(readFileSync(join(out, "runs", "64-seed-1", "run.json"), "utf8")).result;
  expect(single.split.train).toBe(64);
  const point = result.runs.find(({ size, seed }) => size === 64 && seed === 1)!;
  expect([point.transfer, point.scratch]).toEqual([single.test.r2, single.baselines.scratch.test.r2]);
  const both = result.runs.filter(({ size }) => size === 64).map(({ transfer }) => transfer);
  expect(result.sizes[3]!.transfer.mean).toBeCloseTo((both[0]! + both[1]!) / 2, 7);
  const page = readFileSync(join(out, "report.html"), "utf8");
  expect(page).toMatch(/R² by .* rows/);
  expect(page + result.words).not.toMatch(/NaN|undefined|pictures/);
});

test("entities have a curve of F1 by sentences", { tags: ["thorough"] }, async () => {
  const tagged = writeTagged(path("tagged"), taggedSentences(120));
  const encoder = writeTextBase(path("tag-encoder"));
  const args = [
    "--task",
    "token-classification",
    "--sizes",
    "16,64",
    "--seeds",
    "2",
    "--epochs",
    "2",
    "--scratch-steps",
    "12",
  ];
  const out = path("entity-curve");
  const ran = await engraft(
    ["curve", tagged, "--base", encoder, ...args, "--threads", "1", "--json", "--out", out],
    { cache: path("cache") },
  );
  expect(ran.code).toBe(0);
  const result = JSON.parse(ran.out.trim().split("\n").at(-1)!);
  expect([result.metric, result.unit, result.classes]).toEqual(["f1", "sentences", ["MOOD", "THING"]]);
  const single = JSON.parse(readFileSync(join(out, "runs", "64-seed-1", "run.json"), "utf8")).result;
  const point = result.runs.find(
    ({ size, seed }: { size: number; seed: number }) => size === 64 && seed === 1,
  );
  expect([point.transfer, point.scratch]).toEqual([single.test.f1, single.baselines.scratch.test.f1]);
  expect(result.test_items).toBe(single.test.sentences);
  const page = readFileSync(join(out, "report.html"), "utf8");
  expect(page).toMatch(/Micro F1 by .* sentences/);
  expect(page).toMatch(/2\stypes of entities/);
  expect(page).toContain(result.sizes[1].transfer.mean.toFixed(3));
  expect(page).not.toMatch(/NaN|undefined|pictures/);
});
