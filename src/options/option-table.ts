import { poolings } from "../bases/text/text-poolings.js";
import { weightStorages } from "../bases/weight-storages.js";
import { taskAliases, tasks } from "../core/results/task.js";
import { augmentations, textAugmentations } from "../data/dataset.js";
import { quoteForms } from "../data/lists/quotes.js";
import type { Capability } from "../methods/capabilities.js";
import { averages, batchNorms, samplings } from "../methods/loop-names.js";
import { strategies } from "../methods/registry.js";
import { optimizerNames, scheduleNames } from "../optim/names.js";
import { augmentCheck, textAugmentationsOf } from "./augment-options.js";
import {
  above,
  between,
  type Check,
  duration,
  memoryAmount,
  named,
  numbers,
  oneOf,
  orWord,
  settingsGiven,
  text,
  views,
  whole,
  yesOrNo,
} from "./option-checks.js";
import { type DistillOptions, defaults, type TrainOptions } from "./options.js";

/** What an option changes: the result, only how fast or in how much memory, or only what is recorded and reported. */
export type Effect = "result" | "speed" | "record";

/** What is known of an option. */
export interface OptionRow {
  readonly check: Check;
  /** One line. */
  readonly help: string;
  /** The default in words. */
  readonly otherwise?: string;
  /** What a task must have for it. A function: what it must have for this value. */
  readonly needs: Needs;
  readonly effect: Effect;
}

type Needs = readonly Capability[] | ((value: unknown) => readonly Capability[]);

export type OptionName = Exclude<keyof TrainOptions, "onEvent" | "signal">;
type Row = readonly [check: Check, help: string, otherwise?: string];

/** Rows of options that need the same and have the same kind of effect. */
function rows<K extends string>(
  needs: Needs,
  effect: Effect,
  table: Readonly<Record<K, Row>>,
): Readonly<Record<K, OptionRow>> {
  const complete = Object.entries<Row>(table).map(([name, [check, help, otherwise]]) => [
    name,
    { check, help, needs, effect, ...(otherwise !== undefined && { otherwise }) },
  ]);
  return Object.fromEntries(complete) as Record<K, OptionRow>;
}

const rate = (value: unknown): readonly Capability[] => (value === "find" ? ["budget", "steps"] : ["steps"]);
const augmented = (value: unknown): readonly Capability[] =>
  value === "none"
    ? ["augmentation"]
    : ["augmentation", textAugmentationsOf(value) === undefined ? "images" : "texts", "steps"];
const normalised = (value: unknown): readonly Capability[] =>
  value === "train" ? ["images", "steps"] : ["images"];

/** Options of every task. */
const ofEveryTask = {
  ...rows([], "result", {
    seed: [whole(0, 2 ** 31 - 1), "seed of every random draw", "0"],
    strategy: [
      named("NAME", oneOf(...Object.keys(strategies))),
      "what moves, see below",
      "auto for classes, else finetune",
    ],
    option: [
      settingsGiven,
      "an option of the strategy or of the loop, see below; may be given several times",
    ],
    baselines: [
      { ...yesOrNo, allowed: 'true, false or "auto"', holds: (v) => typeof v === "boolean" || v === "auto" },
      "also train the same network from scratch and a linear probe, and report whether transfer helped",
    ],
  }),
  ...rows([], "speed", {
    threads: [whole(1, 1024), "threads of the runtime", "all cores"],
    cache: [yesOrNo, "keep features on disk", "true"],
    memoryLimit: [memoryAmount, "memory that the run may take", "all there is"],
  }),
  ...rows([], "record", {
    reasons: [
      {
        allowed: "a list of texts",
        holds: (v) => Array.isArray(v) && v.every((x) => typeof x === "string"),
      },
      "why this strategy, for the record",
    ],
    out: [named("DIR", text), "run folder", "runs/DATE-NAME"],
    pictures: [yesOrNo, "show samples in the report", "true"],
    tensorboard: [yesOrNo, "write TensorBoard's event files too, in the run folder"],
  }),
  ...rows(["explanations"], "record", {
    explain: [yesOrNo, "look inside the model for its report: where it looks, what moved", "false"],
  }),
  ...rows(["task"], "result", {
    task: [
      named("TASK", oneOf("auto", ...tasks, ...Object.keys(taskAliases))),
      "what is learnt from what",
      "auto, found out from the data",
    ],
  }),
} as const;

