// Runs without training options: classification of texts and pictures is planned, other tasks are fine-tuned. Defaults of a
// task do not count as choices of the user.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { renderEvent } from "../../src/cli/render/render.js";
import type { TrainableEvent } from "../../src/core/events/events.js";
import { type TrainOptions, train } from "../../src/index.js";
import { taggedSentences, writeTagged } from "../support/entity-data.js";
import { engraft, modelBytes, tinyBase, tinyData } from "../support/fixtures.js";
import { labelledTexts } from "../support/label-data.js";
import { once } from "../support/moments.js";
import { picture } from "../support/pictures.js";
import { writeTextBase } from "../support/text-base.js";

const root = mkdtempSync(join(tmpdir(), "engraft-auto-by-task-"));
const path = (...parts: string[]): string => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const [header, ...rows] = readFileSync(
  fileURLToPath(new URL("../../assets/demo-texts/messages.csv", import.meta.url)),
  "utf8",
)
  .trim()
  .split("\n");
const chinese = (row: string): boolean => /\p{Script=Han}/u.test(row);
const write = (name: string, lines: readonly string[]): string => {
  writeFileSync(path(name), `${[header, ...lines].join("\n")}\n`);
  return path(name);
};
const english = write(
  "en.csv",
  rows.filter((row) => !chinese(row)),
);
const inChinese = write("zh.csv", rows.filter(chinese));
const quick = { trainSize: 20, threads: 1, cache: false } as const;
const few = /^20 training (texts|pictures) \(\d+ of class ".+"\) are fewer than 40: training all weights/;

test.each([
  ["English", english],
  ["Chinese", inChinese],
])(
  "%s texts: without training options, the run chooses its strategy, prints the reason, and a dry run says it before",
  async (language, data) => {
    const lines: string[] = [];
    const out = path(`auto ${language}`);
    const run = await train(data, {
      ...{ ...quick, task: "text-classification", out },
      onEvent: (event) => {
        if (event.event === "trainable") lines.push(...[renderEvent(event) ?? ""].flat());
      },
    });
    expect(run.strategy.name).toBe("ngram-probe");
    expect(run.strategy.reasons[0]).toMatch(few);
    expect(lines.join(" ").replace(/\s+/g, " ")).toContain(run.strategy.reasons[0]);
    const planned = await train(data, { ...quick, task: "text-classification", dryRun: true });
    expect(planned.strategy).toEqual(run.strategy);
    // The run records its decisions, but not the defaults of the task.
    const { options } = JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
    expect(options).toMatchObject({ strategy: "ngram-probe", reasons: run.strategy.reason_messages });
    expect(options).not.toHaveProperty("schedule");
  },
);

test("texts: with a schedule, the run is fine-tuned, as the guide states", {
  tags: ["thorough"],
}, async () => {
  const recipe: string[] = [];
  const run = await train(english, {
    ...{ ...quick, task: "text-classification", schedule: "cosine", out: path("told") },
    onEvent: (event) => {
      if (event.event === "progress" && event.phase === "training") recipe.push(event.stage ?? "");
    },
  });
  expect(run.strategy).toMatchObject({
    name: "finetune",
    reasons: ["default"],
    reason_messages: [{ code: "strategy-default" }],
  });
  expect(new Set(recipe)).toEqual(new Set(["finetune"]));
});

test("a run on texts resumes with its planned strategy after a stop, to the same bits", async () => {
  const cache = path("cache");
  const args = (out: string) => [
    ...[
      "train",
      english,
      "--train-size",
      "45",
      "--no-baselines",
      "--threads",
      "1",
      "--out",
      path(out),
      "--json",
    ],
  ];
  const whole = await engraft(args("whole"), { cache });
  expect(whole).toMatchObject({ code: 0, err: "" });
  const { strategy } = whole.events.at(-1)!;
  expect(strategy).toMatchObject({ name: "ngram-probe" });
  const stopped = await engraft(args("stopped"), {
    cache,
    onLine: once({ event: "trainable" }, (child) => child.kill("SIGINT")),
  });
  expect(stopped.code).toBe(130);
  const ran = await engraft(["train", "--resume", path("stopped"), "--json"], { cache });
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.events.at(-1)).toMatchObject({ strategy });
  expect(modelBytes(path("stopped")).equals(modelBytes(path("whole")))).toBe(true);
});

