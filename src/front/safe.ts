import { withWeights } from "../bases/heads.js";
import { roundedAs, type StoredAs, storedAs } from "../bases/weight-storage.js";
import type { WeightStorage } from "../bases/weight-storages.js";
import type { SafeChoice } from "../core/beside-events.js";
import type { ClassificationScores } from "../core/events.js";
import type { DistantItems } from "../core/trust.js";
import type { Graph } from "../graph/graph.js";
import { difference } from "../statistics/index.js";
import { better, type Validation } from "../train/fit.js";
import type { ScratchRun } from "./baselines.js";
import type { Context } from "./context.js";
import { predictWith } from "./feeds.js";
import { heldOf } from "./planned.js";
import { correctOf, type Predictions } from "./scores.js";
import { fedBy } from "./setup.js";
import { type Trusted, trusted } from "./trusted.js";

/** The two models that one is chosen of. */
export interface Choice {
  /** The network with any weights: what the run's own model is, and what is trained from scratch. */
  readonly probed: Graph;
  readonly kept: WeightStorage;
  /** Scores of the transfer on the test part, and on validation, by which is chosen. */
  readonly transfer: ClassificationScores;
  readonly validation: Validation;
  /** What the transfer predicts for the validation part. */
  readonly held: Predictions;
  readonly scratch: ScratchRun;
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
  { probed, kept, transfer, validation, held, scratch, distant }: Choice,
): Promise<{ readonly said: SafeChoice; readonly instead?: Instead }> {
  const { opened, runtime, options, dataset } = context;
  const instead = better(scratch.best, validation);
  const accuracies = { transfer: validation.accuracy, scratch: scratch.best.accuracy };
  const [own, other] = [accuracies.scratch.toFixed(3), accuracies.transfer.toFixed(3)];
  const unrounded = withWeights(probed, scratch.weights);
  const stored = storedAs(unrounded, kept, opened.base.imported.storedAs);
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
  const chance = apart === undefined ? "" : `; ${differenceWords(apart)}`;
  const of = { validation: accuracies, ...(apart && { difference: apart }) };
  if (!instead)
    return {
      said: {
        kept: "transfer",
        ...of,
        other: scratch.baseline.test.accuracy,
        words: `the transfer is kept: validation accuracy ${other}, from scratch ${own}${chance}`,
      },
    };
  const facts = trusted(context, rounded, await scoredAs("test"), theirs, distant);
  return {
    said: {
      kept: "scratch",
      ...of,
      other: transfer.accuracy,
      words: `the model trained from scratch is kept, not the transfer: validation accuracy ${own} against ${other}${chance}`,
    },
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
  return { gain, n, models_ci95: interval, ...(why === "few groups" && { few_groups: true as const }) };
}

/** Says how far the two were apart, and whether that can be chance. */
export function differenceWords({
  gain,
  n,
  models_ci95: range,
  few_groups,
}: NonNullable<SafeChoice["difference"]>): string {
  const samples = `${n} validation sample${n === 1 ? "" : "s"}`;
  const points = (x: number): string => (100 * x).toFixed(1);
  if (few_groups)
    return `they are ${points(Math.abs(gain))} points apart on ${samples}, which are of too few groups to tell whether that is chance`;
  if (range === null) return `both are right on the same of the ${samples}, so the lower loss decided`;
  const [low, high] = gain < 0 ? [-range[1], -range[0]] : range;
  const chance = low <= 0 ? ", which can be chance" : "";
  return `they are ${points(Math.abs(gain))} points apart on ${samples} (these two models: from ${points(low)} to ${points(high)})${chance}`;
}
