import { EngraftError } from "../core/errors.js";
import { type BaseModality, modalities } from "../core/modalities.js";
import type { Task } from "../core/results/task.js";
import {
  type Capability,
  type CapabilityRow,
  capabilities,
  missingCapability,
} from "../methods/capabilities.js";
import { loopSettings } from "../methods/loop-settings.js";
import { isSolved, isWithoutBase, rowOf, type StrategyName, strategies } from "../methods/registry.js";
import type { Setting } from "../methods/settings.js";
import { ofTexts, textAugmentationsOf } from "./augment-options.js";
import { isOfSteps, needsOf, type OptionName, optionTable } from "./option-table.js";
import type { RecipeOptions } from "./options.js";
import { capabilitiesOf, nameOf, type TaskWithCapabilities } from "./task-capabilities.js";

/** Training mode that takes fewer options than `train`: with a teacher, or of several tasks. */
export interface Regime {
  /** Ends the sentence: `the option tta cannot be used with …`. */
  readonly words: string;
  readonly has: readonly Capability[];
}

/**
 * Refuses a strategy, an option or a setting of the loop that has no effect on a task.
 * @param input modality of a task that has several, once it is known
 * @throws OptionError that names the option, the task, and what to do instead
 */
export function refuseUnusable(
  options: RecipeOptions,
  task: Task | TaskWithCapabilities,
  input?: BaseModality,
): void {
  const name = nameOf(task);
  const known = input === undefined ? name : `${name} of ${modalities[input].content}s`;
  const capable = capabilitiesOf(task, input);
  // Rows with several inputs may have a picture and a text, too.
  const alone = ({ says }: CapabilityRow): string =>
    /^is for (pictures|texts)$/.test(says) && capable.includes("several inputs") ? " alone" : "";
  requireCapabilities(options, capable, (what, { cure, ...missing }, otherwise) => [
    `${what} ${missing.says}${alone(missing)}, and this is ${known}`,
    cure ?? otherwise ?? "leave it out, or choose another task",
  ]);
  const { says } = capabilities.scratch;
  if (options.baselines === true && !capabilitiesOf(task, input).includes("scratch"))
    throw new EngraftError("OptionError", `the option baselines ${says}, and this is ${known}`, {
      help: "leave it out",
      details: { option: "baselines", needs: "scratch" },
    });
  refuseWithoutEffect(options);
}

/** {@link refuseUnusable} for a regime. @throws OptionError that names the option and the regime */
export function refuseInRegime(options: RecipeOptions, { words, has }: Regime): void {
  requireCapabilities(options, has, (what, _missing, otherwise) => [
    `${what} cannot be used with ${words}`,
    otherwise ?? "leave it out, or use train",
  ]);
  refuseWithoutEffect(options);
}

/** Returns the strategies that can be used with some capabilities. */
export function usableStrategies(has: ReadonlySet<Capability>): readonly StrategyName[] {
  return (Object.keys(strategies) as StrategyName[]).filter(
    (name) => missingCapability(rowOf(name).needs, has) === undefined,
  );
}

/** Returns the capabilities that a task must have for a setting of the training loop. */
export const needsOfSetting = (name: string): readonly Capability[] =>
  Object.entries<Setting>(loopSettings).find(([one]) => one === name)?.[1].needs ?? [];

/** Returns message and help for a missing capability. */
type RefusalText = (
  what: string,
  missing: CapabilityRow,
  otherwise: string | undefined,
) => readonly [message: string, help: string];

function requireCapabilities(
  options: RecipeOptions,
  capable: readonly Capability[],
  refusal: RefusalText,
): void {
  const { strategy, option = {}, initFrom } = options;
  const has = new Set<Capability>([...capable, "steps"]);
  // Weights of another model count as pretrained.
  if (initFrom !== undefined && has.has("initial weights")) has.add("pretrained");
  const demand = (what: string, name: string, needs: readonly Capability[], cure?: string): void => {
    const missing = missingCapability(needs, has);
    if (missing === undefined) return;
    const [message, help] = refusal(what, capabilities[missing], cure);
    const details = { option: name, needs: missing };
    const code = name === "folds" ? "folds-unusable" : undefined;
    throw new EngraftError("OptionError", message, { help, details, ...(code && { code }) });
  };
  for (const name of Object.keys(optionTable) as OptionName[]) {
    const value = options[name];
    if (value === undefined || value === false) continue;
    demand(`the option ${describedOption(name, value)}`, name, needsOf(name, value));
  }
  if (strategy !== undefined) {
    const cure = `use another strategy: ${usableStrategies(has).join(", ")}`;
    demand(`strategy "${strategy}"`, "strategy", rowOf(strategy).needs, cure);
  }
  for (const name of Object.keys(option)) demand(`the option ${name}`, name, needsOfSetting(name));
}

/** Returns the name of an option; with the value if other values have other needs. */
const describedOption = (name: OptionName, value: unknown): string =>
  typeof optionTable[name].needs === "function" ? `${name} ${JSON.stringify(value)}` : name;

