// Several labels with several seeds, and their learning curve.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import type { CurveResult } from "../../src/core/results/curve.js";
import { type EngraftError, type EngraftEvent, learningCurve, resume, train } from "../../src/index.js";
import { engraft } from "../support/fixtures.js";
import { labelledTexts } from "../support/label-data.js";
import { stopRun } from "../support/stop-run.js";
import { writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-label-seeds-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]): string => join(folder, ...names);
let base: string;
let data: string;
beforeAll(() => {
  process.env.ENGRAFT_CACHE = at("cache");
  base = writeTextBase(at("base"));
  data = at("labelled.csv");
  // A given split: another seed changes the training, not the split.
  const part = (i: number): string => (i < 60 ? "train" : i < 90 ? "validation" : "test");
  const rows = labelledTexts(150).map((t, i) => `${t.text},${t.labels.join("|")},${part(i)}`);
  writeFileSync(data, `text,labels,split\n${rows.join("\n")}\n`);
});
const common = { task: "multi-label", cache: false, threads: 1, epochs: 1 } as const;

test.each([0.5, "validation"] as const)(
  "each repeat equals a single run with that seed, with thresholds by %s",
  { tags: ["thorough"] },
  async (threshold) => {
    const events: EngraftEvent[] = [];
    const options = { ...common, base, threshold, baselines: true, scratchSteps: 12 } as const;
    const name = `seeds-${threshold}`;
    const run = await train(data, {
      ...options,
      out: at(name),
      seeds: 3,
      onEvent: (event) => events.push(event),
    });
    expect((await renderAnyResult(run)).slice(-2).join("\n")).toMatch(
      /^next +engraft predict \S+\/model "a text"\n {11}engraft studio \S+ {2}\(see the result and try it\)$/,
    );
    const by = run.by_seed!;
    expect(by.runs[0]).toEqual({
      seed: 0,
      f1: run.test.micro_f1,
      scratch: run.baselines.scratch!.test.micro_f1,
    });
    for (const { seed, f1, scratch } of by.runs.slice(1)) {
      const single = await train(data, { ...options, out: at(`${name}-${seed}`), seed, seeds: 1 });
      expect([f1, scratch]).toEqual([single.test.micro_f1, single.baselines.scratch!.test.micro_f1]);
    }
    const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(by.f1.mean).toBeCloseTo(mean(by.runs.map(({ f1 }) => f1)), 12);
    expect(run.verdict).toMatchObject({ seeds: 3, items: 60, scratch_learnt: false });
    expect(run.verdict!.gain).toBeCloseTo(by.f1.mean - by.scratch!.mean, 12);
    expect(run.verdict!.words).not.toContain("most frequent class");
    expect(events.filter(({ event }) => event === "seed")).toHaveLength(3);
    const page = readFileSync(at(name, "report.html"), "utf8");
    expect(page).toContain("By seed");
    expect(page).not.toMatch(/NaN|undefined|one run of one seed/);
  },
);

test("a run that is stopped between two seeds has a model, and resumes to the same result", {
  tags: ["thorough"],
}, async () => {
  const options = { ...common, base, seeds: 2 } as const;
  await stopRun(
    (how) => train(data, { ...options, out: at("stopped"), ...how }),
    (e) => e.event === "seed" && e.number === 1,
  );
  expect(existsSync(at("stopped", "model", "onnx", "model.onnx"))).toBe(true);
  const resumed = await resume(at("stopped"), { threads: 1 });
  const whole = await train(data, { ...options, out: at("whole") });
  expect(resumed.task === "multi-label-classification" && resumed.by_seed?.runs).toEqual(whole.by_seed!.runs);
});

const failure = (work: Promise<unknown>): Promise<EngraftError> =>
  work.then(
    () => expect.fail("it should have failed"),
    (error: EngraftError) => error,
  );

test("the learning curve of labels has the micro F1 of its runs", { tags: ["thorough"] }, async () => {
  const args = [
    "--sizes",
    "8,24",
    "--seeds",
    "2",
    "--epochs",
    "1",
    "--scratch-steps",
    "12",
    "--threads",
    "1",
    "--score",
    "0.4",
  ];
  const ran = await engraft(["curve", data, "--base", base, ...args, "--out", at("curve"), "--json"], {
    cache: at("cache"),
  });
  expect(ran.err).toBe("");
  const result = ran.events.at(-1) as unknown as CurveResult;
  expect(result).toMatchObject({
    task: "learning-curve",
    metric: "f1",
    unit: "texts",
    test_items: 60,
    target: 0.4,
  });
  expect(result.runs.map(({ size, seed }) => [size, seed])).toEqual([
    [8, 0],
    [24, 0],
    [8, 1],
    [24, 1],
  ]);
  for (const { size, seed, transfer, scratch } of result.runs) {
    const own = JSON.parse(readFileSync(at("curve", "runs", `${size}-seed-${seed}`, "run.json"), "utf8"));
    expect([transfer, scratch]).toEqual([
      own.result.test.micro_f1,
      own.result.baselines.scratch.test.micro_f1,
    ]);
  }
  const [first] = result.sizes;
  expect(first!.transfer.mean).toBeCloseTo((result.runs[0]!.transfer + result.runs[2]!.transfer) / 2, 12);
  expect(result.words).toContain("would tell how many texts F1 0.4 takes.");
  expect(result.notes[1]).toMatch(/^The ± of F1 /);
  const shown = await engraft(["curve", "--resume", at("curve")], { cache: at("cache") });
  expect(shown.err + shown.out).not.toMatch(/NaN|undefined|accurac/);
  const page = readFileSync(at("curve", "report.html"), "utf8");
  expect(page).toMatch(/Micro F1 by .* texts/);
  expect(page).not.toMatch(/NaN|undefined|accurac/i);
});

test("a column that is missing is reported before any training", async () => {
  const words = (task: "multi-label", more: object = {}) =>
    failure(learningCurve(data, { base, task, out: at("none"), ...more }));
  expect((await words("multi-label", { labels: "moods" })).message).toContain("moods");
  expect(existsSync(at("none", "runs"))).toBe(false);
});
