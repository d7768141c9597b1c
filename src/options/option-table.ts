import { weightStorages } from "../bases/weight-storages.js";
import { isCustomTask, taskAliases, tasks } from "../core/results/task.js";
import { augmentations, soundAugmentations, textAugmentations } from "../data/dataset.js";
import { transcriptNormalizers } from "../data/transcripts/normalize-transcript.js";
import type { Capability } from "../methods/capabilities.js";
import { averages, samplings } from "../methods/loop-names.js";
import { strategies } from "../methods/registry.js";
import { optimizerNames, scheduleNames } from "../optim/names.js";
import { deviceChoices } from "../runtime/device.js";
import { augmentCheck, soundAugmentationsOf, textAugmentationsOf } from "./augment-options.js";
import {
  above,
  between,
  type Check,
  duration,
  type FormCheck,
  memoryAmount,
  named,
  oneOf,
  orWord,
  settingsGiven,
  text,
  whole,
  yesOrNo,
} from "./option-checks.js";
import { type OptionRow, rows } from "./option-rows.js";
import { type DistillOptions, defaults, type TrainOptions, usualBases } from "./options.js";
import { ofPictures, ofTexts, ofTheData } from "./sample-options.js";

export type OptionName = Exclude<keyof TrainOptions, "onEvent" | "signal">;

const rate = (value: unknown): readonly Capability[] => (value === "find" ? ["budget", "steps"] : ["steps"]);
const augmented = (value: unknown): readonly Capability[] =>
  value === "none" ? ["augmentation"] : ["augmentation", ...augmentedSamples(value), "steps"];
// Speech has one augmentation of its own, without names: its words must not be cut.
const augmentedSamples = (value: unknown): readonly Capability[] =>
  textAugmentationsOf(value) !== undefined
    ? ["texts"]
    : soundAugmentationsOf(value) !== undefined
      ? ["sounds", "feature row"]
      : ["images"];
const productTasks = oneOf("auto", ...tasks, ...Object.keys(taskAliases));
/** A task of the product, or one that the machine of the run defines. */
const taskNames: FormCheck = {
  ...productTasks,
  holds: (v) => productTasks.holds(v) || (typeof v === "string" && isCustomTask(v)),
};

/** Options of every task. */
const ofEveryTask = {
  ...rows([], "result", {
    seed: [whole(0, 2 ** 31 - 1), "seed of every random draw", "0"],
    strategy: [
      named("NAME", oneOf(...Object.keys(strategies))),
      "training strategy",
      "auto for classes, lora for decoders from 50 million weights on, else finetune",
      "engraft train --help strategies",
    ],
    option: [
      settingsGiven,
      "option of the strategy or of the training loop; repeatable",
      undefined,
      "engraft train --help strategies",
    ],
    baselines: [
      {
        allowed: 'true, false, "quick" or "auto"',
        form: { kind: "flag", word: "auto" },
        holds: (v) => typeof v === "boolean" || v === "quick" || v === "auto",
      },
      "also train the same network from scratch and a linear probe, and report whether transfer helped",
    ],
  }),
  ...rows([], "speed", {
    threads: [whole(1, 1024), "CPU threads", "ENGRAFT_THREADS, or all cores"],
    device: [oneOf(...deviceChoices), "where to compute; auto: the faster of CPU and GPU", "cpu"],
    cache: [yesOrNo, "cache features of the frozen base on disk", "true"],
    memoryLimit: [memoryAmount, "most memory that the run may use", "all of the machine"],
  }),
  ...rows([], "record", {
    reasons: [
      {
        allowed: "a list of texts or messages",
        form: { kind: "sentences" },
        holds: (v) =>
          Array.isArray(v) && v.every((x) => typeof x === "string" || typeof x?.code === "string"),
      },
      "reasons for the strategy, for the record",
    ],
    out: [named("DIR", text), "run folder", "runs/DATE-NAME"],
    pictures: [yesOrNo, "show samples in the report", "true"],
    tensorboard: [yesOrNo, "also write TensorBoard event files to the run folder"],
  }),
  ...rows(["explanations"], "record", {
    explain: [yesOrNo, "explain predictions in the report: Grad-CAM, feature map, layer similarity", "false"],
  }),
  ...rows(["task"], "result", { task: [named("TASK", taskNames), "task", "auto, detected from the data"] }),
} as const;

