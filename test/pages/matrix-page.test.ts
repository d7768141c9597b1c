// docs/matrix.md is written from the tables that options are checked with; here, that it is, and that the tables are right.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tasks } from "../../src/core/results/task.js";
import { capabilities } from "../../src/methods/capabilities.js";
import { type StrategyName, type StrategyRow, strategies } from "../../src/methods/registry.js";
import { commandNeeds, refuseCommand } from "../../src/options/command-needs.js";
import { needsOf, type OptionName } from "../../src/options/option-table.js";
import type { TrainOptions } from "../../src/options/options.js";
import { refuseUnusable } from "../../src/options/refuse-unusable.js";
import { capabilitiesOf } from "../../src/options/task-capabilities.js";

test("the page is what the tables say: npm run docs:matrix writes it", async () => {
  const { page } = await import("../../scripts/matrix.mjs");
  expect(readFileSync(new URL("../../docs/matrix.md", import.meta.url), "utf8")).toBe(page());
});

test("so is the table of tasks in the README", async () => {
  const { withTasks } = await import("../../scripts/matrix.mjs");
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  expect(readme).toBe(withTasks(readme));
});

test("every task has a column, and each kind of input of a task with several", async () => {
  const { columns } = await import("../../scripts/matrix.mjs");
  expect([...new Set(columns.map(({ task }) => task))].sort()).toEqual([...tasks].sort());
  const several = columns.filter(({ task }) => task === "multi-label-classification");
  expect(several.map(({ input }) => input).sort()).toEqual(["audio", "image", "text"]);
});

test("commands that open no sounds refuse them, and say what they take", () => {
  expect(() => refuseCommand("diagnose", "audio-classification")).toThrow(
    "the command diagnose is for classification of pictures and texts, and this is audio-classification",
  );
  for (const task of ["image-classification", "text-classification"] as const)
    for (const command of ["adapt", "diagnose"] as const)
      expect(() => refuseCommand(command, task)).not.toThrow();
  expect(() => refuseCommand("adapt", "audio-classification")).not.toThrow();
});

test("every capability is had by a task, and needed by an option, a strategy or a command", () => {
  const had = new Set(tasks.flatMap((task) => capabilitiesOf(task)));
  const unknown = Object.keys(capabilities).filter((name) => ![...had, "steps"].includes(name as "steps"));
  expect(unknown).toEqual([]);
});

test("a command without needs takes every task", () => {
  expect(
    Object.entries(commandNeeds)
      .filter(([, needs]) => needs.length === 0)
      .map(([name]) => name),
  ).toEqual([...["train", "compare", "eval", "predict", "explain", "export", "report", "push"]]);
});

/** A value of each option that some task cannot use. */
const given: Partial<Record<OptionName, TrainOptions>> = {
  base: { base: "x" },
  batchNorm: { batchNorm: "train" },
  budget: { budget: 9 },
  calibrate: { calibrate: "temperature" },
  coverage: { coverage: 0.8 },
  ignore: { ignore: "a" },
  initFrom: { initFrom: "x" },
  labels: { labels: "a" },
  loss: { loss: "huber" },
  pooling: { pooling: "mean" },
  safe: { safe: true },
  sampling: { sampling: "balanced" },
  seeds: { seeds: 2 },
  target: { target: "y" },
  test: { test: "x" },
  tta: { tta: 2 },
};

describe.each(tasks)("%s", (task) => {
  test.each(Object.entries(given))("takes %s, or says for what it is", (name, options) => {
    const has = new Set(capabilitiesOf(task));
    const needs = needsOf(name as OptionName, options[name as OptionName]);
    const missing = needs.find((one) => !has.has(one) && one !== "steps");
    if (missing === undefined || (missing === "pretrained" && options.initFrom)) {
      expect(() => refuseUnusable(options, task)).not.toThrow();
      return;
    }
    const { says } = capabilities[missing];
    // Several inputs have pictures and texts: "is for texts alone".
    const alone = has.has("several inputs") && /^is for (pictures|texts)$/.test(says) ? " alone" : "";
    expect(() => refuseUnusable(options, task)).toThrow(`${says}${alone}, and this is ${task}`);
  });

  test.each(Object.entries<StrategyRow>(strategies))(
    "takes the strategy %s, or says for what it is",
    (name, { needs }) => {
      const missing = needs.find((one) => !capabilitiesOf(task).includes(one));
      const given = { strategy: name as StrategyName };
      if (missing === undefined) return expect(() => refuseUnusable(given, task)).not.toThrow();
      const { says } = capabilities[missing];
      expect(() => refuseUnusable(given, task)).toThrow(`strategy "${name}" ${says}, and this is ${task}`);
    },
  );
});
