// Comparisons of strategies on texts, numbers of pictures, and tables.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import type { Task } from "../../src/core/results/task.js";
import {
  type ComparisonResult,
  compare,
  type EngraftError,
  resumeComparison,
  train,
} from "../../src/index.js";
import { strategies } from "../../src/methods/registry.js";
import { entriesOf, fittingEntries } from "../../src/studies/compare/compare-entries.js";
import { taggedSentences, writeTagged } from "../support/entity-data.js";
import { engraft, tinyBase } from "../support/fixtures.js";
import { picture } from "../support/pictures.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-compare-tasks-"));
const path = (...parts: string[]) => join(root, ...parts);
const quick = { threads: 1, epochs: 1 } as const;

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  const texts = reviews(80).map((r) => `"${r.text}",${r.label}`);
  writeFileSync(path("reviews.csv"), ["text,label", ...texts].join("\n"));
  writeTextBase(path("encoder"));
  tinyBase(path("base"));
  mkdirSync(path("pictures"));
  const lines = ["file,red"];
  for (let i = 0; i < 60; i++) {
    const red = 0.3 + (0.7 * ((i * 37) % 60)) / 60;
    await picture(i)
      .linear([red, 1, 1], [0, 0, 0])
      .png()
      .toFile(path("pictures", `${i}.png`));
    lines.push(`pictures/${i}.png,${(100 * red).toFixed(1)}`);
  }
  writeFileSync(path("tints.csv"), lines.join("\n"));
  const draw = draws(1, "rows");
  const rows = (n: number) =>
    Array.from({ length: n }, () => {
      const [a, b] = [draw.normal(), draw.normal()];
      return `${a.toFixed(3)},${b.toFixed(3)},${a + b > 0 ? "up" : "down"}`;
    });
  writeFileSync(path("large.csv"), ["a,b,label", ...rows(300)].join("\n"));
  writeFileSync(path("small.csv"), ["a,b,label", ...rows(90)].join("\n"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const failure = (work: Promise<unknown>): Promise<EngraftError> =>
  work.then(
    () => expect.fail("it should have failed"),
    (error: EngraftError) => error,
  );

test("texts: on the command line, each training equals one by `train`, and finished runs are kept", {
  tags: ["thorough"],
}, async () => {
  const words = ["--strategies", "probe,finetune,lora", "--seeds", "1", "--epochs", "1", "--threads", "1"];
  const ran = await engraft(
    ["compare", path("reviews.csv"), "--base", path("encoder"), ...words, "--out", path("texts"), "--json"],
    { cache: path("cache") },
  );
  expect(ran.err).toBe("");
  const result = ran.events.at(-1) as unknown as ComparisonResult;
  expect(result).toMatchObject({
    task: "comparison",
    metric: "accuracy",
    classes: ["bad", "good"],
    failures: [],
  });
  expect(result.rows).toHaveLength(3);
  const single = await train(path("reviews.csv"), {
    ...quick,
    task: "text-classification",
    base: path("encoder"),
    strategy: "lora",
    out: path("alone"),
  });
  const lora = result.runs.find(({ label }) => label === "lora")!;
  expect(lora.test.accuracy).toBe(single.test.accuracy);
  expect(lora.test.loss).toBe(single.test.loss);
  const states: string[] = [];
  await resumeComparison(path("texts"), {
    onEvent: (e) => e.event === "run" && states.push(e.state),
  });
  expect(states).toEqual(["kept", "kept", "kept"]);
});

test("entities and several labels: F1 instead of accuracy, differences by sentence or item", {
  tags: ["thorough"],
}, async () => {
  const moods = reviews(80).map(({ text, label }, i) => `"${text}",${label}${i % 2 ? "|odd" : ""}`);
  writeFileSync(path("moods.csv"), ["text,labels", ...moods].join("\n"));
  const data = {
    "token-classification": writeTagged(path("tagged"), taggedSentences(120)),
    "multi-label-classification": path("moods.csv"),
  } as const;
  for (const task of ["token-classification", "multi-label-classification"] as const) {
    const result = await compare(data[task], {
      ...quick,
      task,
      base: path("encoder"),
      strategies: ["probe", "finetune"],
      seeds: 2,
      out: path(task),
    });
    expect(result).toMatchObject({ metric: "f1", failures: [] });
    expect(result.classes.length).toBeGreaterThan(1);
    for (const row of result.rows) {
      const own = result.runs.filter(({ label }) => label === row.label);
      expect(row.accuracy).toBeNull();
      expect(row.f1!.mean).toBeCloseTo((own[0]!.test.f1! + own[1]!.test.f1!) / 2, 12);
    }
    const [run] = result.runs;
    const { result: its } = JSON.parse(readFileSync(join(run!.run, "run.json"), "utf8"));
    expect(run!.test.f1).toBeCloseTo(its.test.f1 ?? its.test.micro_f1, 12);
    const [first, second] = result.rows;
    expect(second!.to_winner!.gain).toBeCloseTo(second!.f1!.mean - first!.f1!.mean, 7);
    expect(result.winner!.words).toMatch(
      /^\S+ has .* F1 on average over 2 seeds\. Its test F1 is \d\.\d{3}\. /,
    );
    const report = readFileSync(join(path(task), "report.html"), "utf8");
    expect(report).toContain("<h2>F1 ");
    expect(report).not.toMatch(/NaN|undefined|accuracy/);
    const shown = await engraft(["compare", "--resume", path(task)], { cache: path("cache") });
    expect(shown.out).toMatch(/^\s+strategy\s+valid\.\s+test F1\s+to probe/m);
    expect(shown.out).not.toMatch(/NaN|undefined|accurac/);
  }
});

test("numbers of pictures: R² instead of accuracy, differences by item, the mean error in its unit", {
  tags: ["thorough"],
}, async () => {
  const result = await compare(path("tints.csv"), {
    ...quick,
    task: "image-regression",
    base: path("base"),
    strategies: ["probe", "bitfit"],
    seeds: 2,
    out: path("numbers"),
  });
  expect(result).toMatchObject({ metric: "r2", classes: [], targets: ["red"], failures: [] });
  for (const row of result.rows) {
    const own = result.runs.filter(({ label }) => label === row.label);
    expect(row.accuracy).toBeNull();
    expect(row.r2!.mean).toBeCloseTo((own[0]!.test.r2! + own[1]!.test.r2!) / 2, 12);
    expect(row.mae).toBeCloseTo((own[0]!.test.mae! + own[1]!.test.mae!) / 2, 12);
  }
  // The table has the difference of the R² in the runs' results.
  const [first, second] = result.rows;
  expect(second!.to_winner!.gain).toBeCloseTo(second!.r2!.mean - first!.r2!.mean, 7);
  expect(result.winner!.words).toMatch(
    /^\S+ has .* R² on average over 2 seeds\. Its test R² is -?\d\.\d{3}\. /,
  );
  expect(result.winner!.words).toContain("of R²");
  const report = readFileSync(path("numbers/report.html"), "utf8");
  expect(report).toContain("<h2>R² ");
  expect(report).toContain("mean error of red");
  expect(report).not.toMatch(/NaN|undefined|accuracy/);
  const shown = await engraft(["compare", "--resume", path("numbers")], { cache: path("cache") });
  expect(shown.out).toMatch(/^\s+strategy\s+valid\.\s+test R²\s+mean error of red\s+to probe/m);
  expect(shown.out).not.toMatch(/NaN|undefined|accurac/);
});

test("tables: strategies that start from another table's model; without one only strategies that need none", {
  tags: ["thorough"],
}, async () => {
  const table = { ...quick, task: "tabular-classification" } as const;
  const large = await train(path("large.csv"), { ...table, epochs: 8, out: path("large") });
  const result = await compare(path("small.csv"), {
    ...table,
    strategies: ["probe", "full"],
    seeds: 1,
    initFrom: large.model,
    out: path("tables"),
  });
  expect(result).toMatchObject({ metric: "accuracy", classes: ["down", "up"], failures: [] });
  expect(result.runs.map(({ label }) => label)).toEqual(["probe", "full"]);
  expect(result.winner!.words).toContain("best validation accuracy");
  const error = await failure(compare(path("small.csv"), { ...table, out: path("refused") }));
  expect(error).toMatchObject({
    kind: "OptionError",
    details: { option: "strategy", needs: "pretrained" },
    help: expect.stringContaining("by --strategy full"),
  });
});

test("options that a task lacks are refused before anything is written", async () => {
  const refused = async (data: string, options: object) =>
    (await failure(compare(path(data), { ...quick, out: path("none"), ...options }))).details;
  expect(await refused("tints.csv", { task: "image-regression", strategies: ["probe", "lwf"] })).toEqual({
    option: "strategy",
    needs: "base classifier",
  });
  expect(await refused("reviews.csv", { task: "text-classification", loss: "huber" })).toEqual({
    option: "loss",
    needs: "numbers",
  });
  expect(await refused("reviews.csv", { task: "text-classification", base: path("nowhere") })).toEqual({
    base: path("nowhere"),
  });
  expect(existsSync(path("none"))).toBe(false);
});

test("an entry that no run accepts is refused before any training, with its place and a remedy", async () => {
  const moods = reviews(40).map(({ text, label }, i) => `"${text}",${label}${i % 2 ? "|odd" : ""}`);
  writeFileSync(path("few-moods.csv"), ["text,labels", ...moods].join("\n"));
  const tagged = writeTagged(path("few-tagged"), taggedSentences(40));
  const refused = async (data: string, task: string, entry: string) => {
    const events: string[] = [];
    const error = await failure(
      compare(data, {
        ...quick,
        task: task as "auto",
        ...(task !== "tabular-classification" && {
          base: path(task === "image-regression" ? "base" : "encoder"),
        }),
        strategies: ["full", entry],
        out: path("entry"),
        onEvent: ({ event }) => events.push(event),
      }),
    );
    expect(events).not.toContain("run");
    expect(existsSync(path("entry"))).toBe(false);
    return error;
  };
  expect((await refused(path("reviews.csv"), "text-classification", "probe:augment=typo")).format()).toBe(
    `OptionError: augment "typo" means nothing for the strategy "probe"
  at strategies: probe:augment=typo
  help: a probe is solved, not trained: leave it out, or use another strategy`,
  );
  for (const [data, task, entry, details] of [
    ["reviews.csv", "text-classification", "finetune:noise=0.2", { option: "noise", without: "--augment" }],
    ["reviews.csv", "text-classification", "finetune:augment=strong", { option: "augment", needs: "images" }],
    ["few-moods.csv", "multi-label", "probe:augment=typo", { option: "augment", strategy: "probe" }],
    ["few-moods.csv", "multi-label", "finetune:focal=2", { option: "focal", needs: "softmax" }],
    ["few-tagged", "entities", "finetune:augment=typo", { option: "augment", needs: "augmentation" }],
    ["few-tagged", "entities", "bss", { option: "strategy", needs: "feature row" }],
    ["tints.csv", "image-regression", "finetune:augment=typo", { option: "augment", needs: "texts" }],
    [
      "small.csv",
      "tabular-classification",
      "full:augment=typo",
      { option: "augment", needs: "augmentation" },
    ],
  ] as const) {
    const from = data === "few-tagged" ? tagged : path(data);
    expect(await refused(from, task, entry), entry).toMatchObject({
      kind: "OptionError",
      ...(entry !== "bss" && { at: `strategies: ${entry}` }),
      details,
    });
  }
});

test("all stands for every strategy that fits the data", async () => {
  const ofTables = ["linear", "trees"];
  const names = Object.keys(strategies).filter((name) => name !== "auto" && !ofTables.includes(name));
  const fitting = async (task: Task) =>
    (await fittingEntries(task, entriesOf(["all"]), {}, { named: ["all"] })).map(({ strategy }) => strategy);
  expect(await fitting("text-classification")).toEqual(names);
  const ofOneAnswer = ["sums", "ngram-probe", "characters", "bss", "setfit", "lwf", "co-tuning", "head"];
  expect(await fitting("token-classification")).toEqual(names.filter((name) => !ofOneAnswer.includes(name)));
  expect(await fitting("tabular-classification")).toEqual([...ofTables, "full"]);
});
