import { type Message, message } from "../core/messages/message.js";
import type { TrialFinding } from "../core/messages/strategy-en.js";
import type { BaseModality, SampleWords } from "../core/modalities.js";
import { scoreOrWorst } from "../core/results/metric.js";
import { fewestGroups } from "../statistics/samples.js";
import { wilsonInterval } from "../statistics/wilson.js";
import type { StrategyName } from "./registry.js";

/** Facts about a task before training. */
export interface Known {
  readonly unit: SampleWords<BaseModality>["many"];
  /** Number of training items, and of the smallest class. */
  readonly examples: number;
  readonly fewest: { readonly name: string; readonly count: number };
  readonly classes: number;
  /** Number of validation items. */
  readonly validation: number;
  /** Number of groups, such as speakers, of the validation items. Missing: each item is its own group. */
  readonly validationGroups?: number;
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
  readonly reasons: readonly Message[];
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
  /** The same on average for each class. @see docs/decisions/0031-default-recipes.md */
  perClass: 8,
  /** A probe whose accuracy is above this (lower end of its 95 % interval) leaves nothing to gain. */
  solved: 0.98,
  /** Fewest validation items: with fewer, a difference of 5 points is within chance. */
  validation: 100,
} as const;

/**
 * Default strategy by kind of data, with its reason, and the one that only solves a head. `beatsProbe`: a trial must be better than the probe.
 * `highRates`: a trial may choose high rates for all weights.
 */
const usual = {
  pictures: {
    name: "finetune",
    because: message("best-for-pictures"),
    solved: "probe",
    solvedBecause: undefined,
    beatsProbe: false,
    highRates: true,
  },
  clips: {
    name: "finetune",
    because: message("best-for-clips"),
    solved: "probe",
    solvedBecause: message("probe-for-clips"),
    beatsProbe: true,
    highRates: true,
  },
  texts: {
    name: "finetune",
    because: message("best-for-texts"),
    solved: "ngram-probe",
    solvedBecause: message("ngrams-for-texts"),
    beatsProbe: false,
    highRates: false,
  },
} as const;

/** Strategies of a trial: all weights with rates that stay high in early layers, and with low rates there. */
const tried = ["discriminative", "finetune"] as const satisfies readonly StrategyName[];

/** Returns the strategies of a trial: those that it may choose. */
export const triedOf = (unit: Known["unit"]): readonly (typeof tried)[number][] =>
  usual[unit].highRates ? tried : ["finetune"];

/** A short training, or the probe, with its validation score. */
export interface Tried {
  readonly strategy: StrategyName;
  /** Null if the training diverged: it counts as the worst. */
  readonly validation_accuracy: number | null;
}

/**
 * Revises a choice by short trainings. It stays unless the difference exceeds one standard error, √(p (1 − p) / n), p
 * the probe's accuracy. If all trainings are below the probe, the weights stay frozen. For texts they also stay frozen if
 * no training is better than the head with n-grams by more than that, for sounds if none is better than the probe by more. For images, if large rates beat small ones, large
 * rates are chosen. A trial is too short for other conclusions.
 */
export function chooseByTrials(
  choice: Choice,
  trials: readonly Tried[],
  { validation, unit }: Pick<Known, "validation" | "unit">,
): Choice {
  const of = (name: StrategyName): number | null | undefined =>
    trials.filter(({ strategy }) => strategy === name).at(-1)?.validation_accuracy;
  const [discriminative, finetune = null] = tried.map(of);
  const [much, little] = [scoreOrWorst(discriminative ?? null), scoreOrWorst(finetune)];
  const probe = of("probe") ?? 0;
  const ngrams = of("ngram-probe") ?? undefined;
  const known = ngrams ?? probe;
  const error = Math.sqrt(Math.max(known * (1 - known), 1 / validation) / validation);
  const found = (finding: TrialFinding): Message =>
    message("short-trainings", {
      samples: validation,
      ...(discriminative !== undefined && { discriminative }),
      finetune,
      probe,
      error,
      finding,
      ...(ngrams !== undefined && { ngrams }),
    });
  if (ngrams !== undefined && Math.max(much, little) <= ngrams + error)
    return { name: "ngram-probe", reasons: [found("ngram-probe")] };
  if (usual[unit].beatsProbe && Math.max(much, little) <= probe + error)
    return { name: "probe", reasons: [found("probe kept")] };
  if (Math.max(much, little) < probe - error) return { name: "probe", reasons: [found("probe")] };
  if (usual[unit].highRates && much > little + error)
    return { name: "discriminative", reasons: [found("discriminative")] };
  return { name: choice.name, reasons: [...choice.reasons, found("no change")] };
}

/**
 * Chooses a strategy by rules that a person can check: each reason names its numbers.
 * @example chooseByRules({ unit: "pictures", examples: 24, fewest: { name: "ant", count: 12 }, classes: 2, validation: 8,
 *   probe: { accuracy: 0.8, n: 24 } }).name; // "probe"
 */
export function chooseByRules(known: Known): Choice {
  const { unit, examples, fewest, classes, validation, validationGroups, probe, refusal, budget } = known;
  const from = Math.max(bounds.examples, bounds.perClass * classes);
  const [low, high] = wilsonInterval(Math.round(probe.accuracy * probe.n), probe.n);
  const probed = { accuracy: probe.accuracy, samples: probe.n, unit, low, high };
  const counted = {
    samples: examples,
    unit,
    fewest: fewest.count,
    class: fewest.name,
    from,
  };
  const { name, because, solved, solvedBecause } = usual[unit];
  if (refusal !== undefined)
    return { name: solved, reasons: [message("base-cannot-be-fine-tuned", { why: refusal })] };
  if (examples < from)
    return {
      name: solved,
      reasons: [message("few-samples-of-classes", counted), message("probe-accuracy", probed)],
    };
  if (low >= bounds.solved)
    return {
      name: solved,
      reasons: [message("probe-leaves-little", { ...probed, left: 1 - bounds.solved })],
    };
  if (budget !== undefined && budget.steps < budget.stepsPerEpoch)
    return {
      name: solved,
      reasons: [
        message("budget-below-one-epoch", {
          seconds: Math.round(budget.seconds),
          steps: budget.steps,
          samples: examples,
          unit,
          per_epoch: budget.stepsPerEpoch,
        }),
        message("probe-accuracy", probed),
      ],
    };
  const reasons = [
    message("enough-samples-of-classes", counted),
    message("probe-leaves-room", probed),
    because,
  ];
  const tooFew =
    // What is better for a few speakers may be worse for the next one.
    validationGroups !== undefined && validationGroups < fewestGroups
      ? message("too-few-groups-for-trials", { groups: validationGroups, unit, from: fewestGroups })
      : validation < bounds.validation
        ? message("too-few-for-trials", { samples: validation, unit, from: bounds.validation })
        : undefined;
  if (tooFew)
    return {
      name: solvedBecause ? solved : name,
      reasons: [...(solvedBecause ? [solvedBecause] : reasons), tooFew],
    };
  return { name, reasons, trials: true };
}
