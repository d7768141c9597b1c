import { type StrategyName, strategies } from "../../methods/registry.js";
import { defaults } from "../../options/options.js";
import { type Weighting, weightings } from "../../train/objectives/multi-task.js";
import { command } from "./command-spec.js";
import {
  epochsOrTime,
  type Field,
  flag,
  integer,
  nameList,
  number,
  oneOf,
  settings,
  sharedWork,
  weightList,
  words,
} from "./fields.js";
import {
  bases,
  cache,
  devices,
  evaluate,
  explain,
  exportSpec,
  inspect,
  predict,
  push,
  report,
  studio,
} from "./options-of-models.js";
import { adapt, extend, features, federate, pretrain, sums } from "./options-of-regimes.js";
import { curve, diagnose, rank, work } from "./options-of-studies.js";
import { trainFlags } from "./train-flags.js";

const strategyNames = Object.keys(strategies) as StrategyName[];

/** Path of the data of a resumed run. */
const movedData = {
  data: words(
    "with --resume: new path of the data (--base, --teacher, --init-from: new path of that model)",
    "PATH",
  ),
};

const weightingNames = Object.keys(weightings) as Weighting[];

const moreFlag = epochsOrTime("with --resume: train a finished run further, for epochs or for a time");

export const train = command({
  name: "train",
  group: "train",
  summary: "fine-tune a model on your data and report whether transfer helped",
  usage: "<data> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    ...trainFlags("train"),
    noBaselines: flag(
      "train no baselines; by default from scratch too, if that takes at most 2 minutes or fits the budget",
    ),
    resume: words("continue a run that was stopped or killed", "DIR"),
    more: moreFlag,
    ...movedData,
    prepare: flag("with --seeds: write a study of the repeats and stop: engraft work does them"),
    dryRun: flag("say what would be trained, why, and how long it takes; train and save nothing"),
  },
  examples: [
    "engraft train ./flowers",
    "engraft train ./flowers --base resnet18.onnx --strategy probe",
    "engraft train houses.csv --target price",
    "engraft train ./flowers --dry-run",
    "engraft train --resume runs/2026-01-31-flowers",
    "engraft train --resume runs/2026-01-31-flowers --more 10m",
  ],
});

export const compare = command({
  name: "compare",
  group: "understand",
  summary: "compare strategies with several seeds and a statistical test",
  usage: "<data> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    strategies: words(
      "strategies, separated by commas: names, NAME:OPTION=VALUE, or all",
      "NAME,...",
      "probe,finetune",
    ),
    seeds: integer("trainings of each strategy; fewer than 3 cannot decide", {
      min: 1,
      max: 100,
      otherwise: "3",
    }),
    baseline: words("strategy that all others are compared with", "NAME", "the first"),
    out: words("output folder", "DIR", "runs/DATE-NAME-comparison"),
    resume: words("continue a comparison, repeat failed trainings, or add strategies and seeds", "DIR"),
    ...sharedWork(),
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
  group: "train",
  summary: "train a small model on the predictions of a larger one",
  usage: "<data> --teacher MODEL | --resume DIR",
  least: 0,
  most: 1,
  options: {
    teacher: words("teacher model: a run, a model folder, file.onnx, a name or hf:org/name", "MODEL"),
    method: words("distillation loss, see below; several, separated by commas", "NAME", "soft"),
    ...trainFlags("distill", ["strategy", "option", "seeds", "explain"]),
    strategy: oneOf(
      "training strategy; list: engraft train --help strategies",
      strategyNames,
      defaults.strategy,
      "NAME",
    ),
    option: settings("option of the method, the strategy or the training loop; repeatable"),
    resume: words("continue a run that was stopped or killed", "DIR"),
    more: moreFlag,
    ...movedData,
    noComparison: flag("do not train the same student without the teacher"),
    noBaselines: flag("the same as --no-comparison"),
    seeds: integer("number of trainings with different seeds, with and without the teacher", {
      min: 1,
      max: 20,
      otherwise: "1",
    }),
  },
  examples: [
    "engraft distill ./flowers --teacher runs/large --base vision-open",
    "engraft distill ./flowers --teacher runs/large --method soft,attention",
  ],
});

export const multiTask = command({
  name: "multi-task",
  group: "train",
  summary: "train one backbone with a head for each of several tasks",
  usage: "<list> --labels A,B | <data...> | --resume DIR",
  least: 0,
  most: Number.POSITIVE_INFINITY,
  options: {
    labels: nameList("label columns of the list, one task each; cells may be empty", "colour,shape"),
    weighting: oneOf("how the losses of the tasks are combined, see below", weightingNames, "fixed", "NAME"),
    taskWeights: weightList("fixed weights of the losses", "colour:1,shape:0.5", "1 each"),
    temperature: number("sampling temperature: above 1, small tasks are sampled more often", {
      min: 0,
      max: 100,
      otherwise: "1",
    }),
    ...trainFlags("multi-task", ["labels", "strategy", "option", "baselines"]),
    resume: words("continue a run that was stopped or killed", "DIR"),
    data: words("with --resume: new paths of the data, in order or as NAME=PATH", "PATH,..."),
    strategy: oneOf(
      "training strategy; list: engraft train --help strategies",
      strategyNames,
      defaults.strategy,
      "NAME",
    ),
    option: settings("option of the strategy or the training loop; repeatable"),
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
  studio,
  rank,
  "multi-task": multiTask,
  distill,
  adapt,
  pretrain,
  sums,
  extend,
  eval: evaluate,
  explain,
  report,
  compare,
  curve,
  diagnose,
  federate,
  work,
  predict,
  export: exportSpec,
  push,
  devices,
  bases,
  inspect,
  features,
  cache,
} as const;
export type CommandName = keyof typeof commands;

/** The parsed options of a command. */
export type OptionsOf<Name extends CommandName> = {
  readonly [Option in keyof (typeof commands)[Name]["options"]]?: ValueOf<
    (typeof commands)[Name]["options"][Option]
  >;
};
type ValueOf<Option> = Option extends Field<infer Value> ? Value : never;