test("texts without letters or digits: the run takes a plain probe, and says that there are no n-grams", async () => {
  const data = path("marks.csv");
  const marks = ["!", "?", ".", ";", "-"];
  const lines = Array.from({ length: 60 }, (_, i) => {
    const text = [0, 1, 2].map((k) => marks[Math.floor(i / 5 ** k) % 5]).join(" ");
    return `"${text}",${i % 2 ? "a" : "b"}`;
  });
  writeFileSync(data, `text,label\n${lines.join("\n")}\n`);
  const base = writeTextBase(path("text base"));
  const run = await train(data, {
    ...{ task: "text-classification", base, threads: 1, cache: false, baselines: false },
    out: path("marks"),
  });
  expect(run.strategy.name).toBe("probe");
  expect(run.strategy.reasons[0]).toBe("the training texts have no n-grams");
});

test("pictures: a run without training options is planned, one with a schedule is fine-tuned", async () => {
  const data = await tinyData(path("pictures"), { ant: 12, bee: 12 });
  const base = tinyBase(path("base"));
  const own = { ...quick, base };
  const nothing = await train(data, { ...own, trainSize: 14, out: path("nothing") });
  expect(nothing.strategy.name).toBe("probe");
  expect(nothing.strategy.reasons[0]).toContain("14 training pictures");
  const tuned = await train(data, { ...own, trainSize: 14, schedule: "cosine", out: path("cosine") });
  expect(tuned.strategy).toMatchObject({
    name: "finetune",
    reasons: ["default"],
    reason_messages: [{ code: "strategy-default" }],
  });
});

/** Starts a run, stops it at its first `trainable` event, and returns that event. */
async function trainableEventOf(data: string, options: TrainOptions): Promise<TrainableEvent> {
  const stop = new AbortController();
  let found: TrainableEvent | undefined;
  const run = train(data, {
    ...{ threads: 1, cache: false, ...options, signal: stop.signal },
    onEvent: (event) => {
      if (event.event !== "trainable") return;
      found = event;
      stop.abort();
    },
  });
  await expect(run).rejects.toThrow(/stopped/);
  return found!;
}

test("entities, labels, numbers and tables are fine-tuned with or without a schedule, and print the strategy", async () => {
  const base = writeTextBase(path("text base"));
  const labelled = path("labels.csv");
  const texts = labelledTexts(30).map(({ text, labels }) => `${text},${labels.join("|")}`);
  writeFileSync(labelled, `text,labels\n${texts.join("\n")}\n`);
  for (let i = 0; i < 30; i++)
    await picture(i)
      .png()
      .toFile(path(`${i}.png`));
  writeFileSync(
    path("numbers.csv"),
    `file,size\n${Array.from({ length: 30 }, (_, i) => `${i}.png,${i}`).join("\n")}\n`,
  );
  const lines = Array.from({ length: 60 }, (_, i) => `${i},${(i * 7) % 11},${i % 2 === 0 ? "even" : "odd"}`);
  writeFileSync(path("rows.csv"), `a,b,label\n${lines.join("\n")}\n`);
  const tasks = {
    entities: [writeTagged(path("tagged"), taggedSentences(30)), { task: "token-classification", base }],
    labels: [labelled, { task: "multi-label-classification", base }],
    numbers: [path("numbers.csv"), { task: "image-regression", base: tinyBase(path("base of numbers")) }],
    tables: [path("rows.csv"), { task: "tabular-classification" }],
  } satisfies Record<string, [string, TrainOptions]>;
  for (const [task, [data, options]] of Object.entries(tasks))
    for (const schedule of [undefined, "cosine"] as const) {
      const runOptions = { ...options, ...(schedule && { schedule }), out: path(`${task} ${schedule}`) };
      const { strategy, reasons } = await trainableEventOf(data, runOptions as TrainOptions);
      const name = task === "tables" ? "scratch" : "finetune";
      expect([task, schedule, strategy, reasons.length > 0]).toEqual([task, schedule, name, true]);
    }
});
