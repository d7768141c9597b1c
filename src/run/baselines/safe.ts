import { withWeights } from "../../bases/heads.js";
import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import type { SafeChoice } from "../../core/events/run-outcome.js";
import { lossOrWorst } from "../../core/results/metric.js";
import type { Scored } from "../../core/results/scored.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { isWithoutBase } from "../../methods/registry.js";
import { defaults } from "../../options/options.js";
import { difference, z95 } from "../../statistics/index.js";
import { scratchContext } from "../context.js";
import type {
  RunModel,
  RunResult,
  SafeModel,
  ScratchAnswers,
  Solved,
  TrainableTask,
} from "../trainable-task.js";
import { emptyNetwork, itemsOf } from "../training/planned.js";
import { bestEpochOf, optimismOf } from "./best-epoch.js";
import { safeWords, wrongAtTwoPoints } from "./safe-words.js";

/**
 * Chooses by validation between the run's own model and the one from scratch, which is kept if it is better by more than one
 * standard error of the difference and has a lower loss. The test split takes no part in the choice. The kept model may still be the worse on new
 * samples, by as much as chance allows on the validation split.
 * @param scoredOnValidation scores of predictions, sample by sample
 */
export async function chooseByValidation<
  Answers,
  Head extends Solved<Answers>,
  Facts,
  Result extends RunResult,
>(
  task: TrainableTask<Answers, Head, Facts, Result>,
  scoredOnValidation: (answers: Answers) => Scored,
  own: RunModel<Answers, Head, Facts>,
  scratch: ScratchAnswers<Answers>,
): Promise<SafeModel<Answers, Facts>> {
  const { validation } = own;
  const { strategy = defaults.strategy } = own.context.options;
  const context = scratchContext(own.context);
  const { options, opened } = context;
  const unrounded = withWeights(emptyNetwork(context), scratch.weights);
  const stored = storedAs(unrounded, options.weights ?? defaults.weights, opened.base.imported.storedAs);
  const model = roundedAs(unrounded, stored);
  const answers = await task.predict(context, model, "own");
  const held = itemsOf(context, "validation");
  const groups = groupsOfItems(held);
  const apart =
    held.length > 0
      ? validationDifference(scoredOnValidation(own.answers), scoredOnValidation(answers), groups)
      : undefined;
  const losses = { transfer: validation.loss, scratch: scratch.best.loss };
  const error = apart && standardErrorOf(apart);
  const optimism = {
    transfer: optimismOf(bestEpochOf(own.fitted), error),
    scratch: optimismOf(scratch.bestEpoch, error),
  };
  const { kept, by } = choiceOf(apart, losses, optimism);
  const other = task.scored(kept === "scratch" ? own.answers : scratch.answers).value;
  const choice = {
    kept,
    validation: { transfer: validation.score, scratch: scratch.best.score },
    ...(isWithoutBase(strategy) && { own: strategy }),
    ...(apart && { difference: apart }),
    ...(by === "loss" && { losses }),
    ...(task.score !== "accuracy" && { metric: task.score }),
  } as const;
  const safeChoice = { ...choice, other, words: safeWords(choice, task.samples) };
  if (kept === "transfer") return { choice: safeChoice };
  const calibrated = await task.calibrate(context, model, answers, own.solved, 1 + (scratch.chosenOf ?? 1));
  return { choice: safeChoice, instead: { ...calibrated, context, stored, validation: scratch.best } };
}

type Apart = NonNullable<SafeChoice["difference"]>;

/**
 * Returns which of the two models is kept, and what decided. An epoch from scratch is the best of many by its score, so that score is too
 * high: the epochs beside it decide. The loss must be lower, too.
 * @param optimism by how much the score of each model is above the epochs beside it
 */
export function choiceOf(
  apart: Apart | undefined,
  losses: NonNullable<SafeChoice["losses"]>,
  optimism = { transfer: 0, scratch: 0 },
): { readonly kept: SafeChoice["kept"]; readonly by: "score" | "loss" } {
  const typical = apart && { ...apart, gain: apart.gain - optimism.transfer + optimism.scratch };
  if (typical === undefined || leadOf(typical) >= 0) return { kept: "transfer", by: "score" };
  return lossOrWorst(losses.scratch) < lossOrWorst(losses.transfer)
    ? { kept: "scratch", by: "score" }
    : { kept: "transfer", by: "loss" };
}

/** Returns the standard error of a difference; undefined without an interval. */
export const standardErrorOf = ({ models_ci95: range }: Apart): number | undefined =>
  range === null ? undefined : (range[1] - range[0]) / (2 * z95);

/** Returns 1 if the first model is better by more than one standard error, −1 if the second is, else 0. */
export function leadOf(apart: Apart): -1 | 0 | 1 {
  const error = standardErrorOf(apart);
  if (error === undefined || Math.abs(apart.gain) <= error) return 0;
  return apart.gain > 0 ? 1 : -1;
}

/** Compares two models on the validation samples that chose between them. */
export function validationDifference(
  transfer: Pick<Scored, "shares">,
  scratch: Pick<Scored, "shares">,
  groups?: readonly string[],
): Apart {
  const n = transfer.shares.length;
  const { gain, interval, why } = difference([transfer.shares], [scratch.shares], {
    groups,
  });
  return {
    gain,
    n,
    models_ci95: interval,
    ...(interval && { wrong_at_2_points: wrongAtTwoPoints(interval) }),
    ...(why === "few groups" && { few_groups: true as const }),
  };
}
