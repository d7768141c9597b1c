import { withWeights } from "../../bases/heads.js";
import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import type { Interval } from "../../core/events/events.js";
import type { SafeChoice } from "../../core/events/run-outcome.js";
import { wordsInRun } from "../../core/messages/metric-en.js";
import { lossOrWorst, metrics } from "../../core/results/metric.js";
import type { Scored } from "../../core/results/scored.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { isWithoutBase } from "../../methods/registry.js";
import { defaults } from "../../options/options.js";
import { difference, studentTwoSided, z95 } from "../../statistics/index.js";
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
  const pilots = (scratch.report.tried ?? []).filter((one) => !one.kept);
  const models = [...pilots.map((one) => one.validation), validation];
  const calibrated = await task.calibrate(context, model, answers, own.solved, {
    score: scratch.best.score,
    others: [...(scratch.bestEpoch?.others ?? []), ...models.map(({ score }) => score)],
  });
  return { choice: safeChoice, instead: { ...calibrated, context, stored, validation: scratch.best } };
}

type Apart = NonNullable<SafeChoice["difference"]>;

/**
 * Returns which of the two models is kept, and what decided. An epoch from scratch is the best of many by its score, so that score is too
 * high: the epochs about as good decide. The loss must be lower, too.
 * @param optimism by how much the score of each model is above the epochs about as good
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
  const { gain, interval, why } = difference([transfer.shares], [scratch.shares], { groups });
  return {
    gain,
    n,
    models_ci95: interval,
    ...(interval && { wrong_at_2_points: wrongAtTwoPoints(interval) }),
    ...(why === "few groups" && { few_groups: true as const }),
  };
}

/**
 * Returns how often a choice with this uncertainty keeps the wrong model if the two truly differ by 2 points: Φ(−0.02 /
 * s), s the standard error of the difference.
 * @param interval 95 % confidence interval of the difference
 */
export function wrongAtTwoPoints([low, high]: Interval): number {
  const error = (high - low) / (2 * z95);
  return error > 0 ? studentTwoSided(0.02 / error, Number.POSITIVE_INFINITY) / 2 : 0;
}

/** Says which of the two models is kept, their difference, and whether it can be chance. */
export function safeWords(
  {
    kept,
    own: strategy = "transfer",
    validation,
    difference,
    losses,
    metric = "accuracy",
  }: Omit<SafeChoice, "other" | "words">,
  items: string,
): string {
  const name = kept === "scratch" ? "from scratch" : strategy;
  if (difference === undefined)
    return `Kept: ${name}. There are no validation ${items} to compare the two on.`;
  const { named, difference: number, unit } = wordsInRun(metric);
  const { n, few_groups, models_ci95: range, wrong_at_2_points: wrong } = difference;
  const ahead = kept === "transfer" ? difference.gain : -difference.gain;
  const on = `${n} validation ${n === 1 ? items.replace(/s$/, "") : items}`;
  if (range === null && !few_groups)
    return metric === "accuracy"
      ? `Kept: ${name}. Both are right on the same of the ${on}.`
      : `Kept: ${name}. Both score the same on the ${on}.`;
  const [own, other] =
    kept === "transfer"
      ? [validation.transfer, validation.scratch]
      : [validation.scratch, validation.transfer];
  const scores = `${named(own)} against ${named(other)}`;
  const behind = losses
    ? `${number(-ahead)}${unit} behind on ${on}, but its loss is lower: ${losses.transfer.toFixed(3)} against ${losses.scratch.toFixed(3)}`
    : `no more than one standard error behind on ${on}`;
  const lead = ahead > 0 ? `${number(ahead)}${unit} better on ${on}` : behind;
  if (range === null)
    return `Kept: ${name}, ${lead} (${scores}). They are of too few groups to tell whether that is chance.`;
  const [low, high] = kept === "transfer" ? range : [-range[1], -range[0]];
  const between = `these two models: from ${number(low)} to ${number(high)}${unit}`;
  const two = `${metrics[metric].sentenceScale === "share" ? 2 : 0.02}${unit}`;
  const chance =
    low > 0 || wrong === undefined
      ? ""
      : ` That can be chance: if the other is truly ${two} better, such a choice is wrong in ${wrong < 0.05 ? "fewer than 1" : Math.round(10 * wrong)} of 10 cases.`;
  return `Kept: ${name}, ${lead} (${scores}; ${between}).${chance}`;
}
