import { expect, test } from "vitest";
import { optionsOfCommand, refuseDecided } from "./command-options.js";
import { type OptionName, optionTable } from "./option-table.js";

const all = Object.keys(optionTable) as OptionName[];
const without = (command: Parameters<typeof optionsOfCommand>[0]): readonly OptionName[] =>
  all.filter((name) => !optionsOfCommand(command).includes(name));

test("train takes every option", () => {
  expect(without("train")).toEqual([]);
});

test("a comparison takes every option of train but what it compares and decides", () => {
  expect([...without("compare")].sort()).toEqual([
    ...["baselines", "folds", "margin", "reasons", "safe", "scratchSteps", "strategy"],
  ]);
});

test("several tasks and a student take what their way to train can use", () => {
  for (const name of ["budget", "groupFrom", "calibrate", "seeds", "loss"] as const)
    expect(optionsOfCommand("multi-task")).not.toContain(name);
  // Several tasks may be of texts.
  expect(optionsOfCommand("multi-task")).toContain("pooling");
  for (const name of ["calibrate", "coverage", "seeds", "groupFrom"] as const)
    expect(optionsOfCommand("distill")).toContain(name);
  for (const name of ["budget", "safe", "baselines", "pooling"] as const)
    expect(optionsOfCommand("distill")).not.toContain(name);
});

test("an option that a command decides is refused by name", () => {
  expect(() => refuseDecided("compare", { strategy: "full" })).toThrow(
    "the option strategy is decided by compare",
  );
  expect(() => refuseDecided("curve", { trainSize: 20 })).toThrow("the option trainSize is decided by curve");
  expect(() => refuseDecided("curve", { epochs: 2 })).not.toThrow();
});
