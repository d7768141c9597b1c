// Trainings whose numbers run away: ended there, with what was best kept and a word on why.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TrainResultEvent } from "../../src/core/events/events.js";
import { decodeCheckpoint } from "../../src/train/epochs/checkpoint.js";
import { engraft, smallNet, tinyBase, tinyData } from "../support/fixtures.js";

const root = mkdtempSync(join(tmpdir(), "engraft-diverged-"));
const path = (...parts: string[]) => join(root, ...parts);
const run = (args: readonly string[]) =>
  engraft(
    args.map((word) => word.replaceAll("ROOT", root)),
    { cache: path("cache") },
  );

beforeAll(async () => {
  await tinyData(path("data"));
  tinyBase(path("base"));
  // A few steps at a rate of 100 make numbers whose exponential is beyond float32.
  tinyBase(
    path("wild"),
    smallNet(
      (g, x) => g.exp(g.exp(x)),
      (fan) => 0.6 * Math.sqrt(2 / fan),
    ),
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a rate that diverges ends the training, keeps what was best, and says which rate would not", async () => {
  const words = [
    "--base",
    "ROOT/base",
    "--lr",
    "100",
    "--epochs",
    "20",
    "--batch-size",
    "2",
    "--augment",
    "none",
    "--no-baselines",
  ];
  const ran = await run(["train", "ROOT/data", ...words, "--out", "ROOT/diverged", "--json"]);
  expect(ran).toMatchObject({ code: 0, err: "" });
  const warning = ran.events.find(({ code }) => code === "diverged")!;
  expect(warning.message).toMatch(
    /^finetune diverged: (.+ became (NaN|-?Infinity) at step \d+|the loss rose to [\d.e+]+ at step \d+: guessing among \d classes costs [\d.]+|the weights diverged in epoch \d+ of 20: .+), at a rate of \d+(\.\d+)?; it was ended there, (the weights it started from|the weights of epoch \d+) are kept as the best; the rate finder suggests --lr [\d.e-]+$/,
  );
  const result = ran.events.at(-1)!;
  const { diverged } = result as unknown as { diverged: { step: number; rate: number; suggested: number } };
  expect(diverged.suggested).toBeLessThan(diverged.rate);
  expect(warning.message).toContain(`--lr ${Number(diverged.suggested.toPrecision(2))}`);
  const epochs = ran.events.filter(({ event }) => event === "epoch").length;
  expect(result).toMatchObject({ event: "result", epochs });
  expect(epochs).toBeLessThan(20);
  const { note } = decodeCheckpoint(readFileSync(path("diverged", "state", "finetune.safetensors")), "state");
  expect(note).toMatchObject({ finished: true, diverged: { step: diverged.step } });
});

test("a base that no rate helps is not blamed on the rate", async () => {
  const words = [
    "--base",
    "ROOT/wild",
    "--lr",
    "100",
    "--epochs",
    "10",
    "--augment",
    "none",
    "--baselines",
    "--seeds",
    "1",
    "--scratch-steps",
    "12",
  ];
  const ran = await run(["train", "ROOT/data", ...words, "--out", "ROOT/hopeless", "--json"]);
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.events.find(({ code }) => code === "diverged")!.message).toMatch(
    /^finetune diverged: .+; it was ended there, .+ are kept as the best; (no rate that the finder tried keeps the loss finite: look at the base, the data and the labels|the rate finder suggests --lr [\d.e-]+)$/,
  );
  // From scratch beside it has rates of its own.
  const { scratch } = (ran.events.at(-1) as Partial<TrainResultEvent>).baselines!;
  expect(scratch!.tried!.map(({ rate }) => rate)).toEqual([0.0003, 0.001, 0.003, 100]);
  expect(scratch!.training!.rate).toBeLessThan(100);
  expect(ran.events.at(-1)).toMatchObject({ event: "result", best_epoch: 0 });
});
