import { z } from "zod";
import { type WeightStorage, weightStorages } from "../bases/weight-storages.js";
import { defaults } from "../front/options.js";
import { type StrategyName, strategies } from "../methods/registry.js";
import { type OptimizerName, optimizers, type ScheduleName, schedules } from "../optim/index.js";
import { type Weighting, weightings } from "../train/multi-task.js";
import { flag, integer, nameList, number, numberList, oneOf, settings, weightList, words } from "./fields.js";

/** The keys of tables: what is added there can be asked for here. */
const storages = Object.keys(weightStorages) as WeightStorage[];
const strategyNames = Object.keys(strategies) as StrategyName[];

const weightingNames = Object.keys(weightings) as Weighting[];

const optimizerNames = Object.keys(optimizers) as OptimizerName[];
const scheduleNames = Object.keys(schedules) as ScheduleName[];

/** One command: what the parser, the help and the types are made from. */
export interface CommandSpec<Options extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly summary: string;
  /** Words after the name, as the help shows them. */
  readonly usage: string;
  /** How many arguments without a dash. */
  readonly least: number;
  readonly most: number;
  readonly options: Options;
  readonly examples: readonly string[];
}

/** Every command has these. */
const common = {
  help: flag("show this help"),
  json: flag("one JSON object a line on stdout, nothing else there"),
  quiet: flag("only the result"),
  seed: integer("seed of every random draw", { min: 0, max: 2 ** 31 - 1, otherwise: "0" }),
  threads: integer("threads of the runtime", { min: 1, max: 1024, otherwise: "all cores" }),
};

/** How pictures become inputs, when no file beside the base says it. */
const preprocessing = {
  imageSize: integer("pixels a side", { min: 8, max: 4096, otherwise: "the base's own" }),
  mean: numberList("subtracted from each channel", "0.485,0.456,0.406", "the base's own"),
  std: numberList("each channel is divided by it", "0.229,0.224,0.225", "the base's own"),
  rescale: number("factor on pixels 0..255", { min: 0, max: 1e6, otherwise: "1/255" }),
  channels: oneOf("order of the base's channels", ["rgb", "bgr"], "rgb"),
};

function command<Shape extends z.core.$ZodLooseShape>(
  spec: Omit<CommandSpec, "options"> & { readonly options: Shape },
) {
  return { ...spec, options: z.strictObject({ ...spec.options, ...common }) };
}

export const train = command({
  name: "train",
  summary: "fine-tune a base on your pictures, evaluate it, write a run folder",
  usage: "<data> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    base: words(
      "model to start from: a name, file.onnx, a folder, hf:org/name[@revision]",
      "BASE",
      defaults.base,
    ),
    strategy: oneOf("what moves, see below", strategyNames, defaults.strategy, "NAME"),
    option: settings("an option of the strategy or of the loop, see below; may be given several times"),
    optimizer: oneOf("what turns gradients into steps", optimizerNames, "adamw"),
    schedule: oneOf("how the rate goes over the run", scheduleNames, "by the strategy", "NAME"),
    epochs: integer("passes over the training part", { min: 1, max: 10_000, otherwise: "by the strategy" }),
    lr: number("highest learning rate", { min: 0, max: 100, otherwise: "by the strategy" }),
    batchSize: integer("pictures a step", { min: 1, max: 4096, otherwise: "by the number of pictures" }),
    augment: oneOf("random changes to training pictures", ["none", "light", "standard"], defaults.augment),
    cut: words("value of the graph where the new head begins", "VALUE", "found by itself"),
    trainable: words("weights of the base that train: names with *, or after:VALUE", "PATTERN", "all"),
    weights: oneOf("how the model file holds its weights", storages, defaults.weights),
    out: words("run folder", "DIR", "runs/DATE-NAME"),
    baselines: flag("train from scratch and a probe beside it, and say whether the transfer helped"),
    resume: words("go on with a run that was stopped or killed", "DIR"),
    noCache: flag("do not keep features on disk"),
    ...preprocessing,
  },
  examples: [
    "engraft train ./flowers",
    "engraft train ./flowers --base resnet18.onnx --strategy probe",
    "engraft train --resume runs/2026-01-31-flowers",
  ],
});

const { baselines: _ofTrain, ...asTrain } = train.options.shape;

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
    noComparison: flag("do not train the same model without the teacher beside it"),
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
    ...asTrain,
    strategy: oneOf("what moves, see engraft train --help", strategyNames, defaults.strategy, "NAME"),
    option: settings("an option of strategy and loop (engraft train --help); several times"),
    baselines: flag("train a model for each task alone beside it, and compare"),
  },
  examples: [
    "engraft multi-task shop.csv --labels colour,shape --weighting uncertainty",
    "engraft multi-task ./flowers ./leaves --temperature 2 --baselines",
    "engraft multi-task petals=./flowers/labels.csv leaves=./leaves",
  ],
});

export const evaluate = command({
  name: "eval",
  summary: "score a model on pictures: metrics with intervals, confusions, calibration",
  usage: "<model> <data>",
  least: 2,
  most: 2,
  options: {
    task: words(
      "of a model with several heads: the one to score",
      "NAME",
      "the first that knows the classes",
    ),
  },
  examples: ["engraft eval runs/2026-01-31-flowers/model ./flowers"],
});

export const predict = command({
  name: "predict",
  summary: "label and probability of pictures; - reads paths from stdin",
  usage: "<model> <file...|folder|->",
  least: 2,
  most: Number.POSITIVE_INFINITY,
  options: { top: integer("labels for each picture", { min: 1, max: 1000, value: "K", otherwise: "1" }) },
  examples: ["engraft predict runs/2026-01-31-flowers/model rose.jpg --top 3"],
});

export const inspect = command({
  name: "inspect",
  summary: "what is in an ONNX file, and can it be fine-tuned, from where",
  usage: "<file.onnx|folder>",
  least: 1,
  most: 1,
  options: {},
  examples: ["engraft inspect resnet18.onnx"],
});

export const bases = command({
  name: "bases",
  summary: "the models to start from: list, show NAME, pull NAME|hf:org/name",
  usage: "[list | show NAME | pull NAME]",
  least: 0,
  most: 2,
  options: {},
  examples: ["engraft bases", "engraft bases show vision-mini", "engraft bases pull hf:org/name"],
});

export const cache = command({
  name: "cache",
  summary: "kept downloads and features: info, clear",
  usage: "[info | clear]",
  least: 0,
  most: 1,
  options: {},
  examples: ["engraft cache", "engraft cache clear"],
});

/** In the order of the help. */
export const commands = {
  train,
  distill,
  "multi-task": multiTask,
  eval: evaluate,
  predict,
  inspect,
  bases,
  cache,
} as const;
export type CommandName = keyof typeof commands;

/** The options of a command, as it gets them. */
export type OptionsOf<Name extends CommandName> = z.output<(typeof commands)[Name]["options"]>;
