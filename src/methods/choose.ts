import { wilsonInterval } from "../statistics/wilson.js";
import type { StrategyName } from "./registry.js";

/** Facts about a task before training. */
export interface Known {
  readonly unit: "pictures" | "texts";
  /** Number of training items, and of the smallest class. */
  readonly examples: number;
  readonly fewest: { readonly name: string; readonly count: number };
  readonly classes: number;
  /** Number of validation items. */
  readonly validation: number;
  /** Accuracy of a cross-validated probe on `n` training items. */
  readonly probe: { readonly accuracy: number; readonly n: number };
  /** Why the base cannot be fine-tuned. */
  readonly refusal?: string;
  /** Steps that a time limit allows, and steps per epoch. */
  readonly budget?: { readonly seconds: number; readonly steps: number; readonly stepsPerEpoch: number };
}

/** The chosen strategy, the reasons, and whether a trial could improve the choice. */
export interface Choice {
  readonly name: Exclude<StrategyName, "auto">;
  readonly reasons: readonly string[];
  /**
   * True if the rules are undecided and there are enough validation items to decide by short trainings: {@link tried}.
   */
  readonly trials?: boolean;
}

/**
 * Bounds of the rules and what they were measured on: "Following the plan" in docs/results.md, and the tables of
 * "Strategies compared".
 */
export const bounds = {
  /** Fewest training items: with fewer, training all weights mostly fits noise. */
  examples: 40,
  /** A probe whose accuracy is above this (lower end of its 95 % interval) leaves nothing to gain. */
  solved: 0.98,
  /** Fewest validation items: with fewer, a difference of 5 points is within chance. */
  validation: 100,
} as const;

/** Default strategy by kind of data. */
const usual = {
  pictures: [
    "finetune",
    'of what was measured on small sets of pictures, near and far ones, "finetune" at a rate by the size of the base lost least',
  ],
  texts: ["finetune", "the default; nothing measured on texts speaks for another strategy yet"],
} as const;

/** Strategies of a trial: all weights with rates that stay high in early layers, and with low rates there. */
export const tried = ["discriminative", "finetune"] as const satisfies readonly StrategyName[];

/** A short training, or the probe, with its validation score. */
export interface Tried {
  readonly strategy: StrategyName;
  readonly validation_accuracy: number;
}

/**
 * Revises a choice by short trainings. It stays unless the difference exceeds one standard error, √(p (1 − p) / n), p
 * the probe's accuracy. If all trainings are below the probe, the weights stay frozen. For images, if large rates beat
 * small ones, large rates are chosen. A trial is too short for other conclusions.
 */
export function chooseByTrials(
  choice: Choice,
  trials: readonly Tried[],
  { validation, unit }: Pick<Known, "validation" | "unit">,
): Choice {
  const of = (name: StrategyName): number =>
    trials.filter(({ strategy }) => strategy === name).at(-1)?.validation_accuracy ?? Number.NaN;
  const [probe, much, little] = [of("probe"), of(tried[0]), of(tried[1])];
  const error = Math.sqrt(Math.max(probe * (1 - probe), 1 / validation) / validation);
  const outcome = `short trainings on ${validation} validation items: ${tried[0]} ${percent(much)}, ${tried[1]} ${percent(little)}, the probe ${percent(probe)} (one standard error is ${(100 * error).toFixed(1)} points)`;
  const changed = (name: Choice["name"], why: string): Choice => ({ name, reasons: [`${outcome}: ${why}`] });
  if (Math.max(much, little) < probe - error) return changed("probe", "moving the weights made it worse");
  if (unit === "pictures" && much > little + error)
    return changed("discriminative", "early layers have much to learn, at rates that stay high");
  return { name: choice.name, reasons: [...choice.reasons, `${outcome}: nothing speaks against it`] };
}

const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;

/**
 * Chooses a strategy by rules that a person can check: each reason is a sentence with its numbers.
 * @example chooseByRules({ unit: "pictures", examples: 24, fewest: { name: "ant", count: 12 }, classes: 2, validation: 8,
 *   probe: { accuracy: 0.8, n: 24 } }).name; // "probe"
 */
export function chooseByRules(known: Known): Choice {
  const { unit, examples, fewest, validation, probe, refusal, budget } = known;
  const [low, high] = wilsonInterval(Math.round(probe.accuracy * probe.n), probe.n);
  const probed = `a linear probe on the frozen features answers ${percent(probe.accuracy)} of ${probe.n} training ${unit} it has not seen (95 % interval ${percent(low)} to ${percent(high)})`;
  if (refusal !== undefined) return { name: "probe", reasons: [`the base cannot be fine-tuned: ${refusal}`] };
  if (examples < bounds.examples)
    return {
      name: "probe",
      reasons: [
        `${examples} training ${unit} (${fewest.count} of class "${fewest.name}") are fewer than ${bounds.examples}: moving all weights would mostly fit noise`,
        probed,
      ],
    };
  if (low >= bounds.solved)
    return {
      name: "probe",
      reasons: [`${probed}: there is less than ${percent(1 - bounds.solved)} left to gain`],
    };
  if (budget !== undefined && budget.steps < budget.stepsPerEpoch)
    return {
      name: "probe",
      reasons: [
        `${Math.round(budget.seconds)} s leave ${budget.steps} training steps, one pass over the ${examples} training ${unit} takes ${budget.stepsPerEpoch}: a probe needs none`,
        probed,
      ],
    };
  const [name, because] = usual[unit];
  const reasons = [
    `${examples} training ${unit} (${fewest.count} of class "${fewest.name}") are enough to move the base's weights (from ${bounds.examples} on)`,
    `${probed}, so there is room to gain`,
    because,
  ];
  if (validation < bounds.validation)
    return {
      name,
      reasons: [
        ...reasons,
        `${validation} ${unit} to choose on are too few to tell strategies apart by a trial (from ${bounds.validation} on)`,
      ],
    };
  return { name, reasons, trials: true };
}
