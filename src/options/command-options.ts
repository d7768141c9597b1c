import { EngraftError } from "../core/errors.js";
import { tasks } from "../core/results/task.js";
import { type Capability, missingCapability } from "../methods/capabilities.js";
import { commandNeeds } from "./command-needs.js";
import { needsOf, type OptionName, optionTable } from "./option-table.js";
import type { RecipeOptions } from "./options.js";
import { regimes } from "./regimes.js";
import { capabilitiesOf } from "./task-capabilities.js";

/** Options of `train` that a command sets itself. It takes every other option that one of its tasks can use. */
const decided = {
  train: [],
  compare: ["strategy", "reasons", "baselines", "scratchSteps", "margin", "safe", "folds"],
  curve: ["reasons", "baselines", "margin", "safe", "trainSize", "shots", "splitSeed", "budget", "folds"],
  distill: ["baselines"],
  "multi-task": [],
} as const satisfies Readonly<Record<string, readonly OptionName[]>>;

/** Options of `train` that a diagnosis takes: it has its own training recipe. */
export const ofDiagnosis = [
  ...([
    "base",
    "task",
    "epochs",
    "batchSize",
    "augment",
    "trainSize",
    "text",
    "groupFrom",
    "pooling",
  ] as const),
  ...([
    "maxLength",
    "imageSize",
    "mean",
    "std",
    "rescale",
    "channels",
    "cache",
    "seed",
    "threads",
    "device",
    "out",
  ] as const),
] as const satisfies readonly OptionName[];

/** Commands that take options of `train`. */
export type TrainingCommand = keyof typeof decided;
/** Options of `train` that a command sets itself. */
export type DecidedBy<C extends TrainingCommand> = (typeof decided)[C][number];

/** Returns the options of `train` that a command takes. */
export function optionsOfCommand(command: TrainingCommand): readonly OptionName[] {
  const own: readonly OptionName[] = decided[command];
  const able = capabilitiesFor(command);
  return (Object.keys(optionTable) as OptionName[]).filter(
    (name) =>
      !own.includes(name) &&
      able.some((has) => missingCapability(needsOf(name, undefined), has) === undefined),
  );
}

/** Refuses options that the command sets itself. @throws OptionError */
export function refuseDecided(command: TrainingCommand, options: Readonly<Partial<RecipeOptions>>): void {
  const own: readonly OptionName[] = decided[command];
  const name = own.find((one) => options[one] !== undefined);
  if (name !== undefined)
    throw new EngraftError("OptionError", `the option ${name} is decided by ${command}`, {
      help: "leave it out, or use train",
      details: { option: name, command },
    });
}

/** Returns the capabilities of each task that a command can use. */
function capabilitiesFor(command: TrainingCommand): readonly ReadonlySet<Capability>[] {
  if (command === "distill" || command === "multi-task") return [new Set(regimes[command].has)];
  const needs: readonly Capability[] = commandNeeds[command];
  return tasks
    .map((task) => {
      const has = new Set<Capability>([...capabilitiesOf(task), "steps"]);
      return has.has("initial weights") ? has.add("pretrained") : has;
    })
    .filter((has) => missingCapability(needs, has) === undefined);
}
