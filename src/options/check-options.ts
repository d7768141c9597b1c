import { EngraftError } from "../core/errors.js";
import type { errorsZh } from "../core/messages/errors-zh.js";
import { checkSettings, rowOf } from "../methods/registry.js";
import { type Check, checkAgainst } from "./option-checks.js";
import { optionTable, teacherOptions } from "./option-table.js";
import { type DistillOptions, defaults, type RecipeOptions } from "./options.js";

type Given = RecipeOptions & Partial<DistillOptions>;

/** Checks of every option that a run's record may hold. */
const checks: Readonly<Record<string, Check>> = {
  ...Object.fromEntries(Object.entries(optionTable).map(([name, { check }]) => [name, check])),
  ...teacherOptions,
};

/** Checks names and values. @throws OptionError for an unknown option or an invalid value */
export function checkValues(options: Readonly<Record<string, unknown>>): void {
  checkAgainst(checks, options);
}

/** Options that need a teacher. */
const distillationOnly = ["method", "comparison"] as const;

/**
 * Checks everything that does not depend on the task.
 * @throws OptionError for an unknown option, an invalid value, or options that exclude each other
 */
export function checkOptions(options: Readonly<Record<string, unknown>>): void {
  checkValues(options);
  const given: Given = options;
  const { strategy = defaults.strategy, option, adapterOnly, teacher, seeds = 1, budget, hidden } = given;
  const refused = (message: string, help: string, details = {}): EngraftError =>
    new EngraftError("OptionError", message, { help, details });
  const misplaced =
    teacher === undefined ? distillationOnly.find((name) => given[name] !== undefined) : undefined;
  if (misplaced !== undefined)
    throw refused(
      `${misplaced} has no meaning without a teacher`,
      "use distill with a teacher, or leave it out",
    );
  if (adapterOnly === true && !rowOf(strategy).adapts)
    throw refused(
      `strategy "${strategy}" changes the base's own weights: there is no adapter to keep apart`,
      "use --strategy lora, dora, ia3 or adapter, or leave --adapter-only out",
    );
  if (adapterOnly === true && given.calibrate === "temperature")
    throw refused(
      "an adapter's file holds no temperature",
      "leave --calibrate out here, and give it to `engraft export`, which makes a whole model of the adapter",
    );
  if (adapterOnly === true && given.safe === true)
    throw refused(
      "safe may keep a model that was trained from scratch: an adapter cannot hold it",
      "leave --adapter-only out, or --safe",
    );
  if (hidden !== undefined) {
    const refusal = refusedHidden({ ...given, strategy });
    if (refusal) throw refused(...refusal, { hidden });
  }
  if (seeds > 1 && budget !== undefined && teacher === undefined)
    throw refused(
      `seeds ${seeds} cannot be used with a budget`,
      "a budget is for one training: give --epochs instead, or leave --seeds out",
      { seeds, budget },
    );
  const refusal = given.folds === undefined ? undefined : refusedFolds(given);
  if (refusal) {
    const [option, message, help] = refusal;
    const details = { folds: given.folds!, option };
    throw new EngraftError("OptionError", message, { help, code: "folds-excluded", details });
  }
  // With a teacher, `option` may also name settings of the distillation: `checkDistill` checks them.
  if (option !== undefined && teacher === undefined) checkSettings(strategy, option);
}

/** Returns why options exclude a hidden layer, and what to do; undefined if they do not. */
function refusedHidden({
  strategy = defaults.strategy,
  adapterOnly,
  initHead,
  hidden,
}: Given): readonly [message: string, help: string] | undefined {
  const { solved, pairs } = rowOf(strategy);
  if (strategy === "auto" || solved || pairs)
    return [
      `strategy "${strategy}" ${strategy === "auto" ? "may solve" : "solves"} a linear head, without a hidden layer of ${hidden} units`,
      "use --strategy head or finetune, or leave --hidden out",
    ];
  const linear = adapterOnly === true ? "adapter-only" : initHead === "reuse" ? "init-head" : undefined;
  return linear && [`${linear} is for a linear head`, `leave --${linear} out, or --hidden`];
}

/** An option that excludes folds. */
type ExcludingFolds = Parameters<(typeof errorsZh)["folds-excluded"]>[0]["option"];

/** Returns which option excludes folds, why, and what to do; undefined if none does. */
function refusedFolds({
  folds,
  budget,
  splitBy,
  trainSize,
  shots,
  safe,
  with: source,
}: Given): readonly [option: ExcludingFolds, message: string, help: string] | undefined {
  if (budget !== undefined)
    return [
      "budget",
      `folds ${folds} cannot be used with a budget`,
      "a budget is for one training: give --epochs instead, or leave --folds out",
    ];
  if (splitBy !== undefined)
    return [
      "split-by",
      `folds ${folds} cannot be used with split-by: a fold would learn from later rows than those it is scored on`,
      "leave --folds out: the latest rows are the test split",
    ];
  if (safe === true)
    return [
      "safe",
      "safe may keep a model that was trained from scratch: the folds do not train it",
      "leave --safe out, or --folds",
    ];
  const few = trainSize !== undefined ? "train-size" : shots !== undefined ? "shots" : undefined;
  if (few !== undefined)
    return [
      few,
      `folds ${folds} cannot be used with ${few}: folds learn from all samples but the held-out ones`,
      `leave --${few} out, or --folds`,
    ];
  if (source !== undefined)
    return [
      "with",
      `folds ${folds} cannot be used with a source table, which has folds of its own`,
      "leave --with out, or --folds",
    ];
  return undefined;
}
