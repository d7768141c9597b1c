import type { OptionName } from "./option-table.js";

/** Groups of options in the order of the help. "command": options that only this command has. */
export const optionGroups = {
  command: "Options",
  data: "Data",
  base: "Base model",
  training: "Training",
  evidence: "Evidence",
  output: "Output",
} as const;
export type OptionGroup = keyof typeof optionGroups;

/** Group and level of an option in the help. Most users need only "basic" options. */
export type Place = readonly [group: OptionGroup, level: "basic" | "more"];
const place =
  (group: OptionGroup, level: Place[1]) =>
  <N extends string>(...names: readonly N[]): Readonly<Record<N, Place>> =>
    Object.fromEntries(names.map((name) => [name, [group, level]])) as unknown as Readonly<Record<N, Place>>;

/** Place of every option of `train`. An option without a place does not compile. */
export const places: Readonly<Record<OptionName, Place>> = {
  ...place("data", "basic")(
    "task",
    "target",
    "labels",
    "text",
    "inputs",
    "groupFrom",
    "splitBy",
    "trainSize",
    "shots",
  ),
  ...place("data", "more")(
    "normalizer",
    "template",
    "allMessages",
    "test",
    "splitSeed",
    "gap",
    "season",
    "quotes",
    "classNames",
    "ignore",
    "categories",
    "with",
  ),
  ...place("base", "basic")("base", "imageSize", "maxLength"),
  ...place("base", "more")(
    "mean",
    "std",
    "rescale",
    "channels",
    "pooling",
    "cut",
    "levels",
    "initFrom",
    "initHead",
  ),
  ...place("training", "basic")("strategy", "epochs", "lr", "batchSize", "augment", "budget"),
  ...place("training", "more")(
    ...([
      "option",
      "optimizer",
      "schedule",
      "accumulate",
      "sam",
      "average",
      "sampling",
      "batchNorm",
    ] as const),
    ...([
      "trainable",
      "hidden",
      "loss",
      "huberDelta",
      "recompute",
      "device",
      "memoryLimit",
      "checkpointSeconds",
      "seed",
      "threads",
    ] as const),
  ),
  ...place("evidence", "basic")("baselines", "seeds", "safe"),
  ...place("evidence", "more")(
    "folds",
    "scratchSteps",
    "margin",
    "tta",
    "coverage",
    "calibrate",
    "abstain",
    "threshold",
  ),
  ...place("evidence", "more")("decoder", "lmOrder", "lmWeight"),
  ...place("output", "basic")("out", "weights", "adapterOnly"),
  ...place("output", "more")("cache", "pictures", "explain", "tensorboard", "reasons"),
};
