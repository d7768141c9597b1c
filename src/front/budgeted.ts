import { stepsOfEpoch } from "../methods/epoch-steps.js";
import type { TrainingPlan } from "../methods/plan.js";
import type { Decided } from "../train/fit.js";
import { type Share, withinBudget } from "./budget.js";
import type { Context } from "./context.js";
import { decidedOnce } from "./decisions.js";
import type { Expected } from "./measure.js";
import { itemsOf } from "./planned.js";
import { scratchLengths, scratchRateFrom } from "./scratch-rate.js";

/** When a run began, by `performance.now()`, and what was measured. */
export interface Timed {
  readonly begin: number;
  readonly expected: Expected;
}

/** How long a training may be that takes so many shares of what is left. */
export type Within = (plan: TrainingPlan, shares: number) => Required<Pick<Decided, "steps" | "seconds">>;

/** Writing model, card and report, and loading the session that scores the test part. */
const secondsAfter = 2;

/**
 * How long a training may be, from what is left of the budget when it is asked; undefined without a budget.
 * @param run solved: a head was, so that only what stands beside the run has steps
 */
export function budgetOf(
  context: Context,
  { begin, expected }: Timed,
  run: "trained" | "solved",
): Within | undefined {
  const { options } = context;
  const { budget } = options;
  if (budget === undefined) return undefined;
  const examples = itemsOf(context, "train").length;
  const [validation, test] = [itemsOf(context, "validation").length, itemsOf(context, "test").length];
  const beside = options.baselines === true ? scratchLengths.reduce((sum, times) => sum + times, 0) : 0;
  let trainings = (run === "trained" ? 1 : 0) + beside;
  let finds = beside > 0;
  return (plan, shares) => {
    const { secondsPerStep, secondsPerScored, secondsPerSolve } = expected;
    // By pairs a head is solved on the training part's features, which are scored for it; and once more for the best.
    const judging = plan.pairs
      ? (validation + examples) * secondsPerScored + secondsPerSolve
      : validation * secondsPerScored;
    const share: Share = {
      left: budget - (performance.now() - begin) / 1000,
      tail: test * secondsPerScored * (beside > 0 ? 2 : 1) + (plan.pairs ? judging : 0) + secondsAfter,
      finder: finds && scratchRateFrom(options, plan, examples) === "finder" ? 100 * secondsPerStep : 0,
      trainings: trainings / shares,
      examples,
      secondsPerStep,
      secondsPerValidation: judging,
    };
    finds = false;
    trainings -= shares;
    return withinBudget(plan, { epochs: options.epochs }, share);
  };
}

/** How many steps each run from scratch may make: decided once, so that a run that goes on does the same. */
export function scratchWithin(
  { run }: Context,
  within: Within,
): (plan: TrainingPlan, index: number) => Promise<Decided> {
  return (plan, i) =>
    decidedOnce(run, `length of scratch ${i}`, async () => within(plan, scratchLengths[i]!));
}

/** The same beside a head that was solved, which took no steps to go by: it is said how far they get. Undefined without a budget. */
export function besideSolved(context: Context, timed: Timed): ReturnType<typeof scratchWithin> | undefined {
  const within = budgetOf(context, timed, "solved");
  const decide = within && scratchWithin(context, within);
  if (!decide) return undefined;
  const { length: examples } = itemsOf(context, "train");
  return async (plan, i) => {
    const decided = await decide(plan, i);
    const [steps, whole] = [decided.steps ?? 0, plan.epochs * stepsOfEpoch(plan, examples)];
    if (steps < whole && scratchLengths[i] === Math.max(...scratchLengths))
      context.onEvent({
        event: "warning",
        code: "budget",
        message: `the budget leaves the longer run from scratch about ${steps} of ${whole} steps: the verdict says what this time buys, not what training from scratch could reach (give a larger --budget, or none)`,
      });
    return decided;
  };
}
