import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { longestFirst, segmentUnit } from "../../src/data/texts/pair-template.js";
import { openTokenizer, wordPieceTokenizer } from "../../src/data/texts/tokenizer.js";
import { evaluate, loadTextModel, train } from "../../src/index.js";
import { once } from "../support/fixtures.js";
import { vocabularyText, words, writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-train-pairs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const common = { task: "text-classification", cache: false, threads: 1 } as const;

/** Returns pairs of short texts. The label is the mood of the second text. */
function pairs(count: number): { one: string; two: string; label: string }[] {
  const source = draws(11, "pairs");
  const things = ["book", "film", "soup", "phone"];
  const any = (list: readonly string[]) => list[Math.floor(source.uniform() * list.length)]!;
  const made = new Map<string, { one: string; two: string; label: string }>();
  while (made.size < count) {
    const label = made.size % 2 === 0 ? "good" : "bad";
    const other = words.slice(10);
    const one = [any(other), any(things), "was", any(other), any(other)].join(" ");
    const two = [
      any(things),
      any(label === "good" ? words.slice(0, 5) : words.slice(5, 10)),
      any(words.slice(15)),
    ].join(" ");
    made.set(`${one}|${two}`, { one, two, label });
  }
  return [...made.values()];
}
let base: string;
let data: string;
beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  base = writeTextBase(at("base"), undefined, { segments: true });
  data = at("pairs.csv");
  writeFileSync(
    data,
    `premise,hypothesis,label\n${pairs(240)
      .map((p) => `${p.one},${p.two},${p.label}`)
      .join("\n")}\n`,
  );
});

test("the longer of two texts is truncated first, then both to half, as in Hugging Face's tokenizers", () => {
  expect(longestFirst(3, 4, 10)).toEqual([3, 4]);
  expect(longestFirst(3, 20, 10)).toEqual([3, 7]);
  expect(longestFirst(20, 3, 10)).toEqual([7, 3]);
  expect(longestFirst(20, 20, 10)).toEqual([5, 5]);
  expect(longestFirst(20, 20, 7)).toEqual([3, 4]);
  expect(longestFirst(21, 20, 7)).toEqual([4, 3]);
});

test("a pair's tokens and segments are those of the tokenizer's own template", async () => {
  const { Tokenizer } = await import("@huggingface/tokenizers");
  const { readFile } = await import("node:fs/promises");
  const bundled = async (file: string) =>
    JSON.parse(await readFile(new URL(`../../assets/text-mini/${file}`, import.meta.url), "utf8"));
  for (const files of [
    { tokenizer: wordPieceTokenizer(vocabularyText, {}), config: {} },
    { tokenizer: await bundled("tokenizer.json"), config: await bundled("tokenizer_config.json") },
  ]) {
    const theirs = new Tokenizer(files.tokenizer, files.config);
    const ours = await openTokenizer(files, 64);
    for (const { one, two } of pairs(20)) {
      const { ids, token_type_ids: types } = theirs.encode(one, {
        text_pair: two,
        return_token_type_ids: true,
      });
      const made = ours.encodePair(one, two);
      expect(made.cut).toBe(false);
      expect(made.ids.map((t) => t % segmentUnit)).toEqual(ids);
      expect(made.ids.map((t) => Math.floor(t / segmentUnit))).toEqual(types);
    }
    const long = ours.encodePair("good ".repeat(100), "bad ".repeat(10));
    expect([long.ids.length, long.cut]).toEqual([64, true]);
  }
});

/** A model of pairs, whose task is detected. */
const paired = once(async () => {
  const messages: string[] = [];
  const run = await train(data, {
    ...{ ...common, task: "auto", base, epochs: 4, baselines: false, out: at("run") },
    onEvent: (e) => e.event === "data" && messages.push(e.split_words.split("; ").at(-1)!),
  });
  if (run.task !== "text-classification") throw new Error("another task");
  return { run, messages };
});

test("a classifier of pairs trains, and eval, predict and Transformers.js agree", {
  tags: ["thorough"],
}, async () => {
  const { run, messages } = await paired();
  expect(messages).toEqual(["pairs of premise and hypothesis"]);
  expect(run.test.accuracy).toBeGreaterThan(0.8);
  const scored = await evaluate(run.model, data, { threads: 1 });
  expect(scored.task === "text-classification" && scored.test.accuracy).toBe(run.test.accuracy);
  const config = JSON.parse(readFileSync(join(run.model, "tokenizer_config.json"), "utf8"));
  expect(config.tokenizer_class).toBe("BertTokenizer");

  const model = await loadTextModel(run.model, { threads: 1 });
  expect(model.pairs).toBe(true);
  const some = pairs(6).map(({ one, two }) => [one, two] as const);
  const predicted = await model.classify(some);
  await expect(model.classify(["the book was good"])).rejects.toThrow(
    "text 1 is one text, and the model answers pairs of texts",
  );
  await model.close();
  const { AutoModelForSequenceClassification, AutoTokenizer, env } = await import(
    "@huggingface/transformers"
  );
  env.allowRemoteModels = false;
  const tokenizer = await AutoTokenizer.from_pretrained(run.model, { local_files_only: true });
  const theirs = await AutoModelForSequenceClassification.from_pretrained(run.model, {
    local_files_only: true,
  });
  const inputs = tokenizer(
    some.map(([one]) => one),
    { text_pair: some.map(([, two]) => two), padding: true, truncation: true },
  );
  expect(Object.keys(inputs)).toContain("token_type_ids");
  const { logits } = await theirs(inputs);
  const rows = logits.tolist() as number[][];
  for (const [i, answers] of predicted.entries()) {
    const exp = rows[i]!.map(Math.exp);
    const sum = exp.reduce((a, b) => a + b, 0);
    for (const { label, score } of answers)
      expect(Math.abs(exp[run.classes.indexOf(label)]! / sum - score)).toBeLessThan(1e-3);
  }
});

test("named columns are pairs; texts that are too long together are truncated and counted", {
  tags: ["thorough"],
}, async () => {
  const lengths: number[] = [];
  const other = at("other.csv");
  writeFileSync(other, readFileSync(data, "utf8").replace("premise,hypothesis", "left,right"));
  const run = await train(other, {
    ...common,
    base,
    strategy: "probe",
    text: "left,right",
    maxLength: 9,
    out: at("named"),
    onEvent: (e) => e.event === "lengths" && lengths.push(e.cut, e.texts),
  });
  // Three marks, five words and three words.
  expect(lengths).toEqual([240, 240]);
  expect(run.test.n).toBeGreaterThan(30);
  const refused = (text: string) =>
    train(other, { ...common, base, strategy: "probe", text, out: at("refused") }).then(
      () => "was trained",
      (error: Error) => error.message,
    );
  expect(await refused("left,middle")).toBe('"other.csv" has no column "middle"');
  expect(await refused("left,right,label")).toBe('3 columns of texts: "left", "right", "label"');
  const { model } = (await paired()).run;
  await expect(evaluate(model, other, { text: "left", threads: 1 })).rejects.toThrow(
    "the model answers pairs of texts, the data has single ones",
  );
});
