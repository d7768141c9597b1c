import { expect, test } from "vitest";
import type { EngraftError } from "../../core/errors.js";
import { editDistance, nearest } from "../../core/nearest.js";
import { strategies } from "../../methods/registry.js";
import { columnsOf } from "../render/labelled.js";
import { commandHelp, programHelp } from "./help.js";
import { optionsOfCommand } from "./option-owners.js";
import { type CommandName, commands } from "./options.js";
import { parse } from "./parse.js";

function refused(...argv: string[]): EngraftError {
  try {
    parse(argv);
  } catch (error) {
    return error as EngraftError;
  }
  return expect.unreachable(`engraft ${argv.join(" ")} should be refused`);
}

test("words become a command, its arguments and typed options", () => {
  expect(
    parse(["train", "data", "--epochs", "3", "--lr=1e-3", "--mean", "-1,0,1", "--no-cache", "--json"]),
  ).toEqual({
    kind: "command",
    command: "train",
    args: ["data"],
    options: { epochs: 3, lr: 1e-3, mean: [-1, 0, 1], noCache: true, json: true },
  });
  expect(parse(["predict", "model", "-", "--top", "2"])).toMatchObject({
    args: ["model", "-"],
    options: { top: 2 },
  });
  expect(parse(["predict", "model", "--", "--odd-name.jpg"])).toMatchObject({
    args: ["model", "--odd-name.jpg"],
  });
});

test("help is found in every place a newcomer looks", () => {
  for (const argv of [[], ["--help"], ["-h"], ["help"]])
    expect(parse(argv)).toEqual({ kind: "help", command: undefined });
  for (const argv of [
    ["train", "--help"],
    ["train", "-h"],
    ["help", "train"],
    ["train", "x", "--epochs", "1", "--help"],
  ])
    expect(parse(argv)).toEqual({ kind: "help", command: "train" });
});

const noOption = (name: string): string => `there is no option --${name}`;
const notEpochs = (word: string): string => `--epochs ${word}: must be a whole number from 1 to 10000`;
const noRate = (word: string): string => `--lr ${word}: must be a number above 0, at most 100, or find`;
test.each([
  [["trian", "x"], "there is no command trian", "did you mean train? see engraft --help"],
  [["frobnicate"], "there is no command frobnicate", "see engraft --help"],
  [["train", "x", "--epoch", "3"], noOption("epoch"), "did you mean --epochs? see engraft train --help"],
  [["train", "x", "--zzz"], noOption("zzz"), "see engraft train --help"],
  [
    ["report", "runs/flowers", "--follow"],
    noOption("follow"),
    "engraft studio RUN shows a run while it trains; see engraft report --help",
  ],
  [
    ["extend", "a.sums", "--with", "b.sums"],
    noOption("with"),
    "--without is the opposite; name what to add after the first source: engraft extend FIRST MORE…; see engraft extend --help",
  ],
  [["extend", "a.sums", "--withou", "b.sums"], noOption("withou"), "did you mean --without? see"],
  [["train", "x", "--pictures"], noOption("pictures"), "--no-pictures is the opposite; "],
  [["--verison"], noOption("verison"), "did you mean --version? see engraft --help"],
  [
    ["train", "x", "--epochs"],
    "--epochs needs a value: a whole number from 1 to 10000",
    "see engraft train --help",
  ],
  [["train", "x", "--epochs", "0"], notEpochs("0"), "see engraft train --help"],
  [["train", "x", "--epochs", "three"], notEpochs("three"), ""],
  [
    ["train", "x", "--budget", "soon"],
    "--budget soon: must be a time from 1 s to 30 days, like 90s, 10m or 1h30m",
    "engraft train --help",
  ],
  [["train", "x", "--lr", "-1"], noRate("-1"), ""],
  [["train", "x", "--lr", "0"], noRate("0"), ""],
  [
    ["train", "x", "--strategy", "magic"],
    `--strategy magic: must be one of ${Object.keys(strategies).join(", ")}`,
    "",
  ],
  [
    ["train", "x", "--mean", "a,b"],
    "--mean a,b: must be numbers with commas between, like 0.485,0.456,0.406",
    "",
  ],
  [
    ["train", "x", "--strategy", "prob"],
    `--strategy prob: must be one of ${Object.keys(strategies).join(", ")}`,
    "did you mean probe? see engraft train --help",
  ],
  [["train", "x", "--baselines=yes"], '--baselines takes no value, got "yes"', ""],
  [["train", "x", "y"], "too many arguments: train takes 1, got 2", "engraft train <data> | --resume DIR"],
  [["eval", "m"], "too few arguments: eval takes 2, got 1", "engraft eval <model> <data>"],
])("%j is refused with what to do", (argv, message, help) => {
  const error = refused(...argv);
  expect(error).toMatchObject({ kind: "OptionError", message, exitCode: 2 });
  expect(error.help).toContain(help);
});

test("the distance of two words is the fewest letters to change: kitten to sitting is 3", () => {
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("", "abc")).toBe(3);
  expect(nearest("strat", ["strategy", "seed"])).toBe("strategy");
  expect(nearest("qqqqq", ["strategy", "seed"])).toBeUndefined();
});

test("every option of every command says what it is for", () => {
  for (const spec of Object.values(commands))
    for (const option of optionsOfCommand(spec)) {
      expect(option.description, `${spec.name} --${option.name}`).toMatch(/\w{3}/);
      if (option.value !== undefined) expect(option.allowed).toMatch(/\w{3}/);
    }
});

test.each([
  ["90", 90],
  ["90s", 90],
  ["10m", 600],
  ["1h30m", 5400],
  ["0.5h", 1800],
])("--budget %s is %d seconds", (text, seconds) => {
  expect(parse(["train", "x", "--budget", text, "--lr", "find"])).toMatchObject({
    options: { budget: seconds, lr: "find" },
  });
});

test("the help of --safe promises no more than a choice by validation can hold", () => {
  const help = commandHelp("train", "all").replace(/\s+/g, " ");
  expect(help).toContain("the model that is better on the validation split, which can be the wrong choice");
  expect(help).not.toContain("never worse");
});

test.each(Object.keys(commands) as CommandName[])(
  "the help of %s fits 80 columns and has every option",
  (name) => {
    for (const text of [
      programHelp("0.0.0"),
      commandHelp(name),
      commandHelp(name, "all"),
      commandHelp(name, "strategies"),
    ])
      expect(text.split("\n").filter((line) => columnsOf(line) > 80)).toEqual([]);
    const all = commandHelp(name, "all");
    for (const option of optionsOfCommand(commands[name])) expect(all).toContain(`--${option.name}`);
  },
);

test("--help takes a topic", () => {
  expect(parse(["train", "--help", "all"])).toEqual({ kind: "help", command: "train", topic: "all" });
  expect(commandHelp("train", "strategies")).toContain("l2-sp");
  expect(commandHelp("train")).not.toContain("--huber-delta");
});
