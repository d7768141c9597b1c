import type { TrainingPlan } from "../../methods/plan.js";
import type { Decided } from "../../train/fit.js";
import type { FromScratch } from "../baselines/scratch.js";
import { pilotShare } from "../baselines/scratch-training.js";
import type { Context } from "../context.js";
import { decideOnce } from "../folder/decide-once.js";
import type { Expected } from "../forecast/measure.js";
import { type Share, withinBudget } from "./budget.js";
import { itemsOf } from "./planned.js";

/** Start of a run, by `performance.now()`, and its measurements. */
export interface Timed {
  readonly begin: number;
  readonly expected: Expected;
  /** Steps that the run's own training makes in any case. Default 1. */
  readonly fewest?: 0 | 1;
}

/**
 * Length of a training that gets this many shares of the remaining time. @param of true for training from scratch: then
 * its pilots are counted too
 */
export type Within = (
  plan: TrainingPlan,
  of: "run" | "scratch",
) => Required<Pick<Decided, "steps" | "seconds">>;

/** A training from scratch gets three times as long as the run. */
const shares = { run: 1, scratch: 3 } as const;

/** Seconds for writing model, card and report, and for the session that scores the test split. */
const secondsAfter = 2;

/**
 * Returns how long a training may take, from the remaining budget; undefined without a budget.
 * @param run solved: only additional trainings have steps
 */
export function budgetOf(
  context: Context,
  { begin, expected, fewest = 1 }: Timed,
  run: "trained" | "solved",
): Within | undefined {
  const { options } = context;
  const { budget } = options;
  if (budget === undefined) return undefined;
  const examples = itemsOf(context, "train").length;
  const [validation, test] = [itemsOf(context, "validation").length, itemsOf(context, "test").length];
  const forBaselines = options.baselines === true ? shares.scratch : 0;
  let trainings = (run === "trained" ? shares.run : 0) + forBaselines;
  return (plan, of) => {
    const { secondsPerStep, secondsPerScored, secondsPerSolve, secondsOfBaselines } = expected;
    // With pairs a head is solved on the training split's features, which are scored for it; and once more for the
    // best.
    const judging = plan.pairs
      ? (validation + examples) * secondsPerScored + secondsPerSolve
      : validation * secondsPerScored;
    const share: Share = {
      left: budget - (performance.now() - begin) / 1000,
      // The model predicts both splits once more: the validation split for its calibration.
      tail:
        test * secondsPerScored * (forBaselines > 0 ? 2 : 1) + judging + secondsOfBaselines + secondsAfter,
      trainings: (trainings / shares[of]) * (of === "scratch" ? 1 + pilotShare : 1),
      examples,
      secondsPerStep,
      secondsPerValidation: judging,
    };
    trainings -= shares[of];
    return withinBudget(plan, of === "scratch" ? {} : { epochs: options.epochs, fewest }, share);
  };
}

/** Returns how long the training from scratch may take: decided once, so that a resumed run repeats it. */
export function scratchWithin({ run }: Context, within: Within | undefined): FromScratch["decide"] {
  return within && ((plan) => decideOnce(run, "length of scratch", async () => within(plan, "scratch")));
}

/** The same for a run whose head was solved. Undefined without a budget. */
export const scratchBudget = (context: Context, timed: Timed): FromScratch["decide"] =>
  scratchWithin(context, budgetOf(context, timed, "solved"));
