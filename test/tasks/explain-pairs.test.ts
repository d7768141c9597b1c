// Explanations of a model of text pairs, by the words of both texts.
// @module-tag thorough
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { limeWeights } from "../../src/explain/index.js";
import {
  type Explanation,
  explain,
  loadTextModel,
  type TextModel,
  type TextOrPair,
  train,
} from "../../src/index.js";
import { openMachine } from "../../src/run/machine.js";
import { openSession } from "../../src/runtime/open.js";
import { openTextFolder } from "../../src/tasks/texts/text-model.js";
import { engraft } from "../support/fixtures.js";
import { words, writeTextBase } from "../support/text-base.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-explain-pairs-"));
const at = (name: string): string => join(folder, name);
let model: TextModel;
let single: string;
beforeAll(async () => {
  const base = writeTextBase(at("base"), undefined, { segments: true });
  const source = draws(3, "pairs");
  const any = (list: readonly string[]) => list[Math.floor(source.uniform() * list.length)]!;
  // The second text's mood is the label.
  const rows = Array.from({ length: 160 }, (_, i) => {
    const mood = any(i % 2 ? words.slice(0, 5) : words.slice(5, 10));
    const first = Array.from({ length: 4 }, () => any(words.slice(10))).join(" ");
    return `${first},${any(words.slice(10))} ${mood} ${any(words.slice(10))},${i % 2 ? "good" : "bad"}`;
  });
  writeFileSync(at("pairs.csv"), `premise,hypothesis,label\n${rows.join("\n")}\n`);
  const texts = rows.map((row) => row.split(",").slice(1).join(","));
  writeFileSync(at("texts.csv"), `text,label\n${texts.join("\n")}\n`);
  const how = { task: "text-classification", threads: 1, cache: false, base } as const;
  const run = await train(at("pairs.csv"), { ...how, epochs: 3, out: at("run") });
  single = (await train(at("texts.csv"), { ...how, strategy: "probe", out: at("single") })).model;
  model = await loadTextModel(run.model, { threads: 1 });
});
afterAll(async () => {
  await model?.close();
  rmSync(folder, { recursive: true, force: true });
});

const pair = ["the book was slow", "film lovely phone"] as const;
const explained = async (item: TextOrPair, options: object = {}, dir = model.dir): Promise<Explanation> => {
  for await (const explanation of explain(dir, [item], { threads: 1, ...options })) return explanation;
  throw new Error("nothing was told");
};
const pOf = async (texts: readonly TextOrPair[], label: string): Promise<number[]> =>
  (await model.classify(texts)).map((all) => all.find((one) => one.label === label)!.score);

test("occlusion: the loss of log p without each word of one text, with the other text unchanged", async () => {
  const explanation = await explained(pair);
  expect(explanation).toMatchObject({ input: "the book was slow | film lovely phone", method: "occlusion" });
  const without = (text: string): string[] =>
    text.split(" ").map((_, i) =>
      text
        .split(" ")
        .filter((__, k) => k !== i)
        .join(" "),
    );
  const [whole] = await pOf([pair], explanation.class);
  for (const [own, versions] of [
    [explanation.words, without(pair[0]).map((one) => [one, pair[1]] as const)],
    [explanation.second, without(pair[1]).map((one) => [pair[0], one] as const)],
  ] as const) {
    const weights = own!.flatMap(({ weight }) => (weight === undefined ? [] : [weight]));
    const left = await pOf(versions, explanation.class);
    expect(weights).toHaveLength(left.length);
    for (const [i, p] of left.entries()) expect(weights[i]).toBeCloseTo(Math.log(whole!) - Math.log(p), 4);
  }
  expect(explanation.words!.map(({ text }) => text).join("")).toBe(pair[0]);
  expect(explanation.second!.map(({ text }) => text).join("")).toBe(pair[1]);
  // The mood of the second text decides the prediction.
  const largest = explanation.second!.reduce((a, b) =>
    Math.abs(b.weight ?? 0) > Math.abs(a.weight ?? 0) ? b : a,
  );
  expect(largest.text).toBe("lovely");
});

