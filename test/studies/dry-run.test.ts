// @module-tag thorough
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dryRunOn } from "../../src/api/train.js";
import { renderDryRun } from "../../src/cli/commands/train.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { resume, train } from "../../src/index.js";
import { machineWithStepTime, trainWithStepTime } from "../support/manual-clock.js";

const demo = fileURLToPath(new URL("../../assets/demo", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "engraft-dry-run-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The first 20 training and 10 test pictures of each class of the demo: a run that only shows its plan scores few. */
const few = join(folder, "few-pictures");
beforeAll(() => {
  for (const [part, count] of [
    ["train", 20],
    ["test", 10],
  ] as const)
    for (const label of readdirSync(join(demo, part)))
      for (const name of readdirSync(join(demo, part, label))
        .sort()
        .slice(0, count))
        cpSync(join(demo, part, label, name), join(few, part, label, name));
});

test("a dry run says strategy, reasons and time; it trains nothing and leaves no folder", async () => {
  const events: EngraftEvent[] = [];
  const out = join(folder, "dry");
  const planned = await train(few, {
    ...{ trainSize: 40, threads: 1, out, dryRun: true },
    onEvent: (event) => events.push(event),
  });
  expect(planned).toMatchObject({
    task: "dry-run",
    learns: "image-classification",
    base: { name: "vision-open" },
    strategy: { name: "finetune" },
    batch: 16,
    rate: 0.004,
    seeds: 1,
  });
  expect(planned.strategy.reasons[0]).toMatch(/^40 training pictures \(8 of class "crack"\) are enough/);
  expect(planned.epochs).toBeGreaterThan(1);
  expect(planned.trainable.parameters).toBeGreaterThan(0);
  expect(planned.forecast.seconds).toBeGreaterThan(0);
  expect(planned.command).toMatch(/^engraft train .* --lr 0\.004 --strategy finetune/);
  expect(events.some(({ event }) => event === "result" || event === "checkpoint" || event === "error")).toBe(
    false,
  );
  expect(existsSync(out)).toBe(false);
  const lines = renderDryRun(planned).join(" ").replace(/\s+/g, " ");
  expect(lines).toContain("dry run finetune on vision-open");
  expect(lines).toContain(`forecast ${planned.forecast.words}`);
});

test("the screen of a table has baselines besides, and a requested strategy no reason", async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${i % 7},${3 * i + (i % 5)}`);
  const table = join(folder, "table.csv");
  writeFileSync(table, `a,b,y\n${rows.join("\n")}\n`);
  const screen = async (options: object) =>
    renderDryRun(
      await train(table, { threads: 1, out: join(folder, "dry-table"), ...options, dryRun: true }),
    );
  const lines = await screen({ baselines: true });
  expect(lines.join(" ")).toContain("besides    baselines");
  expect(lines.join(" ")).not.toContain("the same from scratch");
  const requested = (await screen({ strategy: "full", epochs: 1 })).join(" ");
  expect(requested).toMatch(/^dry run {4}scratch on |^dry run {4}full \(requested\) on /);
  // Trees have neither a base nor weights.
  const trees = (await screen({ strategy: "trees" })).join(" ");
  expect(trees).toMatch(/^dry run {4}trees \(requested\) +solved without epochs +forecast /);
});

test("the run that follows does what the dry run said, in the folder that it left free", async () => {
  const options = { trainSize: 20, threads: 1, out: join(folder, "followed") } as const;
  const planned = await train(few, { ...options, dryRun: true });
  expect(planned).toMatchObject({ epochs: 0, batch: 0, rate: null, strategy: { name: "probe" } });
  const run = await train(few, options);
  expect(run.strategy).toEqual(planned.strategy);
  expect(run.trainable).toEqual(planned.trainable);
  const { command } = JSON.parse(readFileSync(join(options.out, "run.json"), "utf8"));
  expect(command).toBe(planned.command);
});

test("wrong data are refused as in a training, a folder that is taken too, and it stays", async () => {
  await expect(train(join(folder, "nowhere"), { dryRun: true })).rejects.toMatchObject({
    details: { data: join(folder, "nowhere") },
  });
  const taken = join(folder, "taken");
  mkdirSync(taken);
  writeFileSync(join(taken, "mine.txt"), "mine");
  await expect(train(few, { dryRun: true, out: taken, threads: 1 })).rejects.toThrow("is not empty");
  expect(readFileSync(join(taken, "mine.txt"), "utf8")).toBe("mine");
  await expect(train(demo, { trainSize: 3, dryRun: true })).rejects.toMatchObject({ details: { asked: 3 } });
});

test("auto chooses for the given base, and the run records the reason", async () => {
  const run = await train(few, { trainSize: 20, strategy: "auto", threads: 1, out: join(folder, "auto") });
  expect(run.strategy.name).toBe("probe");
  expect(run.strategy.reasons[0]).toBe(
    '20 training pictures (4 of class "crack") are fewer than 40: training all weights would mostly fit noise',
  );
  const { options } = JSON.parse(readFileSync(join(folder, "auto", "run.json"), "utf8"));
  expect(options.strategy).toBe("probe");
});

test("auto sets a learning rate by the size of the base and records it; a network from scratch does not inherit it", {
  tags: ["thorough"],
}, async () => {
  const out = join(folder, "rated");
  const run = await train(few, {
    ...{
      trainSize: 40,
      epochs: 1,
      strategy: "auto",
      baselines: true,
      seeds: 1,
      scratchSteps: 6,
      threads: 1,
      out,
    },
    task: "image-classification",
  });
  expect(run.strategy.name).toBe("finetune");
  expect(run.strategy.reasons.at(-1)).toBe(
    "learning rate 0.004; 0.001 is usual for networks of 21.3 million weights, this base has 0.33 million, and the rate grows with the square root of the ratio",
  );
  const { options, command } = JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
  expect(options).toMatchObject({ strategy: "finetune", lr: 0.004 });
  expect(command).toContain("--lr 0.004");
  expect(run.baselines!.scratch!.tried!.map(({ rate }) => rate)).toEqual([0.0003, 0.001, 0.003]);
});

test("a run without training options is planned; with epochs it is finetune", async () => {
  const silent = await train(few, { trainSize: 20, threads: 1, out: join(folder, "silent") });
  expect(silent.strategy.name).toBe("probe");
  const command = JSON.parse(readFileSync(join(folder, "silent", "run.json"), "utf8")).command;
  expect(command).toContain("--strategy probe");
  const tuned = await train(few, { trainSize: 20, epochs: 1, threads: 1, out: join(folder, "told") });
  expect(tuned.strategy).toMatchObject({
    name: "finetune",
    reasons: ["default"],
    reason_messages: [{ code: "strategy-default" }],
  });
});

test("with too few pictures for a plan, a run is a probe and says so", async () => {
  const fewest = join(folder, "few");
  for (const label of ["pit", "stain"]) {
    const pictures = readdirSync(join(demo, "train", label));
    for (const [part, picture] of [
      ["train", pictures[0]!],
      ["val", pictures[1]!],
      ["test", pictures[2]!],
    ] as const)
      cpSync(join(demo, "train", label, picture), join(fewest, part, label, picture));
  }
  const run = await train(fewest, { threads: 1, out: join(folder, "few-run") });
  expect(run.strategy).toMatchObject({
    name: "probe",
    reasons: ["2 training pictures of 2 classes are too few to plan by: at least 4 are needed"],
  });
});

test("a run whose plan is a probe keeps the requested budget", async () => {
  const out = join(folder, "budget");
  const run = await trainWithStepTime(20)(few, { trainSize: 20, budget: 8, threads: 1, out });
  expect(run.strategy.name).toBe("probe");
  const { options } = JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
  expect(options).toMatchObject({ strategy: "probe", budget: 8 });
});

test("trials that would take too much of a budget are left out, with a reason", async () => {
  // 60 to train, and 120 to choose on: enough for trials.
  const rows = ["train", "test"].flatMap((part) =>
    readdirSync(join(demo, part)).flatMap((label) =>
      readdirSync(join(demo, part, label))
        .slice(0, part === "train" ? 12 : 30)
        .map((name, i) => [join(demo, part, label, name), label, i] as const)
        .map(
          ([path, of, i]) => `${path},${of},${part === "train" ? "train" : i < 24 ? "validation" : "test"}`,
        ),
    ),
  );
  const list = join(folder, "list.csv");
  writeFileSync(list, `image,label,split\n${rows.join("\n")}\n`);
  const options = { epochs: 100, budget: 30, threads: 1 };
  const machine = await machineWithStepTime(500);
  const planned = await dryRunOn(machine, list, {
    ...options,
    strategy: "auto",
    out: join(folder, "no-trials"),
  });
  expect(planned.data.split).toMatchObject({ train: 60, validation: 120 });
  expect(planned.strategy.reasons.at(-2)).toMatch(
    /^short trainings to compare strategies would take .*, more than 20 % of the budget$/,
  );
});

test("a run that is stopped during planning plans again when resumed", async () => {
  const out = join(folder, "stopped");
  const stop = new AbortController();
  const onEvent = (event: EngraftEvent) => {
    if (event.event === "progress") stop.abort();
  };
  const options = { trainSize: 20, threads: 1, cache: false, out };
  await expect(train(few, { ...options, signal: stop.signal, onEvent })).rejects.toThrow("stopped");
  expect(JSON.parse(readFileSync(join(out, "run.json"), "utf8")).options.strategy).toBe(undefined);
  const run = await resume(out);
  expect(run.task === "image-classification" && run.strategy.name).toBe("probe");
});
