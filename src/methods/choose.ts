import { type Message, message } from "../core/messages/message.js";
import { wilsonInterval } from "../statistics/wilson.js";
import type { StrategyName } from "./registry.js";

/** What is known of a task before anything is trained. */
export interface Known {
  readonly unit: "pictures" | "texts";
  /** Items to train on, and of the class that has the fewest. */
  readonly examples: number;
  readonly fewest: { readonly name: string; readonly count: number };
  readonly classes: number;
  /** Items that choose. */
  readonly validation: number;
  /** Accuracy of a cross-validated probe on `n` training items. */
  readonly probe: { readonly accuracy: number; readonly n: number };
  /** Why the base cannot be fine-tuned. */
  readonly refusal?: string;
  /** Steps that a time limit leaves for training, and those of one pass. */
  readonly budget?: { readonly seconds: number; readonly steps: number; readonly stepsPerEpoch: number };
}

/** What is to be done, why, and what a trial could still tell. */
export interface Choice {
  readonly name: Exclude<StrategyName, "auto">;
  readonly reasons: readonly Message[];
  /** The rules cannot tell, and enough items choose for short trainings to do so: {@link tried}. */
  readonly trials?: boolean;
}

/**
 * The bounds of the rules, each with what it was measured on: "Following the plan" in docs/results.md, and the tables of
 * "Strategies compared".
 */
export const bounds = {
  /** Fewer items than this in all: what all weights learn is mostly noise. */
  examples: 40,
  /** A probe that is right more often than this (the lower end of its 95 % interval) leaves nothing to gain. */
  solved: 0.98,
  /** With fewer items to choose on, a difference of 5 points is within chance. */
  validation: 100,
} as const;

/** The usual strategy and its reason. */
const usual = {
  pictures: ["finetune", message("best-for-pictures")],
  texts: ["finetune", message("best-for-texts")],
} as const;

/** What a trial is made of: all weights at rates that are high up to the last layers, and at rates that are low. */
export const tried = ["discriminative", "finetune"] as const satisfies readonly StrategyName[];

/** A short training, or the probe, as the validation part judged it. */
export interface Tried {
  readonly strategy: StrategyName;
  readonly validation_accuracy: number;
}

/**
 * What short trainings change of a choice: it stands unless the difference is larger than one standard error,
 * √(p (1 − p) / n), p the probe's accuracy. All of them below the probe: the weights stay. Of pictures, large rates above small
 * ones: large rates. A trial is too short for more.
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
  const found = (finding: "no change" | "probe" | "discriminative"): Message =>
    message("short-trainings", {
      ...{ samples: validation, discriminative: much, finetune: little, probe, error, finding },
    });
  if (Math.max(much, little) < probe - error) return { name: "probe", reasons: [found("probe")] };
  if (unit === "pictures" && much > little + error)
    return { name: "discriminative", reasons: [found("discriminative")] };
  return { name: choice.name, reasons: [...choice.reasons, found("no change")] };
}

/**
 * How to train, by rules that a person can check: each reason names its numbers.
 * @example
 * chooseByRules({ unit: "pictures", examples: 24, fewest: { name: "ant", count: 12 }, classes: 2, validation: 8,
 *   probe: { accuracy: 0.8, n: 24 } }).name; // "probe"
 */
export function chooseByRules(known: Known): Choice {
  const { unit, examples, fewest, validation, probe, refusal, budget } = known;
  const [low, high] = wilsonInterval(Math.round(probe.accuracy * probe.n), probe.n);
  const probed = { accuracy: probe.accuracy, samples: probe.n, unit, low, high };
  const counted = {
    samples: examples,
    unit,
    fewest: fewest.count,
    class: fewest.name,
    from: bounds.examples,
  };
  if (refusal !== undefined)
    return { name: "probe", reasons: [message("base-cannot-be-fine-tuned", { why: refusal })] };
  if (examples < bounds.examples)
    return {
      name: "probe",
      reasons: [message("few-samples-of-classes", counted), message("probe-accuracy", probed)],
    };
  if (low >= bounds.solved)
    return {
      name: "probe",
      reasons: [message("probe-leaves-little", { ...probed, left: 1 - bounds.solved })],
    };
  if (budget !== undefined && budget.steps < budget.stepsPerEpoch)
    return {
      name: "probe",
      reasons: [
        message("budget-below-one-epoch", {
          ...{ seconds: Math.round(budget.seconds), steps: budget.steps, samples: examples, unit },
          per_epoch: budget.stepsPerEpoch,
        }),
        message("probe-accuracy", probed),
      ],
    };
  const [name, because] = usual[unit];
  const reasons = [
    message("enough-samples-of-classes", counted),
    message("probe-leaves-room", probed),
    because,
  ];
  if (validation < bounds.validation)
    return {
      name,
      reasons: [
        ...reasons,
        message("too-few-for-trials", { samples: validation, unit, from: bounds.validation }),
      ],
    };
  return { name, reasons, trials: true };
}
