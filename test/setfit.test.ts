// SetFit: what its pairs are, what it minimises, and that it helps where there are few labels.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { float32 } from "../src/core/tensor.js";
import { Builder } from "../src/graph/builder.js";
import { Graph } from "../src/graph/graph.js";
import { type TrainOptions, train } from "../src/index.js";
import { cosineSimilarityLoss } from "../src/losses/index.js";
import { pairOrder, stepsOfPairs } from "../src/methods/setfit/pairs.js";
import { interpret } from "../src/runtime/reference/index.js";
import { eagerScript, engraft, modelBytes, type RunOptions } from "./fixtures.js";
import { reviews, writeTextBase } from "./text-base.js";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 100_000 });

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

  test("half of them are of one class; each item has its own, with another item where there is one", () => {
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

  test("each epoch draws others, and the same ones every time", () => {
    expect(pairsOf(2)).toEqual(pairsOf(2));
    expect(pairsOf(2)).not.toEqual(pairsOf(3));
    expect(pairsOf(2)).not.toEqual(pairsOf(2, 7));
  });

  test("the last step is filled up", () => {
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
    // Twelve labels to learn from; the words that tell are two of each kind in the part that learns.
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

  test("with twelve labels it brings texts of a class together, and is above the probe", async () => {
    const before = await train(data, { ...recipe, base, strategy: "probe", out: at("probe") });
    const run = await train(data, { ...recipe, base, epochs: 2, out: at("setfit") });
    expect(run.strategy.name).toBe("setfit");
    expect(run.epochs).toBe(2);
    expect(run.best_epoch).toBeGreaterThan(0);
    expect(run.test.accuracy).toBeGreaterThan(before.test.accuracy);
    expect(run.validation.accuracy).toBeGreaterThanOrEqual(before.validation.accuracy);
  });

  test("killed and gone on with, it gives the very bits of an undisturbed run", async () => {
    const [cache, script] = [at("cache"), eagerScript(root)];
    const options = { ...recipe, base, epochs: 1, option: { iterations: 6 } } satisfies TrainOptions;
    const begin = (out: string, how: Partial<RunOptions> = {}) =>
      engraft([JSON.stringify({ data, options: { ...options, out: at(out) } }), "--json"], {
        cache,
        script,
        ...how,
      });
    expect(await begin("whole")).toMatchObject({ code: 0, err: "" });
    let seen = 0;
    const ran = await begin("killed", {
      onLine: (said, child) => {
        if (said.event === "checkpoint" && ++seen === 2) child.kill("SIGKILL");
      },
    });
    expect(ran.signal).toBe("SIGKILL");
    expect(
      await engraft([JSON.stringify({ resume: at("killed") }), "--json"], { cache, script }),
    ).toMatchObject({
      code: 0,
      err: "",
    });
    expect(modelBytes(at("killed")).equals(modelBytes(at("whole")))).toBe(true);
  });
});
