import type * as z from "zod/mini";
import { classificationOf } from "../../core/results/task.js";
import { type StrategyName, strategies } from "../../methods/registry.js";
import { optionTable } from "../../options/option-table.js";
import { defaults } from "../../options/options.js";
import { type Weighting, weightings } from "../../train/objectives/multi-task.js";
import { command, preprocessing } from "./command-spec.js";
import { curve } from "./curve-options.js";
import { diagnose } from "./diagnose-options.js";
import { flag, flagsOf, integer, nameList, number, oneOf, settings, weightList, words } from "./fields.js";
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

const strategyNames = Object.keys(strategies) as StrategyName[];

const weightingNames = Object.keys(weightings) as Weighting[];

export const train = command({
  name: "train",
  summary: "learn from pictures or a table, evaluate it, write a run folder",
  usage: "<data> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    ...flagsOf("base", "strategy"),
    option: settings(optionTable.option.help),
    ...flagsOf("optimizer", "schedule", "epochs", "lr", "budget", "accumulate", "sam", "average", "sampling"),
    ...flagsOf(
      "batchNorm",
      "batchSize",
      "augment",
      "trainSize",
      "groupFrom",
      "cut",
      "trainable",
      "weights",
      "tta",
    ),
    ...flagsOf("text", "pooling", "maxLength", "test", "adapterOnly", "out", "baselines"),
    noBaselines: flag("do not: without either, where it takes at most two minutes or fits the budget"),
    ...flagsOf("safe", "scratchSteps", "margin", "seeds"),
    noPictures: flag("keep your samples out of the report: pictures, texts, and words of texts"),
    noExplain: flag("do not look inside the model for its report: where it looks, what moved"),
    ...flagsOf("tensorboard", "recompute", "memoryLimit"),
    resume: words("go on with a run that was stopped or killed", "DIR"),
    data: words(
      "with --resume: where the run's data is now; --base, --teacher, --init-from say so of its models",
      "PATH",
    ),
    plan: words("carry out a plan that engraft plan --save wrote; it decides the rest", "FILE"),
    noCache: flag("do not keep features on disk"),
    ...preprocessing,
    ...flagsOf(
      "task",
      "labels",
      "threshold",
      "quotes",
      "classNames",
      "target",
      "ignore",
      "categories",
      "loss",
      "huberDelta",
    ),
    ...flagsOf("coverage", "calibrate", "abstain", "initFrom", "initHead"),
  },
  examples: [
    "engraft train ./flowers",
    "engraft train ./flowers --base resnet18.onnx --strategy probe",
    "engraft train houses.csv --target price",
    "engraft train --resume runs/2026-01-31-flowers",
  ],
});

const {
  strategy: _ofPlan,
  out: _noRun,
  resume: _noResume,
  data: _noData,
  plan: _noPlan,
  adapterOnly: _noAdapter,
  noBaselines: _noNone,
  tensorboard: _noBoard,
  target: _noTarget,
  ignore: _noIgnore,
  categories: _noCategories,
  loss: _noLoss,
  huberDelta: _noDelta,
  base: _oneBase,
  task: _noTask,
  ...asPlanned
} = train.options.shape;

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
    ...asPlanned,
  },
  examples: [
    "engraft plan ./flowers",
    "engraft plan ./flowers --bases vision-mini,resnet18.onnx --budget 10m --save plan.json",
    "engraft train --plan plan.json",
  ],
});

// What a comparison decides itself; everything else that train knows goes to every run.
const {
  strategy: _strategy,
  baselines: _baselines,
  noBaselines: _noBaselines,
  noExplain: _noExplain,
  noPictures: _noPictures,
  scratchSteps: _scratchSteps,
  margin: _margin,
  safe: _safe,
  seeds: _seeds,
  out: _out,
  data: _data,
  plan: _plan,
  resume: _resume,
  help: _help,
  json: _json,
  quiet: _quiet,
  verbose: _verbose,
  seed: _seed,
  threads: _threads,
  ...ofEveryRun
} = train.options.shape;

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
    ...ofEveryRun,
  },
  examples: [
    "engraft compare ./flowers --strategies probe,finetune,l2-sp --seeds 3",
    "engraft compare ./flowers --strategies last-n:last=1,last-n:last=4 --epochs 5",
    "engraft compare --resume runs/2026-01-31-flowers-comparison --strategies bss",
  ],
});

/** What `train` knows and a student beside its teacher, or several tasks, cannot be told; the rate is only a number there. */
const {
  abstain,
  adapterOnly: _adapterOnly,
  calibrate,
  maxLength: _maxLength,
  pooling: _pooling,
  baselines: _ofTrain,
  noBaselines: _noneOfTrain,
  noExplain: _ofTheReport,
  noPictures: _picturesOfTheReport,
  budget: _budget,
  categories: _categories,
  coverage,
  huberDelta: _huberDelta,
  ignore: _ignore,
  initHead: _initHead,
  labels: _labels,
  threshold: _threshold,
  text: _text,
  test: _test,
  loss: _loss,
  scratchSteps: _scratchStepsOfTrain,
  margin: _marginOfTrain,
  safe: _safeOfTrain,
  plan: _planFile,
  sampling: _sampling,
  target: _target,
  task: _task,
  tta: _tta,
  ...ofPictures
} = train.options.shape;
const asTrain = {
  ...ofPictures,
  lr: number("highest learning rate", { min: 0, max: 100, otherwise: "by the strategy" }),
};

export const distill = command({
  name: "distill",
  summary: "train a small model on what a larger one answers, beside the same model without it",
  usage: "<data> --teacher MODEL | --resume DIR",
  least: 0,
  most: 1,
  options: {
    teacher: words("what is learnt from: a run, a model folder, file.onnx, a name, hf:org/name", "MODEL"),
    method: words("what is compared, see below; several with commas between", "NAME", "soft"),
    ...asTrain,
    strategy: oneOf("what moves, see engraft train --help", strategyNames, defaults.strategy, "NAME"),
    option: settings(
      "an option of the method, or of strategy and loop (engraft train --help); several times",
    ),
    ...{ abstain, calibrate, coverage },
    noComparison: flag("do not train the same student without the teacher"),
    seeds: integer("runs of other seeds, with and without the teacher", { min: 1, max: 20, otherwise: "1" }),
  },
  examples: [
    "engraft distill ./flowers --teacher runs/large --base vision-mini",
    "engraft distill ./flowers --teacher runs/large --method soft,attention --seeds 3",
  ],
});

const { groupFrom: _groupFrom, ...ofTasks } = asTrain;

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
    ...ofTasks,
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
