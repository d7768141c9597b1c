// A run keeps the best of its models by validation; for a requested strategy it names a better one.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngraftEvent, evaluate, type TrainOptions, train } from "../../src/index.js";
import { leadOf, validationDifference } from "../../src/run/baselines/safe.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-keep-best-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
let data: string;
let base: string;
beforeAll(() => {
  base = writeTextBase(at("base"));
  // What tells the classes stands behind the 24 tokens that the encoder reads: only n-grams see it.
  const behind = Array.from({ length: 30 }, (_, i) => (i % 2 ? "this" : "the")).join(" ");
  data = at("long.csv");
  const rows = reviews(120).map(({ text, label }) => `"${behind} ${text}",${label}`);
  writeFileSync(data, `text,label\n${rows.join("\n")}\n`);
});

async function run(name: string, options: TrainOptions) {
  const events: EngraftEvent[] = [];
  const result = await train(data, {
    ...{ task: "text-classification", base, cache: false, threads: 1, explain: false },
    ...{ epochs: 2, out: at(name), onEvent: (event) => events.push(event) },
    ...options,
  });
  if (result.task !== "text-classification") throw new Error("task");
  const warnings = events.filter((event) => event.event === "warning").map(({ message }) => message);
  return { result, warnings, card: readFileSync(join(result.model, "README.md"), "utf8") };
}

test("a plan's fine-tuning that is worse on validation than the head with n-grams ships that head", {
  tags: ["thorough"],
}, async () => {
  const { result, card, warnings } = await run("planned", { strategy: "finetune", reasons: ["a plan"] });
  expect(result.strategy.name).toBe("ngram-probe");
  expect(result.strategy.reasons[0]).toBe("a plan");
  expect(result.strategy.reasons[1]).toMatch(
    /^kept ngram-probe by validation: finetune \d+\.\d %(?: \(best of 2 epochs[^)]*\))?, ngram-probe \d+\.\d % on \d+ validation samples/,
  );
  expect(result).toMatchObject({ epochs: 0, best_epoch: 0 });
  expect(result.test.accuracy).toBeGreaterThan(0.9);
  expect(result.validation.accuracy).toBeGreaterThan(0.9);
  expect(card).toContain("ngram-probe (this model)");
  expect(warnings.join()).not.toContain("is better than");
  const scored = await evaluate(result.model, data, { threads: 1 });
  expect(scored.task === "text-classification" && scored.test.accuracy).toBe(result.test.accuracy);
});

test("a requested fine-tuning stays, and one line names the better head with its command", {
  tags: ["thorough"],
}, async () => {
  const { result, warnings } = await run("requested", {
    ...{ strategy: "finetune", baselines: true, seeds: 1, scratchSteps: 16 },
  });
  expect(result.strategy).toMatchObject({ name: "finetune", reasons: ["requested"] });
  expect(result.safe).toBeUndefined();
  expect(result.baselines?.hybrid?.test.accuracy).toBeGreaterThan(0.9);
  const [better] = warnings.filter((words) => words.includes("is better than"));
  expect(better).toMatch(/^ngram-probe is better than finetune by validation: finetune \d/);
  expect(better).toContain("finetune was requested and is kept. For ngram-probe: engraft train ");
  expect(better).toContain("--strategy ngram-probe");
  // Options of training steps do not apply to a solved head.
  expect(better).not.toContain("--epochs");
});

test("with baselines, the run chooses between its model and the one from scratch", {
  tags: ["thorough"],
}, async () => {
  const { result } = await run("all", {
    ...{ strategy: "finetune", reasons: ["a plan"], baselines: true, seeds: 2, scratchSteps: 16 },
  });
  expect(result.strategy.name).toBe("ngram-probe");
  expect(result.baselines?.hybrid).toBeUndefined();
  expect(result.safe).toMatchObject({ kept: "transfer" });
  expect(result.safe!.validation.transfer).toBe(result.validation.accuracy);
  // A solved head is the same for each seed.
  expect(result.by_seed!.runs.map(({ accuracy }) => accuracy)).toEqual([
    result.test.accuracy,
    result.test.accuracy,
  ]);
});

test("a lead counts if it is more than one standard error", () => {
  const right = (n: number, count: number) => ({
    shares: Float64Array.from({ length: n }, (_, i) => Number(i < count)),
  });
  // Of 100 samples one model is right on 12 more: a standard error of about √0.12 / 10 = 3.5 points. One more is within it.
  expect(leadOf(validationDifference(right(100, 92), right(100, 80)))).toBe(1);
  expect(leadOf(validationDifference(right(100, 80), right(100, 92)))).toBe(-1);
  expect(leadOf(validationDifference(right(100, 81), right(100, 80)))).toBe(0);
  expect(leadOf(validationDifference(right(100, 80), right(100, 80)))).toBe(0);
  const groups = Array.from({ length: 100 }, (_, i) => `group ${i % 4}`);
  expect(leadOf(validationDifference(right(100, 92), right(100, 20), groups))).toBe(0);
});
