// SetFit: its pairs, its loss, and its gain with few labels.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngraftError } from "../../src/core/errors.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { float32 } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import { loadTextModel, type TrainOptions, train } from "../../src/index.js";
import { cosineSimilarityLoss } from "../../src/losses/index.js";
import { stepsOfPairs } from "../../src/methods/setfit/pair-plan.js";
import { pairOrder } from "../../src/methods/setfit/pairs.js";
import { checkDistill } from "../../src/regimes/distillation/check-distill.js";
import { interpret } from "../../src/testing/reference/index.js";
import { taggedSentences, writeTagged } from "../support/entity-data.js";
import { modelBytes, once, tinyBase, tinyData } from "../support/fixtures.js";
import { expectSameAfterKill } from "../support/kill-run.js";
import { labelledTexts } from "../support/label-data.js";
import { reviews, writeTextBase } from "../support/text-base.js";

describe("pairs", () => {
  const labels = [0, 0, 0, 1, 1, 2];
  const plan = { iterations: 5, perStep: 4 };
  const pairsOf = (epoch: number, seed = 1) => {
    const order = pairOrder(labels, plan, seed, epoch);
    return Array.from({ length: order.length / 2 }, (_, n) => {
      const [step, k] = [Math.floor(n / 4), n % 4];
      return [order[8 * step + k]!, order[8 * step + 4 + k]!] as const;
    });
  };

  test("half of them have one class; each item is paired with another item if possible", () => {
    const pairs = pairsOf(0);
    // 2 · 5 · 6 pairs make 15 whole steps of 4.
    expect(pairs).toHaveLength(60);
    expect(stepsOfPairs(labels.length, plan)).toBe(15);
    expect(pairs.filter(([a, b]) => labels[a] === labels[b])).toHaveLength(30);
    for (const i of labels.keys()) {
      const own = pairs.filter(([a]) => a === i);
      expect(own).toHaveLength(10);
      expect(own.filter(([, b]) => labels[b] === labels[i])).toHaveLength(5);
      // The third class has one item only.
      if (i < 5) expect(own.filter(([, b]) => b === i)).toEqual([]);
    }
  });

  test("each epoch draws other pairs, reproducibly", () => {
    expect(pairsOf(2)).toEqual(pairsOf(2));
    expect(pairsOf(2)).not.toEqual(pairsOf(3));
    expect(pairsOf(2)).not.toEqual(pairsOf(2, 7));
  });

  test("one class alone has no pairs", () => {
    expect(() => pairOrder([1, 1, 1], plan, 0, 0)).toThrow(
      "pairs need training items of two classes, and there is one",
    );
  });

  test("the last step is padded", () => {
    expect(pairOrder(labels, { iterations: 1, perStep: 5 }, 0, 0)).toHaveLength(3 * 10);
  });
});

test("the loss is (cos − t)²", () => {
  const graph = new Graph("loss");
  const g = new Builder(graph);
  const u = g.constant(float32([3, 2], Float32Array.of(1, 0, 3, 4, 1, 1)));
  const v = g.constant(float32([3, 2], Float32Array.of(2, 0, 0, 5, -1, 1)));
  const losses = cosineSimilarityLoss(g, u, v, g.constant(float32([3], Float32Array.of(1, 1, 0))));
  graph.outputs.push(losses);
  // cos = 1, 4/5, 0
  const wanted = [0, 0.04, 0];
  for (const [i, loss] of [...interpret(graph, {}).get(losses)!.data].entries())
    expect(Number(loss)).toBeCloseTo(wanted[i]!, 6);
});

