// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderEvent } from "../../src/cli/render/render.js";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import type { LengthsEvent } from "../../src/core/events/lengths-event.js";
import { type Answer, evaluate, loadTextModel, train } from "../../src/index.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-train-texts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const csv = (name: string, rows: readonly { readonly text: string; readonly label: string }[]): string => {
  writeFileSync(at(name), `text,label\n${rows.map((r) => `"${r.text}",${r.label}`).join("\n")}\n`);
  return at(name);
};
let data: string;
let base: string;
beforeAll(() => {
  base = writeTextBase(at("base"));
  data = csv("reviews.csv", reviews(160));
});
const common = { task: "text-classification", cache: false, threads: 1 } as const;

test("a probe on a text encoder learns reviews; the model predicts, and eval gives the same scores", async () => {
  const events: string[] = [];
  const run = await train(data, {
    ...common,
    base,
    strategy: "probe",
    out: at("probe"),
    onEvent: (e) => events.push(e.event),
  });
  expect(run.task).toBe("text-classification");
  expect(run.classes).toEqual(["bad", "good"]);
  expect(run.test.accuracy).toBeGreaterThan(0.9);
  expect(events).toContain("forecast");
  const scored = await evaluate(run.model, data, { threads: 1 });
  expect(scored.task === "text-classification" && scored.test.accuracy).toBe(run.test.accuracy);
  writeFileSync(
    at("table.csv"),
    `a,b\n${Array.from({ length: 30 }, (_, i) => `${i},${i % 2}`).join("\n")}\n`,
  );
  await expect(evaluate(run.model, at("table.csv"), { threads: 1 })).rejects.toMatchObject({
    code: "other-task",
    details: { data: "tabular-classification", model: "text-classification" },
    at: expect.stringContaining('"table.csv"'),
  });
  const model = await loadTextModel(run.model, { threads: 1 });
  // Different lengths: batches are padded, with an attention mask.
  const texts = ["the soup was awful", "the book was very very lovely and all"];
  const together = await model.classify(texts);
  expect(together.map(([best]) => best!.label)).toEqual(["bad", "good"]);
  for (const [i, text] of texts.entries()) {
    const [alone] = await model.classify([text]);
    expect(alone![0]!.score).toBeCloseTo(together[i]![0]!.score, 5);
  }
  await model.close();
});

test("fine-tuning changes the encoder, and Transformers.js gives the same predictions, also in batches", async () => {
  const run = await train(data, { ...common, base, epochs: 2, out: at("finetune") });
  expect(run.epochs).toBe(2);
  // words, positions, three products of 32 × 32, and the head
  expect(run.trainable.parameters).toBe((29 + 24) * 32 + 3 * 32 * 32 + 2 * 33);
  expect(run.test.accuracy).toBeGreaterThan(0.9);
  const saved = JSON.parse(readFileSync(join(run.model, "tokenizer_config.json"), "utf8"));
  expect(saved).toMatchObject({ pad_token: "[PAD]", model_max_length: 24 });
  const { pipeline, env } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  const classify = await pipeline("text-classification", run.model, { local_files_only: true });
  const texts = ["the soup was awful and this is it", "the film was great"];
  const theirs = (await classify(texts)) as { label: string; score: number }[];
  const model = await loadTextModel(run.model, { threads: 1 });
  const ours = await model.classify(texts);
  await model.close();
  for (const [i, { label, score }] of theirs.entries()) {
    expect(label).toBe(ours[i]![0]!.label);
    expect(Math.abs(score - ours[i]![0]!.score)).toBeLessThan(1e-3);
  }
});

test("the bundled messages need no option: they are detected as texts, and text-mini is their base", async () => {
  const messages = fileURLToPath(new URL("../../assets/demo-texts/messages.csv", import.meta.url));
  // The command line asks for the task that the data has; the library by name.
  const run = await train(messages, {
    task: "auto",
    strategy: "probe",
    threads: 1,
    cache: false,
    out: at("messages"),
  });
  expect(run).toMatchObject({ task: "text-classification", base: { name: "text-mini" } });
  expect(run).toMatchObject({ classes: ["account", "delivery", "praise", "product", "refund"] });
  // Chance is 0.2; TF-IDF with logistic regression 0.60 on the same 90.
  expect(run.task === "text-classification" && run.test.accuracy).toBeGreaterThan(0.65);
  const model = await loadTextModel(run.model, { threads: 1 });
  const answers = await model.classify(["I want my money back", "谢谢你们,我非常满意"]);
  expect(answers.map(([best]) => best!.label)).toEqual(["refund", "praise"]);
  await model.close();
});

test("long texts are truncated and counted", async () => {
  const lengths: LengthsEvent[] = [];
  await train(data, {
    ...common,
    base,
    strategy: "probe",
    maxLength: 8,
    out: at("cut"),
    onEvent: (e) => e.event === "lengths" && lengths.push(e),
  });
  // A text of n words has n + 2 tokens.
  const long = reviews(160).filter(({ text }) => text.split(" ").length > 6).length;
  expect(lengths).toMatchObject([{ texts: 160, cut: long, limit: 8 }]);
  expect(renderEvent(lengths[0]!).join(" ")).toMatch(
    /^\s*lengths\s+\d+ of 160 texts were cut at 8 tokens, padding \d+ %: batches\s+of\s+6, 8 tokens$/,
  );
});

