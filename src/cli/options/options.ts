import type * as z from "zod/mini";
import { classificationOf } from "../../core/results/task.js";
import { type StrategyName, strategies } from "../../methods/registry.js";
import { defaults } from "../../options/options.js";
import { type Weighting, weightings } from "../../train/objectives/multi-task.js";
import { command } from "./command-spec.js";
import { curve } from "./curve-options.js";
import { diagnose } from "./diagnose-options.js";
import { flag, integer, nameList, number, oneOf, settings, weightList, words } from "./fields.js";
import { adapt } from "./options-of-adapt.js";
import {
  bases,
  cache,
  evaluate,
  explain,
  exportSpec,
  inspect,
  predict,
  push,
  report,
} from "./options-of-models.js";
import { pretrain } from "./options-of-pretrain.js";
import { rank } from "./rank-options.js";
import { trainFlags } from "./train-flags.js";

const strategyNames = Object.keys(strategies) as StrategyName[];

/** Where the data of a resumed run is. */
const movedData = {
  data: words(
    "with --resume: where the run's data is now; --base, --teacher, --init-from say so of its models",
    "PATH",
  ),
};

const weightingNames = Object.keys(weightings) as Weighting[];

export const train = command({
  name: "train",
  summary: "learn from pictures or a table, evaluate it, write a run folder",
  usage: "<data> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    ...trainFlags("train"),
    noBaselines: flag("do not: without either, where it takes at most two minutes or fits the budget"),
    resume: words("go on with a run that was stopped or killed", "DIR"),
    ...movedData,
    plan: words("carry out a plan that engraft plan --save wrote; it decides the rest", "FILE"),
  },
  examples: [
    "engraft train ./flowers",
    "engraft train ./flowers --base resnet18.onnx --strategy probe",
    "engraft train houses.csv --target price",
    "engraft train --resume runs/2026-01-31-flowers",
  ],
});

export const plan = command({
  name: "plan",
  summary: "look at data, bases and time: what it would do and why, with a forecast; keeps no training",
  usage: "<data>",
  least: 1,
  most: 1,
  options: {
    bases: nameList(
      "what it chooses from: names, file.onnx, folders, hf:org/name",
      "vision-mini,resnet18.onnx",
      "bundled and downloaded ones",
    ),
    save: words("write the plan to a file, for engraft train --plan FILE", "FILE"),
    noTrials: flag("go by the rules alone: try no strategy for a short time"),
    task: oneOf(
      "what is learnt from what",
      ["auto", classificationOf.image, classificationOf.text],
      "auto, found out from the data",
      "TASK",
    ),
    ...trainFlags("plan", ["base", "explain", "task"]),
  },
  examples: [
    "engraft plan ./flowers",
    "engraft plan ./flowers --bases vision-mini,resnet18.onnx --budget 10m --save plan.json",
    "engraft train --plan plan.json",
  ],
});

export const compare = command({
  name: "compare",
  summary: "train several strategies with several seeds, say which is best and whether that is real",
  usage: "<data> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    strategies: words(
      "what to compare, with commas between: names, NAME:OPTION=VALUE, or all",
      "NAME,...",
      "probe,finetune",
    ),
    seeds: integer("trainings of each, from --seed on; fewer than 3 decide nothing", {
      min: 1,
      max: 100,
      otherwise: "3",
    }),
    baseline: words("the one that all are held against, beside the winner", "NAME", "the first"),
    out: words("folder of the comparison", "DIR", "runs/DATE-NAME-comparison"),
    resume: words("go on with a comparison, try again what failed, or add strategies and seeds", "DIR"),
    ...trainFlags("compare", ["seeds", "out", "explain"]),
  },
  examples: [
    "engraft compare ./flowers --strategies probe,finetune,l2-sp --seeds 3",
    "engraft compare ./flowers --strategies last-n:last=1,last-n:last=4 --epochs 5",
    "engraft compare --resume runs/2026-01-31-flowers-comparison --strategies bss",
  ],
});

export const distill = command({
  name: "distill",
  summary: "train a small model on what a larger one answers, beside the same model without it",
  usage: "<data> --teacher MODEL | --resume DIR",
  least: 0,
  most: 1,
  options: {
    teacher: words("what is learnt from: a run, a model folder, file.onnx, a name, hf:org/name", "MODEL"),
    method: words("what is compared, see below; several with commas between", "NAME", "soft"),
    ...trainFlags("distill", ["strategy", "option", "seeds", "explain"]),
    strategy: oneOf("what moves, see engraft train --help", strategyNames, defaults.strategy, "NAME"),
    option: settings(
      "an option of the method, or of strategy and loop (engraft train --help); several times",
    ),
    resume: words("go on with a run that was stopped or killed", "DIR"),
    ...movedData,
    noComparison: flag("do not train the same student without the teacher"),
    seeds: integer("runs of other seeds, with and without the teacher", { min: 1, max: 20, otherwise: "1" }),
  },
  examples: [
    "engraft distill ./flowers --teacher runs/large --base vision-mini",
    "engraft distill ./flowers --teacher runs/large --method soft,attention --seeds 3",
  ],
});

export const multiTask = command({
  name: "multi-task",
  summary: "train one body with a head for each of several tasks",
  usage: "<list> --labels A,B | <data> <data...> | --resume DIR",
  least: 0,
  most: Number.POSITIVE_INFINITY,
  options: {
    labels: nameList("label columns of the list, a task each; missing labels stay empty", "colour,shape"),
    weighting: oneOf("how the losses become one, see below", weightingNames, "fixed", "NAME"),
    taskWeights: weightList("fixed weights of the losses", "colour:1,shape:0.5", "1 each"),
    temperature: number("of the sampling: above 1, small tasks come more often", {
      min: 0,
      max: 100,
      otherwise: "1",
    }),
    ...trainFlags("multi-task", ["labels", "strategy", "option", "baselines"]),
    resume: words("go on with a run that was stopped or killed", "DIR"),
    data: words(
      "with --resume: where the run's data is now; several with commas, in order or as NAME=PATH",
      "PATH,...",
    ),
    strategy: oneOf("what moves, see engraft train --help", strategyNames, defaults.strategy, "NAME"),
    option: settings("an option of strategy and loop (engraft train --help); several times"),
    baselines: flag("also train a model for each task alone, and compare"),
  },
  examples: [
    "engraft multi-task shop.csv --labels colour,shape --weighting uncertainty",
    "engraft multi-task ./flowers ./leaves --temperature 2 --baselines",
    "engraft multi-task petals=./flowers/labels.csv leaves=./leaves",
  ],
});

/** In the order of the help. */
export const commands = {
  train,
  plan,
  compare,
  curve,
  diagnose,
  distill,
  "multi-task": multiTask,
  eval: evaluate,
  predict,
  explain,
  inspect,
  rank,
  bases,
  cache,
  adapt,
  pretrain,
  report,
  export: exportSpec,
  push,
} as const;
export type CommandName = keyof typeof commands;

/** The options of a command, as it gets them. */
export type OptionsOf<Name extends CommandName> = z.output<(typeof commands)[Name]["options"]>;