describe("a run", () => {
  const root = mkdtempSync(join(tmpdir(), "engraft-setfit-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const at = (...parts: string[]): string => join(root, ...parts);
  let [base, data] = ["", ""];
  beforeAll(() => {
    base = writeTextBase(at("base"));
    data = at("reviews.csv");
    // Twelve training labels. Two informative words of each kind occur in the training split.
    const rows = reviews(240).map(
      (r, i) => `${r.text},${r.label},${i < 12 ? "train" : i < 36 ? "validation" : "test"}`,
    );
    writeFileSync(data, `text,label,split\n${rows.join("\n")}\n`);
  });
  const recipe = {
    task: "text-classification",
    strategy: "setfit",
    threads: 1,
    cache: false,
    lr: 2e-3,
  } as const;

  const twelveLabels = once(() => train(data, { ...recipe, base, epochs: 2, out: at("setfit") }));

  test("with twelve labels it brings texts of a class together", async () => {
    const run = await twelveLabels();
    expect(run.strategy.name).toBe("setfit");
    expect(run.epochs).toBe(2);
    expect(run.best_epoch).toBeGreaterThan(0);
    // Of two classes, guessing has 0.5.
    expect(run.test.accuracy).toBeGreaterThan(0.55);
  });

  test("with twelve labels it exceeds the probe", { tags: ["thorough"] }, async () => {
    const { lr: _lr, ...solved } = recipe;
    // With a training size, the probe is not fitted again on the validation split: SetFit has no more labels.
    const before = await train(data, { ...solved, base, strategy: "probe", trainSize: 12, out: at("probe") });
    const run = await twelveLabels();
    expect(run.test.accuracy).toBeGreaterThan(before.test.accuracy);
    expect(run.validation.accuracy).toBeGreaterThanOrEqual(before.validation.accuracy);
  });

  test("the test split and its labels do not influence it", { tags: ["thorough"] }, async () => {
    const other = at("other.csv");
    const lines = readFileSync(data, "utf8").split("\n");
    const swapped: Record<string, string> = { good: "bad", bad: "good" };
    writeFileSync(
      other,
      lines
        .map((line) => line.replace(/,(good|bad),test$/, (_, label: string) => `,${swapped[label]},test`))
        .join("\n"),
    );
    const option = { iterations: 4 };
    await train(data, { ...recipe, base, option, out: at("own-test") });
    await train(other, { ...recipe, base, option, out: at("other-test") });
    expect(modelBytes(at("other-test")).equals(modelBytes(at("own-test")))).toBe(true);
  });

  test("reports what it trains, forecasts its pairs, and keeps to a budget", {
    tags: ["thorough"],
  }, async () => {
    const events: EngraftEvent[] = [];
    const onEvent = (event: EngraftEvent) => events.push(event);
    const run = await train(data, {
      ...{ ...recipe, base, epochs: 1, budget: 120, baselines: true, scratchSteps: 12 },
      ...{ out: at("told"), onEvent },
    });
    const trainable = events.find((event) => event.event === "trainable");
    expect(trainable?.groups.map(({ name }) => name)).toEqual(["body, by pairs", "head (solved exactly)"]);
    expect(run.trainable.parameters).toBe(trainable!.parameters);
    // 12 items, 20 pairs of either kind for each: 480 pairs, 16 a step.
    const steps = events.filter((event) => event.event === "progress" && event.phase === "training");
    expect(steps.at(-1)).toMatchObject({ done: 30, total: 30 });
    expect(run.baselines!.scratch!.recipe).toContain("random weights");
    expect(events.some((event) => event.event === "warning" && event.code === "pace")).toBe(false);
  });

  test("pictures can be trained by pairs too", { tags: ["thorough"] }, async () => {
    const pictures = await tinyData(at("pictures"), { ant: 16, bee: 16 });
    const run = await train(pictures, {
      task: "image-classification",
      ...{ base: tinyBase(at("tiny")), strategy: "setfit", option: { iterations: 2 }, threads: 1 },
      out: at("by-pairs"),
    });
    expect(run.strategy.name).toBe("setfit");
    expect(run.epochs).toBe(1);
    expect(run.test.accuracy).toBeGreaterThan(0.5);
  });

  test("works with averages of weights and other seeds", { tags: ["thorough"] }, async () => {
    const option = { iterations: 3 };
    const ema = await train(data, { ...recipe, base, epochs: 2, average: "ema", out: at("ema") });
    expect(ema.best_epoch).toBeGreaterThan(0);
    // The head was solved on features of the saved weights.
    const held = readFileSync(data, "utf8")
      .split("\n")
      .map((line) => line.split(","))
      .filter(([, , part]) => part === "validation");
    const model = await loadTextModel(ema.model, { threads: 1 });
    const answers = await model.classify(held.map(([text]) => text!));
    await model.close();
    const right = answers.filter(([best], i) => best!.label === held[i]![1]).length;
    expect(right / held.length).toBe(ema.validation.accuracy);
    const seeds = await train(data, { ...recipe, base, option, seeds: 2, out: at("seeds") });
    expect(seeds.by_seed!.runs).toHaveLength(2);
    const found = await train(data, { ...recipe, base, option, lr: "find", out: at("found") });
    expect(found.rate_found).toBeGreaterThan(0);
  });

  test("killed and resumed, it gives the very bits of an undisturbed run", { tags: ["thorough"] }, () =>
    expectSameAfterKill(root, data, { ...recipe, base, epochs: 1, option: { iterations: 6 } }),
  );
});

describe("is refused by name for tasks without one class per item", () => {
  const root = mkdtempSync(join(tmpdir(), "engraft-no-pairs-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const refused = (data: string, options: object) =>
    train(data, {
      strategy: "setfit",
      threads: 1,
      out: join(root, "refused"),
      ...options,
    } as TrainOptions).then(
      () => "no error",
      (error: EngraftError) => error,
    );
  const needsClasses = { details: { option: "strategy", needs: "class batches" } };

  test("of texts", { tags: ["thorough"] }, async () => {
    const base = writeTextBase(join(root, "base"));
    const several = join(root, "several.csv");
    const lines = labelledTexts(40).map((r) => `${r.text},${r.labels.join("|")}`);
    writeFileSync(several, `text,labels\n${lines.join("\n")}\n`);
    expect(await refused(several, { base, task: "multi-label" })).toMatchObject(needsClasses);
    expect(
      await refused(writeTagged(join(root, "tags"), taggedSentences(20)), { base, task: "entities" }),
    ).toMatchObject(needsClasses);
    const one = join(root, "one.csv");
    writeFileSync(
      one,
      `text,label\n${reviews(20)
        .map((r) => `${r.text},${r.label}`)
        .join("\n")}\n`,
    );
    expect(await refused(one, { base, task: "text-classification", sampling: "balanced" })).toMatchObject({
      message: 'sampling "balanced" means nothing for the strategy "setfit"',
    });
    for (const name of ["labelSmoothing", "focal", "mixup"])
      expect(await refused(one, { base, task: "text-classification", option: { [name]: 1 } })).toMatchObject({
        message: expect.stringMatching(new RegExp(`^strategy "setfit" has no option ${name}`)),
      });
  });

  test("of tables, and with a teacher", async () => {
    const table = join(root, "table.csv");
    writeFileSync(
      table,
      `a,b\n${Array.from({ length: 40 }, (_, i) => `${i % 7},${["x", "y"][i % 2]}`).join("\n")}\n`,
    );
    expect(await refused(table, { task: "tabular-classification" })).toMatchObject(needsClasses);
    expect(() => checkDistill({ strategy: "setfit", teacher: "model" })).toThrow(
      expect.objectContaining({ details: { option: "strategy", needs: "class batches" } }),
    );
  });
});