/** Options of the training loop. */
const ofTheLoop = {
  ...rows(["steps"], "result", {
    optimizer: [oneOf(...optimizerNames), "what turns gradients into steps", "adamw"],
    schedule: [named("NAME", oneOf(...scheduleNames)), "how the rate goes over the run", "by the strategy"],
    epochs: [whole(1, 10_000), "passes over the training part", "by the strategy"],
    batchSize: [whole(1, 4096), "pictures a step", "by the number of pictures"],
    trainable: [
      named("PATTERN", text),
      "weights of the base that train: names with *, or after:VALUE",
      "all",
    ],
    recompute: [oneOf("auto", "none", "all"), "what is computed again instead of kept", "auto"],
  }),
  ...rows(["steps"], "speed", {
    checkpointSeconds: [between(0, 3600), "seconds between two checkpoints within an epoch", "20"],
  }),
  ...rows(rate, "result", {
    lr: [
      orWord(above(0, 100), "find"),
      "highest learning rate; find: by a sweep before training",
      "by the strategy",
    ],
  }),
  ...rows(["steps"], "result", {
    accumulate: [whole(1, 1024), "batches whose gradients make one update", "1"],
    sam: [
      named("RHO", above(0, 10)),
      "radius of sharpness-aware minimisation, 0.05 is usual; twice the time",
      "none",
    ],
    average: [oneOf(...averages), "what is kept: an average over steps or epochs", "none"],
  }),
  ...rows(["class batches", "steps"], "result", {
    sampling: [oneOf(...samplings), "what an epoch shows; balanced: every class as often", "shuffled"],
  }),
  ...rows(["budget"], "result", {
    budget: [
      duration(1, 30 * 86_400),
      "time for the whole run, like 90s or 10m: training ends in time",
      "none",
    ],
  }),
  ...rows(augmented, "result", {
    augment: [
      augmentCheck,
      `random changes to training pictures: ${augmentations.join(", ")}; to texts, one or several: ${textAugmentations.join(", ")}`,
      `${defaults.augment}; texts: none`,
    ],
  }),
} as const;

/** Options of trainings beside the run's own. */
const ofExtraTrainings = {
  ...rows(["repeats"], "result", {
    seeds: [
      whole(1, 20),
      "trainings of other seeds, baselines too",
      "1; with --baselines 3, where there is no budget",
    ],
  }),
  ...rows(["safe", "pretrained"], "result", {
    safe: [
      yesOrNo,
      "train from scratch too, and keep whichever is better on the validation part (which can err)",
    ],
  }),
  ...rows(["verdict"], "record", {
    margin: [between(0, 0.5), "with --baselines: gains within ± this count as none, 0.01 is a point", "0.01"],
  }),
  ...rows(["scratch", "pretrained"], "result", {
    scratchSteps: [
      whole(1, 10_000_000),
      "most steps of training from scratch, which ends when validation stops improving",
      "3 times those of the run, at least 1500",
    ],
  }),
} as const;

/** Options of the base model and of the files that are written. */
const ofTheBase = {
  ...rows(["base"], "result", {
    base: [
      named("BASE", text),
      "model to start from: a name, file.onnx, a folder, hf:org/name[@revision]",
      defaults.base,
    ],
    cut: [named("VALUE", text), "value of the graph where the new head begins", "found by itself"],
    weights: [
      oneOf(...Object.keys(weightStorages)),
      "how the model file holds its weights",
      defaults.weights,
    ],
  }),
  ...rows(["adapter files"], "record", {
    adapterOnly: [yesOrNo, "of lora, dora, ia3, adapter: keep a small adapter file, not a whole model"],
  }),
  ...rows(["initial weights"], "result", {
    initFrom: [named("MODEL", text), "a model to take weights from, by name and shape", "none"],
  }),
  ...rows(["reused head"], "result", {
    initHead: [
      oneOf("probe", "reuse"),
      "where the head begins: solved, or the old rows of classes of the same name",
      "probe",
    ],
  }),
} as const;

/** Options of data: which columns there are, and which samples are used. */
const ofTheData = {
  ...rows(["dataset"], "result", {
    trainSize: [whole(2, 1e9), "items of the training part to learn from", "all"],
    groupFrom: [
      named("COLUMN|PATTERN", text),
      "groups stay on one side: a column that names them, or a regular expression on names with the group in brackets",
      'a column "group"',
    ],
  }),
  ...rows(["lists"], "result", {
    quotes: [
      oneOf(...quoteForms),
      "quotes in a CSV or TSV: standard: they enclose values; none: they are text",
      "decided by the file",
    ],
  }),
  ...rows(["class names"], "result", {
    classNames: [
      named("NAME,...", text),
      "names of the classes or tags 0, 1, 2 … of a list",
      "as its metadata or dataset card says",
    ],
  }),
  ...rows(["target"], "result", {
    target: [
      named("NAME,...", text),
      "columns to learn, with commas between; of texts the column of classes",
      "found by name and content",
    ],
  }),
  ...rows(["tables"], "result", {
    ignore: [named("NAME,...", text), "columns of a table to leave out", "none"],
    categories: [named("NAME,...", text), "columns of numbers that are names, such as post codes", "none"],
  }),
} as const;

