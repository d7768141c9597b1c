import { EngraftError } from "../core/errors.js";
import { rowOf, type StrategyName } from "../methods/registry.js";
import { defaults, type TrainOptions } from "./options.js";

/** What `train` alone can do, as its options are named. */
const ofTrain = [
  "adapterOnly",
  "budget",
  "categories",
  "huberDelta",
  "ignore",
  "initHead",
  "loss",
  "margin",
  "safe",
  "sampling",
  "scratchSteps",
  "target",
  "task",
  "tta",
] as const;

/**
 * What a student beside its teacher, or several tasks on one body, cannot be told.
 * @param work such as "several tasks". @param further options that have no meaning there either
 * @throws OptionError for an option, a strategy or a mixing of pictures that has no meaning there
 */
export function refuseCombination(
  options: TrainOptions,
  work: string,
  further: readonly (keyof TrainOptions)[] = [],
): void {
  const refused = (what: string, help: string): EngraftError =>
    new EngraftError("OptionError", `${what} cannot be used with ${work}`, { help });
  const lone = [...ofTrain, ...further].find(
    (name) => options[name] !== undefined && options[name] !== false,
  );
  if (lone !== undefined) throw refused(lone, "leave it out, or use train");
  if (options.lr === "find") throw refused('lr "find"', "give a number, or leave it out");
  const strategy: StrategyName = options.strategy ?? defaults.strategy;
  if (rowOf(strategy).adapts)
    throw refused(`strategy "${strategy}"`, "use finetune, or another that trains the base's own weights");
  if (rowOf(strategy).pairs)
    throw refused(`strategy "${strategy}", which learns from pairs and solves its head,`, "use finetune");
  const mixing = (["mixup", "cutmix"] as const).find((name) => Number(options.option?.[name] ?? 0) > 0);
  if (mixing !== undefined) throw refused(`option ${mixing}`, "leave it out");
}
