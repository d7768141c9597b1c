import { message, warningText } from "../../core/messages/message.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { ClassSample } from "../../data/index.js";
import { groupsOfFolds } from "../../data/split/groups.js";
import { areDivided } from "../../data/split/split-origin.js";
import { accuracyOf, correctOf, type Predictions } from "../../evaluate/class-predictions.js";
import { estimateOf } from "../../evaluate/share-interval.js";
import { crossValidate, stratifiedFolds } from "../../methods/probe/index.js";
import { hasSmallTest } from "../../run/folds-of-run.js";
import type { FrozenFeatures } from "../../run/training/frozen-features.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { studentTwoSided } from "../../statistics/index.js";

/** Level at which two splits differ by more than chance. */
const level = 0.01;

interface Share {
  readonly accuracy: number;
  readonly n: number;
}

/** A cross-validation, and its part without the test split. */
export interface Folds {
  readonly result: Extract<CommonResult["cross_validation"], { readonly accuracy: number }>;
  readonly others: Share;
}

/**
 * Cross-validates the linear probe of a run over all its samples, if the program divided them and the test split is small. Groups and near
 * copies stay in one fold.
 *
 * @returns undefined for a given or a large test split, for some of the samples only, and if the folds would lack a class
 */
export async function crossValidateRun(
  { dataset, options }: OfClasses,
  { ordered, rows }: Pick<FrozenFeatures<ClassSample>, "ordered" | "rows">,
): Promise<Folds | undefined> {
  if (!hasSmallTest({ ...dataset, items: ordered })) return undefined;
  const groups = groupsOfFolds(ordered);
  const labels = Int32Array.from(ordered, ({ label }) => label);
  const folds = stratifiedFolds(labels, groups);
  if (folds.length < 2) return undefined;
  const classes = dataset.classes.length;
  const logits = await crossValidate({ rows, labels, groups, classes }, folds, options.signal);
  const right = correctOf({ logits, labels, items: [] }, classes).map(Number);
  const found = estimateOf("accuracy", right, groups, folds.length);
  const others = right.filter((_, i) => ordered[i]!.part !== "test");
  return {
    result: {
      folds: folds.length,
      n: ordered.length,
      accuracy: found.value,
      accuracy_ci95: found.interval,
      ...(found.groups !== undefined && { groups: found.groups }),
    },
    others: { accuracy: sum(others) / others.length, n: others.length },
  };
}

/**
 * Warns if the test split of a run differs from the validation split, or from the cross-validation of the other samples, by more than chance.
 * Only for samples that the program divided: a given test split may differ on purpose.
 */
export function warnIfTestDiffers(
  { dataset, onEvent }: OfClasses,
  { test, held }: { readonly test: Predictions; readonly held?: Predictions },
  others: Share | undefined,
): void {
  if (!areDivided(dataset)) return;
  const shareOf = (its: Predictions): Share => ({
    accuracy: accuracyOf(its, dataset.classes.length),
    n: its.labels.length,
  });
  const tested = shareOf(test);
  const found = [
    ...(others ? [{ by: "cross-validation" as const, ...others }] : []),
    ...(held ? [{ by: "validation" as const, ...shareOf(held) }] : []),
  ]
    .filter(({ n }) => n > 0 && tested.n > 0)
    .map((other) => ({ test: tested, other, p: differ(tested, other) }))
    .find(({ p }) => p < level);
  if (found) onEvent({ event: "warning", ...warningText("test_differs", message("test-differs", found)) });
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/**
 * P of a difference of two accuracies as large as this one, if both splits are alike:
 *
 * z = (a − b) / √(p (1 − p)(1/n + 1/m)), p the accuracy of both together
 */
function differ(a: Share, b: Share): number {
  const p = (a.accuracy * a.n + b.accuracy * b.n) / (a.n + b.n);
  const error = Math.sqrt(p * (1 - p) * (1 / a.n + 1 / b.n));
  return error === 0 ? 1 : studentTwoSided((a.accuracy - b.accuracy) / error, Number.POSITIVE_INFINITY);
}
