import type { LinearHead } from "../../bases/heads.js";
import type { OldHead } from "../../bases/old-head.js";
import { stopIf } from "../../core/errors.js";
import type { EngraftEvent } from "../../core/events/events.js";
import { message } from "../../core/messages/message.js";
import { type BaseClassification, classificationOf } from "../../core/results/task.js";
import type { DistantItems } from "../../core/results/trust.js";
import { arePictures, areSounds, areTexts, type ClassSample } from "../../data/index.js";
import { applyHead, factsOf, type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import type { Probe } from "../../methods/probe/index.js";
import { isWithoutBase, usesNgrams } from "../../methods/registry.js";
import type { Context } from "../../run/context.js";
import { manyItems, type Trunk } from "../../run/setup.js";
import type { Solved } from "../../run/trainable-task.js";
import { withFeatures } from "../../run/training/frozen-features.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { headTrials } from "../../run/training/head-trials.js";
import { fitSentences, mayRefit } from "../../run/training/may-refit.js";
import type { PartFeatures } from "../../train/features.js";
import type { Folds } from "./cross-validation.js";
import type { ClassParts } from "./joined-classes.js";

/** Returns the task of a run on classes. */
export const classTaskOf = ({ inputs }: Pick<Context, "inputs">): BaseClassification =>
  classificationOf[areTexts(inputs) ? "text" : areSounds(inputs) ? "audio" : "image"];

/** Predictions of a classifier for its splits. */
export interface ClassPredictions {
  readonly test: Predictions;
  /** For the validation split. Missing if no calibration uses it. */
  readonly held?: Predictions;
}

/** A head solved on frozen features: the linear probe, or the head with token n-grams. */
export interface ClassHead extends Solved<ClassPredictions> {
  /** Number of test items far from the training split, if cheap to compute. */
  readonly distant?: DistantItems;
  /** Cross-validation of the linear probe, if the test split is small. */
  readonly folds?: Folds;
}

/**
 * True if a run fits a model on each joined part alone. Most training samples of an extended run are not here to fit on. A linear probe on
 * one of several inputs says nothing about a model of feature sums.
 */
export const comparesParts = ({ opened: { base }, besides, options }: Context): boolean =>
  base.joined !== undefined &&
  !besides?.sums &&
  (base.inputStage === undefined || options.strategy !== "sums");

/**
 * Computes features of all samples, and solves the head on them: the start of every strategy. Closes the trunk.
 * @param events earlier events of the run
 */
export async function solveHead(
  context: OfClasses,
  trunk: Trunk,
  events: readonly EngraftEvent[],
): Promise<ClassHead> {
  const { options, dataset, machine, onEvent, inputs } = context;
  return withFeatures(context, trunk, dataset.items, async ({ ordered, rows, of, seconds: features }) => {
    const collect = (): void => {
      if (ordered.length > manyItems) machine.platform.releaseMemory();
    };
    const parts = { train: of("train"), validation: of("validation"), test: of("test") };
    const { coloursBy, featureFindings, knownPairs, reportFeatureLeaks } = await import(
      "../../run/insights/feature-checks.js"
    );
    // Most training samples of an extended run are not here to compare with, and a model without a base has no features.
    const { leaks, distant } =
      context.besides?.sums || isWithoutBase(options.strategy)
        ? {}
        : await featureFindings(machine.platform, parts, {
            skip: arePictures(inputs) ? knownPairs(events) : undefined,
            cache: options.cache !== false,
          });
    if (leaks) await reportFeatureLeaks(leaks, ordered, onEvent, coloursBy(machine.platform));
    collect();
    // A head of one strength is solved without a pause.
    stopIf(options.signal);
    const begin = performance.now();
    const own = usesNgrams(options.strategy)
      ? await (await import("../texts/class-ngrams.js")).solveClassNgrams(context, parts)
      : options.strategy === "sums"
        ? await (await import("../sums/solve-and-compare.js")).solveClassSums(
            context,
            parts,
            classTaskOf(context),
          )
        : await solveProbe(context, parts);
    const seconds = { features, solving: (performance.now() - begin) / 1000 };
    collect();
    // Another strategy trains a model of its own, and requested folds train the whole recipe.
    const isAlone = options.folds === undefined && context.folds?.end === undefined;
    const folds =
      options.strategy === "probe" && !context.besides?.sums && isAlone
        ? await (await import("./cross-validation.js")).crossValidateRun(context, { ordered, rows })
        : undefined;
    const joined =
      comparesParts(context) &&
      (await (await import("./joined-classes.js")).joinedClasses(context, parts, withGroups));
    const rivals = await rivalsOf(context, parts, own, seconds.solving);
    return {
      ...own,
      ...(folds && { folds }),
      ...(joined && { joined }),
      ...(rivals.length > 0 && { rivals }),
      ...(distant && { distant }),
      seconds,
    };
  });
}

type Head = Omit<ClassHead, "seconds" | "distant">;

/** Solves the other models of a run. Without validation samples, nothing chooses between two models. */
async function rivalsOf(
  context: OfClasses,
  parts: ClassParts,
  own: Head,
  seconds: number,
): Promise<NonNullable<ClassHead["rivals"]>> {
  if (parts.validation.items.length === 0) return [];
  if (areTexts(context.inputs))
    return (await import("../texts/class-ngrams.js")).frozenClassNgrams(context, parts);
  const rival =
    areSounds(context.inputs) &&
    (await import("../../run/baselines/probe-rival.js")).probeRival(context, own, seconds);
  return rival ? [rival] : [];
}

/** Fits a linear probe, and reuses rows of an old head if they are better. */
async function solveProbe(context: OfClasses, { train, validation, test }: ClassParts): Promise<Head> {
  const { options, dataset, opened } = context;
  const { signal } = options;
  const { classes } = dataset;
  const { defaultStrengths, fitProbeInTurns } = await import("../../methods/probe/index.js");
  const trials = await headTrials(context, defaultStrengths.length);
  const fitted = await fitProbeInTurns(
    {
      train: withGroups(train),
      validation: withGroups(validation),
      dims: opened.body.width,
      classes: classes.length,
    },
    {
      refit: mayRefit(context),
      onStrength: trials.next,
      signal,
    },
  );
  await trials.end();
  const { oldHead } = opened;
  const merged = oldHead && (await reusedRows(fitted, oldHead, classes, validation));
  const head = merged?.head ?? fitted;
  const predictions = ({ features, items }: typeof test): Predictions => ({
    logits: applyHead(head, features),
    ...factsOf(items),
  });
  const isFitted = head === fitted;
  const refitted = mayRefit(context) && validation.items.length > 0;
  // A refitted head has seen the validation split: the predictions for it are those before.
  const held = isFitted ? { logits: fitted.held, ...factsOf(validation.items) } : predictions(validation);
  const { loss, accuracy } =
    validation.items.length > 0 ? scoresOf(classes, held) : { loss: Number.NaN, accuracy: Number.NaN };
  return {
    head,
    start: isFitted ? fitted.ofTrain : head,
    refitted,
    answers: { test: predictions(test), held },
    validation: { score: accuracy, loss },
    recipe: [
      message("linear-model", { model: "logistic", inputs: "features" }),
      message("inverse-regularisation", { strength: Number(head.strength.toPrecision(3)) }),
      ...fitSentences(fitted, refitted),
    ],
    ...(merged && { reused: merged.start }),
  };
}

const withGroups = ({ features, items }: ClassParts["train"]) => {
  const { labels, groups } = factsOf(items);
  return { features, labels, groups };
};

/** Returns the head with rows of an old one, if that has the lower loss on the validation split. */
async function reusedRows(
  fitted: Probe,
  oldHead: OldHead,
  classes: readonly string[],
  { features, items }: PartFeatures<ClassSample>,
) {
  const { headFrom } = await import("../../run/training/init.js");
  const lossOf = ({ weight, bias }: LinearHead): number =>
    scoresOf(classes, { logits: applyHead({ weight, bias }, features), ...factsOf(items) }).loss;
  return headFrom(fitted, oldHead, classes, items.length > 0 ? lossOf : undefined);
}
