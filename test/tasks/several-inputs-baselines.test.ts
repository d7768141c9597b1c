// Rows with several inputs compared with the same network from scratch, with other seeds, and with fewer training rows.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TableResultEvent } from "../../src/core/events/events.js";
import { baselineNames } from "../../src/core/results/baseline-names.js";
import { parametersOf } from "../../src/graph/surgery/index.js";
import { learningCurve, train } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { openSeveral } from "../../src/tasks/multimodal/open-several.js";
import { openRows } from "../../src/tasks/tables/open-rows.js";
import { toysIn } from "../characterisation/toys.js";

const root = mkdtempSync(join(tmpdir(), "engraft-several-inputs-baselines-"));
const path = (...parts: string[]): string => join(root, ...parts);
const toy = toysIn(path("toys"));
const inputs = "image,text,columns";

beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("the network from scratch has random weights in all bases, and the run trains those of the first one", async () => {
  const how = { platform: nodePlatform, seed: 0, onEvent: () => undefined };
  const data = await openRows(await toy("several-classes"), { inputs }, "multimodal-classification", how);
  const options = { base: await toy("several-bases") };
  const opening = { ...how, options, signal: undefined, run: "", whole: false };
  const { opened, scratch } = await openSeveral(data, opening);
  const basesOf = ({ body }: typeof opened) => [
    ...new Set(parametersOf(body.graph).map(({ value }) => value.replace("onnx::", "").split(".")[0])),
  ];
  expect(basesOf(opened)).toEqual(["base1"]);
  expect(basesOf(scratch).sort()).toEqual(["base1", "base2"]);
  // Categories stay one-hot.
  expect(opened.base.joined!.length).toBe(3);
});

const options = async (out: string) => ({
  inputs,
  base: await toy("several-bases"),
  scratchSteps: 40,
  out: path(out),
});

test("a linear probe is compared with training from scratch", { tags: ["thorough"] }, async () => {
  const result = (await train(await toy("several-classes"), {
    ...(await options("probe")),
    baselines: true,
    seeds: 1,
  })) as TableResultEvent;
  expect(result.strategy.name).toBe("probe");
  expect(Object.keys(result.baselines!).sort()).toEqual(["majority", "scratch"]);
  expect(result.baselines!.scratch!.test.n).toBe(result.test.n);
  expect(result.verdict!.words).toMatch(/from scratch/);
});

test("a run decides by itself on the baselines that need no training, and has a verdict", {
  tags: ["thorough"],
}, async () => {
  const result = (await train(await toy("several-classes"), {
    ...(await options("auto")),
    ...{ scratchSteps: undefined, baselines: "auto" },
  })) as TableResultEvent;
  expect(Object.keys(result.baselines!)).toEqual(["majority"]);
  expect(result.verdict).toMatchObject({ against: baselineNames.majority, without_scratch: true });
});

test("seeds repeat a training, and the one from scratch for each", { tags: ["thorough"] }, async () => {
  const result = await train(await toy("several-numbers"), {
    ...(await options("numbers")),
    ...{ strategy: "finetune", epochs: 1, option: { keep: "last" }, baselines: true, seeds: 2 },
    target: "price",
  });
  if (result.task !== "multimodal-regression") throw new Error(result.task);
  expect(Object.keys(result.baselines!).sort()).toEqual(["mean", "probe", "scratch"]);
  const { runs } = result.by_seed!;
  expect(runs.map(({ seed }) => seed)).toEqual([0, 1]);
  // Another seed has another order and other random weights.
  expect(new Set(runs.map(({ r2 }) => r2)).size).toBe(2);
  expect(new Set(runs.map(({ scratch }) => scratch)).size).toBe(2);
});

test("a learning curve trains on fewer rows, with transfer and from scratch", {
  tags: ["thorough"],
}, async () => {
  const { sizes } = await learningCurve(await toy("several-classes"), {
    ...(await options("curve")),
    ...{ sizes: [20, 40], seeds: 2 },
  });
  expect(sizes.map(({ size }) => size)).toEqual([20, 40]);
  for (const { transfer, scratch } of sizes) {
    expect(transfer.mean).toBeGreaterThan(0);
    expect(scratch.mean).toBeGreaterThan(0);
  }
});
