// @module-tag thorough
// Numbers from texts, and the similarity of two texts.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import { evaluate, explain, load, train } from "../../src/index.js";
import { engraft, once } from "../support/fixtures.js";
import { reviews, writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-text-numbers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const write = (name: string, lines: readonly string[]): string => {
  writeFileSync(at(name), `${lines.join("\n")}\n`);
  return at(name);
};
const texts = reviews(160);
let base: string;
let rated: string;
let pairs: string;
beforeAll(() => {
  base = writeTextBase(at("base"));
  const stars = ({ label }: (typeof texts)[number], i: number) => (label === "good" ? 4 : 2) + (i % 7) / 10;
  rated = write("rated.csv", [
    "text,stars",
    ...texts.map((one, i) => `${one.text},${stars(one, i).toFixed(1)}`),
  ]);
  pairs = write("pairs.csv", [
    "sentence1,sentence2,score",
    ...texts.map((one, i) => {
      const other = texts[(i * 7 + 3) % texts.length]!;
      const score = (one.label === other.label ? 4 : 1) + (i % 5) / 10;
      return `${one.text},${other.text},${score.toFixed(1)}`;
    }),
  ]);
});
const common = { cache: false, threads: 1, strategy: "probe" } as const;

const ratings = once(() => train(rated, { ...common, base, out: at("ratings"), baselines: true }));
const similar = once(() => train(pairs, { ...common, base, out: at("similar"), baselines: false }));

/** Spearman's ρ: Pearson's correlation of ranks, by counting the smaller and the equal values. */
function spearman(a: readonly number[], b: readonly number[]): number {
  const ranks = (all: readonly number[]) =>
    all.map((x) => all.filter((y) => y < x).length + all.filter((y) => y === x).length / 2);
  const centred = (all: readonly number[]) =>
    all.map((x) => x - all.reduce((sum, y) => sum + y, 0) / all.length);
  const [x, y] = [centred(ranks(a)), centred(ranks(b))];
  const dot = (u: readonly number[], v: readonly number[]) => u.reduce((sum, one, i) => sum + one * v[i]!, 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

test("ratings are learnt as numbers, with a rank correlation and ridge regression on TF-IDF beside them", async () => {
  const run = await ratings();
  if (run.task !== "text-regression") throw new Error(run.task);
  const [stars] = run.test.outputs;
  expect(run.test.r2).toBeGreaterThan(0.7);
  expect(stars!.spearman_ci95![0]).toBeLessThan(stars!.spearman!);
  const { mean, tf_idf_ridge: words, scratch } = run.baselines;
  expect(mean.test.outputs[0]!.spearman).toBeNull();
  expect(words!.test.r2).toBeGreaterThan(0.7);
  expect(scratch!.test.n).toBe(run.test.n);
  const points = run.test.points[0]!;
  const ranked = spearman(
    points.map(([truth]) => truth),
    points.map(([, predicted]) => predicted),
  );
  expect(stars!.spearman).toBeCloseTo(ranked, 6);
  const scored = await evaluate(run.model, rated, { threads: 1 });
  expect(scored.task === "text-regression" && scored.test.outputs[0]!.spearman).toBeCloseTo(ranked, 6);
});

test("a long text is predicted in parts, whose numbers are averaged", async () => {
  const { model: dir } = await ratings();
  const model = await load(dir, { threads: 1, long: "split" });
  if (model.task !== "text-regression") throw new Error(model.task);
  const [good, bad] = ["good", "bad"].map((word) => Array.from({ length: 20 }, () => word).join(" "));
  // 40 words are two parts of 20 with the marks around each: the model takes 24 tokens.
  const found = await model.predict([good!, bad!, `${good} ${bad}`]);
  const [first, second, both] = found.map(([one]) => one!.value);
  expect(first! - second!).toBeGreaterThan(0.5);
  expect(both).toBeCloseTo((first! + second!) / 2, 4);
  await model.close();
});

test("an explanation weighs words by what they add to the number", async () => {
  const { model } = await ratings();
  for await (const { words, class_score } of explain(model, ["the soup was awful"], { threads: 1 })) {
    const awful = words!.find(({ text }) => text === "awful")!;
    expect(awful.weight).toBeLessThan(-0.1);
    expect(class_score).toBeLessThan(4);
  }
});

test("similarity: the model takes pairs, and says so for a single text", async () => {
  const run = await similar();
  expect(run.task).toBe("text-regression");
  const config = JSON.parse(readFileSync(join(run.model, "config.json"), "utf8")) as Record<string, unknown>;
  expect(config.problem_type).toBe("regression");
  // The next command and the card show how a pair is given.
  const next = (await renderAnyResult(run)).find((line) => line.startsWith("next"));
  for (const text of [next, readFileSync(join(run.model, "README.md"), "utf8")])
    expect(text).toContain('--text-a "a text" --text-b');
  const model = await load(run.model, { threads: 1 });
  if (model.task !== "text-regression") throw new Error(model.task);
  expect(model.pairs).toBe(true);
  const [answer] = await model.predict([["the soup was awful", "a very bad book"]]);
  expect(answer![0]!.value).toBeGreaterThan(0);
  await expect(model.predict(["the soup was awful"])).rejects.toMatchObject({ kind: "DataError" });
  await model.close();
});

test("the command takes two texts of a pair", async () => {
  const { model } = await similar();
  const { code, out } = await engraft([
    "predict",
    model,
    "--text-a",
    "a good book",
    "--text-b",
    "a bad book",
  ]);
  expect(code).toBe(0);
  expect(out).toMatch(/^a good book \| a bad book\tscore\t/);
});
