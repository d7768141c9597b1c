import type { OptionName } from "../../options/option-table.js";
import type { CommandGroup } from "./command-spec.js";

/** Topics of `--help`: the usual options, every option, or the strategies of training. */
export const helpTopics = ["all", "strategies"] as const;
export type HelpTopic = (typeof helpTopics)[number];

/** Groups of commands, in the order of the help. */
export const commandGroups: Readonly<Record<CommandGroup, string>> = {
  train: "Train",
  understand: "Understand",
  use: "Use",
  manage: "Manage",
};

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
type Place = readonly [group: OptionGroup, level: "basic" | "more"];
const place =
  (group: OptionGroup, level: Place[1]) =>
  <N extends string>(...names: readonly N[]): Readonly<Record<N, Place>> =>
    Object.fromEntries(names.map((name) => [name, [group, level]])) as unknown as Readonly<Record<N, Place>>;

/** Place of every option of `train`. An option without a place does not compile. */
const places: Readonly<Record<Exclude<OptionName, "seed" | "threads">, Place>> = {
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
    ] as const),
  ),
  ...place("evidence", "basic")("baselines", "seeds", "safe"),
  ...place("evidence", "more")(
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

/** Flags that are no option of `train` of the same name. */
const flagPlaces: Readonly<Record<string, Place>> = {
  noBaselines: ["evidence", "more"],
  noComparison: ["evidence", "more"],
  resume: ["output", "basic"],
  data: ["data", "more"],
  dryRun: ["output", "basic"],
  noCache: ["output", "more"],
  noPictures: ["output", "more"],
  noExplain: ["output", "more"],
};

/** Options of a command that mean something else in `train`. */
const ownOptions: Readonly<Partial<Record<string, readonly string[]>>> = { extend: ["test"], sums: ["out"] };

/** Returns the place of an option in the help: that of `train`'s option, or first if only this command has it. */
export const placeOf = (field: string, command: string): Place =>
  ownOptions[command]?.includes(field)
    ? ["command", "basic"]
    : ((places as Readonly<Record<string, Place>>)[field] ?? flagPlaces[field] ?? ["command", "basic"]);