/** True if a run certainly trains from scratch too. */
const trainsScratch = ({ baselines, safe }: RecipeOptions): boolean => baselines === true || safe === true;

/** True if an option means nothing for a strategy without training steps. */
function isUnused(strategy: string, name: OptionName, value: unknown): boolean {
  return isOfSteps(name, value) || (isWithoutBase(strategy) && name === "initFrom" && value !== undefined);
}

/** True if options of training steps are for an additional training from scratch. */
const stepsAreForScratch = (strategy: string, options: RecipeOptions): boolean =>
  trainsScratch(options) && !isWithoutBase(strategy);

/** Returns options without those that a solved strategy cannot use, unless an additional training from scratch uses them. */
export function optionsOfSolved<T extends RecipeOptions>(strategy: string, options: T): T {
  if (stepsAreForScratch(strategy, options)) return options;
  const usable = Object.entries(options).filter(
    ([name, value]) => !Object.hasOwn(optionTable, name) || !isUnused(strategy, name as OptionName, value),
  );
  return Object.fromEntries(usable) as T;
}

/** Refuses options that have no effect together with the other ones. @throws OptionError */
function refuseWithoutEffect(options: RecipeOptions): void {
  requireCompanions(options);
  const { strategy } = options;
  if (strategy === undefined || !isSolved(strategy) || stepsAreForScratch(strategy, options)) return;
  const name = (Object.keys(optionTable) as OptionName[]).find((one) =>
    isUnused(strategy, one, options[one]),
  );
  if (name !== undefined)
    throw new EngraftError(
      "OptionError",
      `${describedOption(name, options[name])} means nothing for the strategy "${strategy}"`,
      {
        help: isWithoutBase(strategy)
          ? "it has no training steps and starts from no model: leave it out, or use another strategy"
          : "a probe is solved, not trained: leave it out, or use another strategy",
        details: { option: name, strategy },
      },
    );
}

/** Condition under which an option has an effect. */
interface Companion {
  readonly holds: (options: RecipeOptions) => boolean;
  /** Ends the sentence: `the option margin has no effect without …`. */
  readonly without: string;
  /** Default: add that, or leave the option out. */
  readonly help?: string;
}

/** Options and settings of the training loop that have an effect only together with another option. */
const companions: Readonly<Record<string, Companion>> = {
  margin: {
    holds: ({ baselines, safe }) => baselines !== undefined || safe === true,
    without: "a verdict",
    help: "add --baselines, or leave --margin out",
  },
  scratchSteps: {
    holds: ({ baselines, safe, initFrom }) =>
      baselines !== undefined || safe === true || initFrom !== undefined,
    without: "a training from scratch",
    help: "add --baselines, or leave --scratch-steps out",
  },
  gap: { holds: ({ splitBy }) => splitBy !== undefined, without: "--split-by" },
  season: { holds: ({ splitBy }) => splitBy !== undefined, without: "--split-by" },
  huberDelta: { holds: ({ loss }) => loss === "huber", without: "--loss huber" },
  lmOrder: { holds: ({ decoder }) => decoder === "beam", without: "--decoder beam" },
  lmWeight: {
    holds: ({ decoder, lmOrder }) => decoder === "beam" && lmOrder !== 0,
    without: "a language model",
    help: "use --decoder beam and leave --lm-order 0 out, or leave --lm-weight out",
  },
  magnitude: {
    holds: ({ augment }) => augment === "randaugment" || augment === "strong",
    without: "--augment randaugment or strong",
  },
  noise: {
    holds: ({ augment }) => augment !== "none" && textAugmentationsOf(augment) !== undefined,
    without: "--augment",
    help: `it is the share of a text's words that --augment with ${ofTexts} changes`,
  },
  swaFrom: { holds: ({ average }) => average === "swa", without: "--average swa" },
  soupSize: { holds: ({ average }) => average === "soup", without: "--average soup" },
};

/** Returns the option without which another one has no effect, in words; undefined if there is none. */
export const companionOf = (name: string): string | undefined =>
  Object.hasOwn(companions, name) ? companions[name]!.without : undefined;

/** True if an option has the other option that it needs. */
export const hasCompanion = (name: string, options: RecipeOptions): boolean =>
  !Object.hasOwn(companions, name) || companions[name]!.holds(options);

/** Refuses an option without the other option that it needs, and two that exclude each other. @throws OptionError */
export function requireCompanions(options: RecipeOptions): void {
  const { shots, trainSize } = options;
  if (shots !== undefined && trainSize !== undefined)
    throw new EngraftError("OptionError", "shots and trainSize both say how many samples to learn from", {
      help: "leave one of them out",
      details: { shots, trainSize },
    });
  const given: Readonly<Record<string, unknown>> = { ...options.option, ...options };
  for (const [name, { holds, without, help }] of Object.entries(companions))
    if (given[name] !== undefined && !holds(options))
      throw new EngraftError("OptionError", `the option ${name} has no effect without ${without}`, {
        help: help ?? `add ${without}, or leave the option out`,
        details: { option: name, without },
      });
}