/** Options of the training loop. */
const ofTheLoop = {
  ...rows(["steps"], "result", {
    optimizer: [oneOf(...optimizerNames), "optimizer", "adamw"],
    schedule: [named("NAME", oneOf(...scheduleNames)), "learning rate schedule", "by the strategy"],
    epochs: [whole(1, 10_000), "passes over the training split", "by the strategy"],
    batchSize: [whole(1, 4096), "samples in a training step", "by the number of samples"],
    trainable: [named("PATTERN", text), "weights of the base to train: names with *, or after:VALUE", "all"],
    recompute: [
      oneOf("auto", "none", "all"),
      "activations to recompute in the backward pass, to save memory",
      "auto",
    ],
  }),
  ...rows(["hidden layer", "steps"], "result", {
    hidden: [
      whole(1, 8192),
      "units of a hidden layer with ReLU before the output layer",
      "none: a linear head",
    ],
  }),
  ...rows(["steps"], "speed", {
    checkpointSeconds: [between(0, 3600), "seconds between two checkpoints within an epoch", "20"],
  }),
  ...rows(rate, "result", {
    lr: [
      orWord(above(0, 100), "find"),
      "peak learning rate; find: choose it by a learning rate range test",
      "by the strategy",
    ],
  }),
  ...rows(["steps"], "result", {
    accumulate: [whole(1, 1024), "gradient accumulation: batches for each optimizer update", "1"],
    sam: [
      named("RHO", above(0, 10)),
      "radius of sharpness-aware minimisation, for example 0.05; doubles the time",
      "none",
    ],
    average: [
      oneOf(...averages),
      "average of the weights to keep: over steps (ema) or epochs (swa, soup)",
      "none",
    ],
  }),
  ...rows(["class batches", "steps"], "result", {
    sampling: [
      oneOf(...samplings),
      "how an epoch samples items: shuffled, or balanced over classes",
      "shuffled",
    ],
  }),
  ...rows(["budget"], "result", {
    budget: [duration(1, 30 * 86_400), "time limit of the whole run, for example 90s or 10m", "none"],
  }),
  ...rows(augmented, "result", {
    augment: [
      augmentCheck,
      `augmentation of training pictures: ${augmentations.join(", ")}; of texts, one or several of ${textAugmentations.join(", ")}; of sounds, of ${soundAugmentations.join(", ")}`,
      `${defaults.augment}; texts: none; sounds: shift,gain`,
    ],
  }),
} as const;

/** Options of additional trainings: repeats and baselines. */
const ofExtraTrainings = {
  ...rows(["repeats"], "result", {
    seeds: [
      whole(1, 20),
      "number of trainings with different seeds, baselines included",
      "1; 3 with --baselines and no budget",
    ],
  }),
  ...rows(["folds"], "result", {
    folds: [
      whole(2, 20),
      "folds of a cross-validation: the recipe is trained once more for each, and scored on samples that it did not learn from",
      "none; 5 for a probe with classes, trees or linear, with a small test split",
    ],
  }),
  ...rows(["safe", "pretrained"], "result", {
    safe: [
      yesOrNo,
      "also train from scratch, and keep the model that is better on the validation split, which can be the wrong choice",
    ],
  }),
  ...rows(["verdict"], "record", {
    margin: [
      between(0, 0.5),
      "smallest gain over a baseline that matters; 0.01 is one percentage point",
      "0.01",
    ],
  }),
  ...rows(["scratch", "pretrained"], "result", {
    scratchSteps: [
      whole(1, 10_000_000),
      "step limit of training from scratch, which stops early",
      "3 times the steps of the run, at least 1500",
    ],
  }),
} as const;