/** Options of pictures. */
const ofPictures = {
  ...rows(["images"], "result", {
    imageSize: [whole(8, 4096), "pixels a side", "the base's own"],
    mean: [numbers("0.485,0.456,0.406"), "subtracted from each channel", "the base's own"],
    std: [numbers("0.229,0.224,0.225"), "each channel is divided by it", "the base's own"],
    rescale: [above(0, 1e6), "factor on pixels 0..255", "1/255"],
    channels: [oneOf("rgb", "bgr"), "order of the base's channels", "rgb"],
  }),
  ...rows(normalised, "result", {
    batchNorm: [oneOf(...batchNorms), "what BatchNormalization normalises by", "frozen"],
  }),
  ...rows(["images"], "record", {
    tta: [views, "score the test part also with so many views of each picture", "1: not"],
  }),
} as const;

/** Options of texts. */
const ofTexts = {
  ...rows(["texts", "feature row"], "result", {
    text: [
      named("NAME,...", text),
      "column of texts, or two with a comma between: pairs of texts",
      "found by name",
    ],
    pooling: [
      oneOf(...poolings),
      "how the features of a text's tokens become one row",
      "as the base's files say",
    ],
  }),
  ...rows(["texts"], "result", {
    maxLength: [
      whole(3, 8192),
      "tokens a text may have; longer ones are cut, and counted",
      "128, or what the base takes",
    ],
  }),
  ...rows(["texts", "classes"], "record", {
    test: [
      named("LIST", text),
      "of texts: another list of the same classes, another language say, to test on too",
      "none",
    ],
  }),
} as const;

/** Options of what is learnt. */
const ofTheHead = {
  ...rows(["labels"], "result", {
    labels: [
      named("NAME,...", text),
      "of several labels an item: the column that holds them, or some of 0 and 1",
      "found by name and content",
    ],
    threshold: [
      orWord(
        {
          allowed: "a number above 0 and below 1",
          placeholder: "X",
          read: Number,
          holds: (v) => typeof v === "number" && v > 0 && v < 1,
        },
        "validation",
      ),
      "of several labels: probability to say one from; or chosen on validation",
      "0.5",
    ],
  }),
  ...rows(["numbers"], "result", {
    loss: [oneOf("mse", "huber"), "what numbers are learnt by", defaults.loss],
    huberDelta: [above(0, 1000), "where Huber's loss turns straight, in deviations", "1"],
  }),
  ...rows(["coverage"], "record", {
    coverage: [between(0.5, 0.999), "share of new items inside a prediction interval or set", "0.9"],
  }),
  ...rows(["calibration"], "result", {
    calibrate: [oneOf("none", "temperature"), "divide the scores by a temperature from validation", "none"],
    abstain: [between(0.5, 1), "accuracy that answers shall have, see predict --abstain", "0.95"],
  }),
} as const;

/** Every option of `train`. An option of `TrainOptions` without a row does not compile. */
export const optionTable: Readonly<Record<OptionName, OptionRow>> = {
  ...ofTheBase,
  ...ofEveryTask,
  ...ofTheLoop,
  ...ofExtraTrainings,
  ...ofTheData,
  ...ofPictures,
  ...ofTexts,
  ...ofTheHead,
};

/** Every option that only `distill` has. */
export const teacherOptions: Readonly<Record<Exclude<keyof DistillOptions, keyof TrainOptions>, Check>> = {
  teacher: text,
  method: text,
  comparison: yesOrNo,
};

/** Whether a value of an option has an effect on steps of training only. A probe makes none. */
export const isOfSteps = (name: OptionName, value: unknown): boolean =>
  value !== undefined && needsOf(name, value).includes("steps");

/** Returns what a task must have for a value of an option. */
export function needsOf(name: OptionName, value: unknown): readonly Capability[] {
  const { needs } = optionTable[name];
  return typeof needs === "function" ? needs(value) : needs;
}