test("LIME: one linear model over the words of both texts; the same seed, the same weights", async () => {
  const explanation = await explained(pair, { method: "lime", seed: 4, class: "bad" });
  const [first, second] = pair.map((text) => text.split(" "));
  // Directly from the graph, because a text may have no words left.
  const machine = await openMachine();
  const opened = await openTextFolder(machine.platform, model.dir);
  const runtime = await machine.openRuntime({ threads: 1 });
  const session = await openSession(runtime, opened.graph, { label: "the model of pairs" });
  const bad = opened.classes.indexOf("bad");
  const weights = await limeWeights(
    async (shown) => {
      const versions = shown.map(
        (on) =>
          [
            // Text between words stays.
            first!.map((word, i) => (on[i] ? word : "")).join(" "),
            second!.map((word, i) => (on[first!.length + i] ? word : "")).join(" "),
          ] as const,
      );
      const scores = await opened.scores(session, versions);
      return versions.map((_, i) => {
        const [own, other] = [scores[2 * i + bad]!, scores[2 * i + 1 - bad]!];
        return 1 / (1 + Math.exp(other - own));
      });
    },
    7,
    { seed: 4 },
  );
  await runtime.close();
  const got = [...explanation.words!, ...explanation.second!].flatMap(({ weight }) =>
    weight === undefined ? [] : [weight],
  );
  expect(got).toHaveLength(7);
  for (const [i, w] of weights.entries()) expect(got[i]).toBeCloseTo(w, 4);
  expect((await explained(pair, { method: "lime", seed: 4, class: "bad" })).second).toEqual(
    explanation.second,
  );
});

test("SHAP shares the prediction among the words of both texts", async () => {
  const explanation = await explained(pair, { method: "shap" });
  expect(explanation.shap).toEqual({ exact: true, evaluations: 128, converged: true });
  const weights = [...explanation.words!, ...explanation.second!].flatMap(({ weight = 0 }) => weight);
  const sum = weights.reduce((all, w) => all + w, 0);
  // Scores of float32, of two batches.
  expect(explanation.base_value! + sum).toBeCloseTo(explanation.class_score, 5);
});

test("a single text for a model of pairs, a pair for a model of texts, and empty texts are refused", async () => {
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: Error) => error,
    );
  expect(await failure(explained("the book"))).toMatchObject({
    kind: "DataError",
    message: "the model answers pairs of texts, and this is one text",
    help: "give two: [first, second], --text-a and --text-b, or a list with both columns",
  });
  expect(await failure(explained(pair, {}, single))).toMatchObject({
    message: "the model answers single texts, and this is a pair",
    help: "give one text",
  });
  expect(await failure(explained(pair, { method: "ig" }))).toMatchObject({
    kind: "ModelError",
    message: "Integrated Gradients explain single texts, and the model answers pairs",
    help: "use --method shap, which looks at the predictions alone",
  });
  expect(await failure(explained(["the book", " "]))).toMatchObject({ message: "a text is empty" });
});

test("the command line takes two texts, or a list of pairs", async () => {
  const ran = await engraft(
    ["explain", model.dir, "--text-a", pair[0], "--text-b", pair[1], "--threads", "1", "--json"],
    { cache: at("cache") },
  );
  expect(ran.events[0]).toMatchObject({
    event: "explanation",
    input: "the book was slow | film lovely phone",
    words: expect.anything(),
    second: expect.anything(),
  });
  writeFileSync(at("new.csv"), "premise,hypothesis\nthe book was slow,film lovely phone\n");
  const shown = await engraft(["explain", model.dir, at("new.csv"), "--threads", "1"], {
    cache: at("cache"),
  });
  expect(shown.out).toMatch(/\n {2}first text\n.*\n {2}second text\n {2}[+−]\d\.\d{3} {2}lovely\n/s);
  const alone = await engraft(["explain", model.dir, "--text-a", "the book"], { cache: at("cache") });
  expect([alone.code, alone.err]).toEqual([2, expect.stringContaining("--text-a stands alone")]);
  const nothing = await engraft(["explain", model.dir], { cache: at("cache") });
  expect(nothing.err).toContain("explain needs something to explain");
});
