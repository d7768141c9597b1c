// Negative transfer: a base that was built to hurt is warned of before the training, found by the verdict, and not kept.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportClassifier } from "../../src/bases/export.js";
import type { ClassificationScores, EngraftEvent, TrainResultEvent } from "../../src/core/events/events.js";
import { float32 } from "../../src/core/tensor.js";
import type { Graph } from "../../src/graph/graph.js";
import { evaluate, resume, train } from "../../src/index.js";
import { preprocessing, tinyBase, tinyData, tinyGraph } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-safe-"));
const path = (...parts: string[]) => join(root, ...parts);
const common = { epochs: 4, lr: 0.01, augment: "none", threads: 1, cache: false } as const;
let data: string;
let hurting: string;

/** Shifts so far down that no unit behind them ever answers: features that are the same for all, and no gradient. */
function shut(net: Graph): Graph {
  for (const node of net.nodes) {
    if (node.op !== "BatchNormalization") continue;
    const { dims, data: shift } = net.initializers.get(node.inputs[2]!)!;
    net.initializers.set(node.inputs[2]!, float32(dims, new Float32Array(shift.length).fill(-20)));
  }
  return net;
}

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  data = await tinyData(path("data"), { ant: 72, bee: 72 });
  hurting = tinyBase(path("hurting"), exportClassifier(shut(tinyGraph()), preprocessing));
});
// Seven trainings on a machine that may be busy.
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a base that hurts is warned of, and the model from scratch is kept in place of the transfer", {
  tags: ["thorough"],
}, async () => {
  const events: EngraftEvent[] = [];
  const run = (await train(data, {
    ...common,
    base: hurting,
    safe: true,
    scratchSteps: 120,
    out: path("safe"),
    onEvent: (event) => events.push(event),
  })) as Required<TrainResultEvent>;
  const warned = events.findIndex((e) => e.event === "warning" && e.code === "transferability");
  expect(warned).toBeGreaterThan(-1);
  expect(warned).toBeLessThan(events.findIndex((e) => e.event === "epoch"));
  expect(events[warned]).toMatchObject({
    message: expect.stringMatching(
      /^the bare pixels tell these classes apart better than the base's features: on \d+ validation samples a linear probe on the features is right in [45]\d\.\d %, one on the pixels in \d+\.\d % \(difference -.+\): transfer may not help here; the model from scratch is kept if it is better$/,
    ),
  });
  const { safe, baselines, verdict } = run;
  expect(safe.kept).toBe("scratch");
  expect(safe.validation.scratch).toBeGreaterThan(safe.validation.transfer);
  expect(safe.words).toMatch(
    /^Kept: from scratch, \d+\.\d points better on \d+ validation pictures \(\d+\.\d % against \d+\.\d %; these two models: from \d+\.\d to \d+\.\d points\)\.$/,
  );
  const { difference } = safe;
  expect(difference!.gain).toBeCloseTo(safe.validation.transfer - safe.validation.scratch, 6);
  expect(difference!.models_ci95![1]).toBeLessThan(0);
  // The scores of the run are those of the kept model. The verdict is still about the transfer.
  expect(run.test.accuracy).toBe(baselines.scratch!.test.accuracy);
  expect(run.validation.accuracy).toBe(safe.validation.scratch);
  expect(verdict.gain).toBeCloseTo(safe.other - run.test.accuracy, 12);
  expect(verdict.gain).toBeLessThan(-0.2);
  expect(baselines.majority!.test.accuracy).toBeCloseTo(0.5, 1);
  expect(baselines.pixels!.recipe).toMatch(/^logistic regression on the pixels at 16 × 16, strength /);
  const { best_epoch } = baselines.scratch!.training!;
  const epochs = events.filter((e) => e.event === "epoch" && e.stage.startsWith("scratch"));
  const last = Math.max(...epochs.map((e) => (e.event === "epoch" ? e.epoch : 0)));
  expect(run).toMatchObject({ epochs: last, best_epoch, trainable: { parameters: run.trainable.total } });
  const card = readFileSync(path("safe", "model", "README.md"), "utf8");
  expect(card.replaceAll("\u00a0", " ")).toContain(`, ${last} epochs, weights of epoch ${best_epoch}`);
  // The file is that model.
  const again = await evaluate(path("safe", "model"), data, { threads: 1 });
  expect((again.test as ClassificationScores).accuracy).toBeCloseTo(run.test.accuracy, 12);
  expect(readFileSync(path("safe", "report.html"), "utf8")).toContain("Kept: from scratch, ");
  expect(card).toContain("Kept: from scratch, ");
  expect(await resume(path("safe"))).toEqual(JSON.parse(JSON.stringify(run)));
});

test("training from scratch tries three rates and the one that was asked for, and says how it ended", {
  tags: ["thorough"],
}, async () => {
  const run = await train(data, {
    ...common,
    task: "image-classification",
    base: hurting,
    baselines: true,
    seeds: 1,
    scratchSteps: 60,
    out: path("both"),
  });
  const { scratch } = run.baselines!;
  const { training, tried } = scratch!;
  expect(tried!.map(({ rate }) => rate)).toEqual([0.0003, 0.001, 0.003, 0.01]);
  const kept = tried!.filter((one) => one.kept);
  expect(kept.map(({ rate }) => rate)).toEqual([training!.rate]);
  expect(training!.limit).toBe(60);
  expect(training!.steps).toBeLessThanOrEqual(60);
  expect(scratch!.recipe).toContain(
    "constant learning rate until validation stops improving, at most 60 steps of batch size 16",
  );
  const others = tried!.filter((one) => !one.kept).reduce((sum, { seconds }) => sum + seconds, 0);
  expect(scratch!.seconds).toBeCloseTo(others + training!.seconds, 12);
  expect(run.verdict).toMatchObject({ scratch_ended: training!.ended, scratch_steps: training!.steps });
  expect(run).not.toHaveProperty("safe");
});

test("invalid combinations of --safe and --margin are refused by name", async () => {
  await expect(
    train(data, { base: hurting, safe: true, strategy: "lora", adapterOnly: true }),
  ).rejects.toThrow("safe may keep a model that was trained from scratch: an adapter cannot hold it");
  await expect(train(data, { base: hurting, margin: 0.02 })).rejects.toMatchObject({
    details: { option: "margin", without: "a verdict" },
  });
  await expect(train(data, { base: hurting, baselines: true, margin: 0.7 })).rejects.toThrow("margin is 0.7");
});
