import { expect, test } from "vitest";
import { type Task, tasks } from "../core/results/task.js";
import { checkValues } from "./check-options.js";
import { optionTable } from "./option-table.js";
import { optionWordsZh } from "./option-words-zh.js";
import { type OptionInfo, optionsOf } from "./options-of-task.js";
import { refuseUnusable } from "./refuse-unusable.js";

const nameOf = ({ name }: OptionInfo): string => name;
const found = async (task: (typeof tasks)[number], name: string): Promise<OptionInfo | undefined> =>
  (await optionsOf(task)).find((one) => one.name === name);

test("limits, choices and defaults are data", async () => {
  expect(await found("image-classification", "epochs")).toEqual({
    ...{
      kind: "whole",
      min: 1,
      max: 10_000,
      name: "epochs",
      title: "epochs",
      group: "training",
      level: "basic",
    },
    ...{ effect: "result", help: "passes over the training split", otherwise: "by the strategy" },
  });
  expect(await found("image-classification", "lr")).toMatchObject({
    ...{ kind: "number", min: 0, max: 100, aboveMin: true, word: "find" },
  });
  expect(await found("image-classification", "margin")).toMatchObject({ value: 0.01, without: "a verdict" });
  expect(await found("image-classification", "cache")).toMatchObject({ kind: "flag", value: true });
  expect(await found("image-classification", "safe")).toMatchObject({ kind: "flag", value: false });
  expect(await found("image-classification", "budget")).toMatchObject({
    kind: "seconds",
    min: 1,
    max: 2_592_000,
  });
});

test("a task has its own options and choices", async () => {
  expect((await found("image-classification", "augment"))!).toMatchObject({
    choices: ["none", "light", "standard", "strong", "randaugment", "trivialaugment"],
    joined: [],
  });
  expect((await found("text-classification", "augment"))!).toMatchObject({
    choices: ["none", "delete", "swap", "mask", "typo"],
    joined: ["delete", "swap", "mask", "typo"],
  });
  expect(await found("text-classification", "imageSize")).toBeUndefined();
  expect(await found("tabular-regression", "base")).toBeUndefined();
  const bases = {
    "text-classification": "text-mini",
    "audio-regression": "audio-mini",
    "object-detection": "vision-open",
  };
  for (const [task, otherwise] of Object.entries(bases))
    for (const lang of ["en", "zh"] as const)
      expect((await optionsOf(task as Task, lang)).find(({ name }) => name === "base")).toMatchObject({
        otherwise,
      });
  expect(await found("text-generation", "base")).not.toHaveProperty("otherwise");
  expect(await found("multi-label-classification", "base")).toMatchObject({
    otherwise: "vision-open; texts: text-mini; sounds: audio-mini",
  });
  expect(await found("tabular-regression", "loss")).toMatchObject({
    choices: ["mse", "huber"],
    value: "mse",
  });
  const strategy = await found("tabular-classification", "strategy");
  expect(strategy).toMatchObject({ kind: "choice" });
  expect(strategy?.kind === "choice" && strategy.choices).not.toContain("lora");
});

test.each(tasks)("every choice and limit that is given for %s is accepted", async (task) => {
  for (const info of await optionsOf(task)) {
    const values: unknown[] =
      info.kind === "choice"
        ? [...info.choices]
        : info.kind === "flag"
          ? [true]
          : "min" in info
            ? [...(info.aboveMin ? [] : [info.min]), ...(info.belowMax ? [] : [info.max])]
            : [];
    if (info.word !== undefined) values.push(info.word);
    for (const value of values) {
      expect(() => checkValues({ [info.name]: value }), `${info.name} ${value}`).not.toThrow();
      if (info.without === undefined && !["average", "shots"].includes(info.name))
        expect(() => refuseUnusable({ [info.name]: value }, task), `${info.name} ${value}`).not.toThrow();
    }
    if (info.value !== undefined && info.value !== false)
      expect(() => checkValues({ [info.name]: info.value }), info.name).not.toThrow();
  }
});

test("Chinese has help for every option, and a default where English has one", async () => {
  for (const [name, { otherwise }] of Object.entries(optionTable)) {
    const { help, otherwise: zh } = optionWordsZh[name as keyof typeof optionWordsZh];
    expect(help, name).toMatch(/\p{Script=Han}/u);
    expect(zh !== undefined, name).toBe(otherwise !== undefined);
    // Names, numbers and file names stay as they are.
    for (const word of otherwise?.match(/^[a-z0-9./-]+$/) ?? [])
      if (!["none", "all", "detected", "true", "false"].includes(word))
        expect(zh, name).toBe(word.startsWith("runs/") ? "runs/日期-名称" : word);
  }
  const both = await Promise.all(
    (["en", "zh"] as const).map((lang) => optionsOf("text-classification", lang)),
  );
  expect(both[1]!.map(nameOf)).toEqual(both[0]!.map(nameOf));
});

test("no word for a form is one of the command line, and Chinese leaves no English sentence", async () => {
  for (const lang of ["en", "zh"] as const)
    for (const task of tasks)
      for (const { name, title, help, otherwise, without } of await optionsOf(task, lang))
        for (const text of [title, help, otherwise, without])
          expect(text ?? "", name).not.toMatch(/--[a-z]|engraft (train|inspect|predict)/);
  const all = await Promise.all(tasks.map((task) => optionsOf(task, "zh")));
  for (const { name, title, without = "无" } of all.flat())
    for (const text of [title, without]) expect(text, name).toMatch(/\p{Script=Han}/u);
  const [seeds, gap] = ["seeds", "gap"].map((name) => all[0]!.find((one) => one.name === name)!);
  expect(seeds!.otherwise).toContain("“基线”");
  expect(gap!.without).toBe("“按时间划分”");
});

test("an unknown task or language is refused with the known ones", async () => {
  await expect(optionsOf("pictures" as never)).rejects.toThrow(/task is "pictures"/);
  await expect(optionsOf("image-classification", "de" as never)).rejects.toThrow('lang is "de"');
});
