// Texts with several labels: the head with token n-grams, kept by validation and on request.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluate, load, type TrainOptions, train } from "../../src/index.js";
import { refuseUnusable } from "../../src/options/refuse-unusable.js";
import { labelledTexts } from "../support/label-data.js";
import { writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-label-ngrams-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
/** Words behind the 24 tokens that the tiny encoder reads. */
const behind = Array.from({ length: 30 }, (_, i) => (i % 2 ? "this" : "the")).join(" ");
const texts = labelledTexts(200).map(({ text, labels }) => ({ text: `${behind} ${text}`, labels }));
let data: string;
let base: string;
beforeAll(() => {
  base = writeTextBase(at("base"));
  data = at("texts.csv");
  writeFileSync(data, `text,labels\n${texts.map((t) => `${t.text},${t.labels.join("|")}`).join("\n")}\n`);
});

async function run(name: string, options: TrainOptions) {
  const result = await train(data, {
    ...{ task: "multi-label-classification", base, cache: false, threads: 1, explain: false },
    out: at(name),
    ...options,
  });
  if (result.task !== "multi-label-classification") throw new Error("task");
  return result;
}

test("a run that keeps the best of its models ships the head with n-grams if the encoder sees too little", {
  tags: ["thorough"],
}, async () => {
  const kept = await run("kept", { strategy: "finetune", reasons: ["a plan"], epochs: 2 });
  expect(kept.strategy.name).toBe("ngram-probe");
  expect(kept.strategy.reasons[1]).toMatch(
    /^kept ngram-probe by validation: finetune \d+\.\d %(?: \(best of \d+ epochs[^)]*\))?, ngram-probe/,
  );
  expect(kept.test.micro_f1).toBeGreaterThan(0.9);
  const scored = await evaluate(kept.model, data, { threads: 1 });
  expect(scored.task === "multi-label-classification" && scored.test.micro_f1).toBe(kept.test.micro_f1);
});

test("on request, the head is the run's own; predictions of the saved model have its labels", {
  tags: ["thorough"],
}, async () => {
  const own = await run("own", { strategy: "ngram-probe" });
  expect(own.strategy).toMatchObject({ name: "ngram-probe", reasons: ["requested"] });
  expect(own.test.micro_f1).toBeGreaterThan(0.9);
  const model = await load(own.model, { threads: 1 });
  if (model.task !== "multi-label-classification") throw new Error("task");
  const some = texts.slice(0, 20);
  const predicted = await model.predict(some.map(({ text }) => text));
  await model.close();
  const right = predicted.filter(
    ({ labels }, i) =>
      labels
        .map(({ label }) => label)
        .sort()
        .join() === [...some[i]!.labels].sort().join(),
  );
  expect(right.length).toBeGreaterThan(15);
});

test("pictures with several labels are refused by name", () => {
  const refused = (input: "image" | "text") => () =>
    refuseUnusable({ strategy: "ngram-probe" }, "multi-label-classification", input);
  expect(refused("text")).not.toThrow();
  expect(refused("image")).toThrow(
    'strategy "ngram-probe" is for texts with one class each, or several labels, and this is multi-label-classification of pictures',
  );
});
