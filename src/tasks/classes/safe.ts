import { withWeights } from "../../bases/heads.js";
import { roundedAs, type StoredAs, storedAs } from "../../bases/weight-storage.js";
import type { ClassificationScores } from "../../core/events/events.js";
import type { SafeChoice } from "../../core/events/run-outcome.js";
import { better, type Validation } from "../../core/results/metric.js";
import type { DistantItems } from "../../core/results/trust.js";
import { correctOf, type Predictions } from "../../evaluate/class-predictions.js";
import type { Graph } from "../../graph/graph.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { fedBy } from "../../run/setup.js";
import type { ScratchAnswers } from "../../run/trainable-task.js";
import { predictWith } from "../../run/training/feeds.js";
import { heldOf } from "../../run/training/planned.js";
import { difference } from "../../statistics/index.js";
import { safeWords, wrongAtTwoPoints } from "./safe-words.js";
import { type Trusted, trusted } from "./trusted.js";

/** The two models that one is chosen of. */
export interface Choice {
  /** The network with any weights: what the run's own model is, and what is trained from scratch. */
  readonly probed: Graph;
  /** Scores of the transfer on the test part, and on validation, by which is chosen. */
  readonly transfer: ClassificationScores;
  readonly validation: Validation;
  /** What the transfer predicts for the validation part. */
  readonly held: Predictions;
  readonly scratch: Pick<ScratchAnswers<unknown>, "best" | "weights">;
  /** Its scores on the test part. */
  readonly scratchTest: ClassificationScores;
  readonly distant?: DistantItems;
}

/** What is kept in place of the run's own model. */
export interface Instead extends Trusted {
  readonly stored: StoredAs;
  readonly validation: Validation;
}

/**
 * The safe choice: the better by validation of the transfer and the run from scratch. Chosen on validation, the kept model
 * may still be the worse on new items, by as much as chance allows there; the test part takes no part in it.
 * @returns what to say of it, and the model from scratch where that is the better
 */
export async function saferOf(
  context: Context,
  { probed, transfer, validation, held, scratch, scratchTest, distant }: Choice,
): Promise<{ readonly said: SafeChoice; readonly instead?: Instead }> {
  const { opened, runtime, options, dataset } = context;
  const instead = better(scratch.best, validation);
  const accuracies = { transfer: validation.score, scratch: scratch.best.score };
  const unrounded = withWeights(probed, scratch.weights);
  const weights = options.adapterOnly === true ? "fp32" : (options.weights ?? defaults.weights);
  const stored = storedAs(unrounded, weights, opened.base.imported.storedAs);
  const rounded = roundedAs(unrounded, stored);
  const scoredAs = (part: "validation" | "test") =>
    predictWith(
      runtime,
      fedBy(opened, rounded),
      heldOf(context, part),
      dataset.classes.length,
      options.signal,
    );
  const theirs = await scoredAs("validation");
  const apart = validationDifference(held, theirs, dataset.classes.length);
  const of = { validation: accuracies, ...(apart && { difference: apart }) };
  const items = context.inputs ? "texts" : "pictures";
  if (!instead) {
    const choice = { kept: "transfer" as const, ...of };
    return {
      said: { ...choice, other: scratchTest.accuracy, words: safeWords(choice, items) },
    };
  }
  const facts = trusted(context, rounded, await scoredAs("test"), theirs, distant);
  const choice = { kept: "scratch" as const, ...of };
  return {
    said: { ...choice, other: transfer.accuracy, words: safeWords(choice, items) },
    instead: { ...facts, stored, validation: scratch.best },
  };
}

/** Compares two models on the validation part that chose between them. */
export function validationDifference(
  transfer: Predictions,
  scratch: Predictions,
  classes: number,
): SafeChoice["difference"] {
  const n = transfer.labels.length;
  if (n === 0) return undefined;
  const rightOf = (p: Predictions): number[] => correctOf(p, classes).map(Number);
  const { groups } = transfer;
  const { gain, interval, why } = difference([rightOf(transfer)], [rightOf(scratch)], {
    ...(groups && { groups }),
  });
  return {
    ...{ gain, n, models_ci95: interval },
    ...(interval && { wrong_at_2_points: wrongAtTwoPoints(interval) }),
    ...(why === "few groups" && { few_groups: true as const }),
  };
}