test("a long text is scored in parts of similar length, whose probabilities are averaged", async () => {
  const run = await train(data, { ...common, base, strategy: "probe", out: at("long") });
  const good = Array.from({ length: 20 }, () => "good").join(" ");
  const bad = Array.from({ length: 20 }, () => "bad").join(" ");
  // 40 words are two parts of 20 with the marks around each: the model takes 24 tokens.
  const both = await loadTextModel(run.model, { threads: 1, long: "split" });
  const [[first], [second]] = (await both.classify([good, bad])) as [Answer[], Answer[]];
  const shares = Object.fromEntries(
    (await both.classify([`${good} ${bad}`]))[0]!.map((a) => [a.label, a.score]),
  );
  expect(first!.label).toBe("good");
  expect(second!.label).toBe("bad");
  expect(shares.good).toBeCloseTo((first!.score + 1 - second!.score) / 2, 4);
  await both.close();
  const counted: number[][] = [];
  const cut = await loadTextModel(run.model, { threads: 1, onCut: (...of) => counted.push(of) });
  expect((await cut.classify([`${good} ${bad}`]))[0]![0]).toMatchObject({ label: "good" });
  await cut.classify([good]);
  expect(counted).toEqual([
    [1, 24],
    [0, 24],
  ]);
  await cut.close();
  const long = csv("long.csv", [
    { text: `${good} it`, label: "good" },
    { text: `${"this ".repeat(22)}${bad}`, label: "bad" },
  ]);
  const scored = await evaluate(run.model, long, { threads: 1, long: "split" });
  expect(scored.task === "text-classification" && scored.test.n).toBe(2);
  const warnings: string[] = [];
  await evaluate(run.model, long, {
    threads: 1,
    onEvent: (e) => e.event === "warning" && warnings.push(e.message),
  });
  expect(warnings).toContain("1 text of 2 was cut at 24 tokens: --long split scores it in parts");
  await expect(evaluate(run.model, long, { threads: 1, tta: 2 })).rejects.toThrow(
    "tta is for classes, labels and numbers of pictures, the model answers text-classification",
  );
});

test("refuses a tokenizer of another model, labels that are ids, and a limit above the model's", async () => {
  const refused = (options: object, file = data) =>
    train(file, { ...common, out: at("refused"), strategy: "probe", ...options });
  const small = writeTextBase(at("small"), 12);
  await expect(refused({ base: small })).rejects.toThrow(
    "the tokenizer does not fit small: it has 29 tokens, the model's embedding 12 rows",
  );
  const ids = csv(
    "ids.csv",
    reviews(20).map(({ text }, i) => ({ text, label: `id ${i}` })),
  );
  await expect(refused({ base }, ids)).rejects.toThrow(
    '20 different labels for 20 texts in "ids.csv": column "label" looks like an id or free text',
  );
  await expect(refused({ base, maxLength: 100 })).rejects.toThrow("base takes at most 24 tokens, not 100");
});

test("a pretrained encoder has another learning rate than a run from scratch or adapters; several seeds and a part of the data work", async () => {
  const rates: Record<string, number> = {};
  const rateOf = (name: string) => (e: EngraftEvent) => {
    if (e.event === "trainable") rates[name] ??= Math.max(...e.groups.map((g) => g.rate));
  };
  const run = await train(data, {
    ...common,
    base,
    epochs: 1,
    baselines: true,
    scratchSteps: 12,
    seeds: 2,
    trainSize: 40,
    out: at("rates"),
    onEvent: rateOf("finetune"),
  });
  expect(run.split.train).toBe(40);
  expect(run.by_seed!.runs).toHaveLength(2);
  // 2e-5 · 25 for the last layers, ten times as much for the head; from scratch it has rates of its own.
  expect(rates.finetune).toBeCloseTo(5e-3, 10);
  expect(run.baselines!.scratch!.recipe).toMatch(
    /AdamW, learning rate (0\.0003|0\.001|0\.003), constant learning rate/,
  );
  // Single words decide the class of these reviews.
  expect(run.baselines!.tf_idf!.test.accuracy).toBeGreaterThan(0.8);
  expect(run.baselines!.tf_idf!.recipe).toMatch(
    /^logistic regression on TF-IDF of \d+ words and word pairs, strength \d/,
  );
  expect(run.baselines!.characters!.test.accuracy).toBeGreaterThan(0.8);
  expect(run.baselines!.characters!.recipe).toMatch(
    / word pairs and sequences of 2 to 5 characters, strength \d/,
  );
  expect(run.baselines!.hybrid!.test.accuracy).toBeGreaterThan(0.8);
  expect(run.baselines!.hybrid!.recipe).toMatch(
    /^logistic regression on 32 frozen features and TF-IDF of \d+ token n-grams, strength \d/,
  );
  const shown = (await renderAnyResult(run, true)).join(" ").replace(/ +/g, " ");
  expect(shown).toMatch(
    / frozen features and TF-IDF \d+\.\d % \(95 % confidence interval .*32 frozen features/,
  );
  // A constant prediction: its score is exact for the test set, without an interval.
  expect(shown).toMatch(/ always the most frequent class \d+\.\d %, 0\.0 s/);
  expect(shown).toMatch(/ TF-IDF with logistic regression \d+\.\d % /);
  expect(readFileSync(join(run.run, "report.html"), "utf8")).toContain("TF-IDF with logistic regression");
  expect(readFileSync(join(run.model, "README.md"), "utf8")).toContain("| TF-IDF with logistic regression |");
  expect(readFileSync(join(run.model, "README.md"), "utf8")).toContain(
    "| logistic regression on frozen features and TF-IDF |",
  );
  await train(data, {
    ...common,
    base,
    epochs: 1,
    strategy: "lora",
    out: at("lora"),
    onEvent: rateOf("lora"),
  });
  expect(rates.lora).not.toBeCloseTo(5e-3, 10);
});