/** Options of the base model and of the files that are written. */
const ofTheBase = {
  ...rows(["base"], "result", {
    base: [
      named("BASE", text),
      "base model: a name, file.onnx, a folder or hf:org/name[@revision]",
      `${usualBases.image}; texts: ${usualBases.text}; sounds: ${usualBases.audio}`,
    ],
    cut: [
      named("VALUE", text),
      "tensor of the graph where the new head starts; for sounds also mix, a weighted sum of the layers",
      "detected",
    ],
    weights: [
      oneOf(...Object.keys(weightStorages)),
      "number format of the weights in the model file",
      defaults.weights,
    ],
  }),
  ...rows(["levels"], "result", {
    levels: [
      named("STRIDE=VALUE,…", text),
      "tensors with features, by stride, or decoder",
      "detected",
      "engraft inspect",
    ],
  }),
  ...rows(["adapter files"], "record", {
    adapterOnly: [yesOrNo, "write only the adapter file (strategies lora, dora, ia3, adapter)"],
  }),
  ...rows(["initial weights"], "result", {
    initFrom: [named("MODEL", text), "another model whose weights are copied by name and shape", "none"],
  }),
  ...rows(["reused head"], "result", {
    initHead: [
      oneOf("probe", "reuse"),
      "start of the head: the linear probe, or rows of classes with the same name",
      "probe",
    ],
  }),
} as const;

/** Options of the head. */
const ofTheHead = {
  ...rows(["labels"], "result", {
    labels: [
      named("NAME,...", text),
      "for several labels per sample: the column with the labels, or columns of 0 and 1",
      "detected",
    ],
    threshold: [
      orWord(
        {
          allowed: "a number above 0 and below 1",
          form: { kind: "number", min: 0, max: 1, aboveMin: true, belowMax: true },
          placeholder: "X",
          read: Number,
          holds: (v) => typeof v === "number" && v > 0 && v < 1,
        },
        "validation",
      ),
      "probability from which a label is predicted; validation: choose it on the validation split",
      "0.5",
    ],
  }),
  ...rows(["transcripts"], "result", {
    normalizer: [
      oneOf(...transcriptNormalizers),
      "changes to transcripts before training and scoring: basic (lower case, without punctuation) or none",
      "basic",
    ],
    decoder: [
      oneOf("greedy", "beam"),
      "how frames become text: greedy, or a beam search with a language model of the training transcripts",
      "greedy",
    ],
    lmOrder: [whole(0, 12), "characters of the n-grams of the language model; 0: none", "6"],
    lmWeight: [between(0, 10), "weight of the language model", "chosen on the validation split"],
  }),
  ...rows(["chats"], "result", {
    template: [named("FILE", text), "Jinja template that makes a text of a chat", "that of the base"],
    allMessages: [yesOrNo, "learn all messages of chats, not the answers alone", "false"],
  }),
  ...rows(["numbers"], "result", {
    loss: [oneOf("mse", "huber"), "loss for numbers", defaults.loss],
    huberDelta: [above(0, 1000), "threshold of the Huber loss, in standard deviations", "1"],
  }),
  ...rows(["coverage"], "record", {
    coverage: [between(0.5, 0.999), "target coverage of prediction intervals and sets", "0.9"],
  }),
  ...rows(["calibration"], "result", {
    calibrate: [oneOf("none", "temperature"), "calibrate probabilities by temperature scaling", "none"],
    abstain: [between(0.5, 1), "target accuracy of the answers of a model that may abstain", "0.95"],
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

/** True if a value of an option has an effect only on training steps. A probe has none. */
export const isOfSteps = (name: OptionName, value: unknown): boolean =>
  value !== undefined && needsOf(name, value).includes("steps");

/** Returns the capabilities that a task must have for a value of an option. */
export function needsOf(name: OptionName, value: unknown): readonly Capability[] {
  const { needs } = optionTable[name];
  return typeof needs === "function" ? needs(value) : needs;
}
