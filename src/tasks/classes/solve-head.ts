import type { LinearHead } from "../../bases/heads.js";
import { EngraftError } from "../../core/errors.js";
import type { EngraftEvent } from "../../core/events/events.js";
import type { Message } from "../../core/messages/message.js";
import type { DistantItems } from "../../core/results/trust.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { applyHead, factsOf, type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import type { Probe } from "../../methods/probe/index.js";
import { usesNgrams } from "../../methods/registry.js";
import type { Context } from "../../run/context.js";
import { manyItems, type Trunk } from "../../run/setup.js";
import { type FrozenFeatures, withFeatures } from "../../run/training/frozen-features.js";
import { mayRefit } from "../../run/training/may-refit.js";
import type { Validation } from "../../train/fit.js";
import type { SolvedNgrams, solveNgrams } from "../texts/solve-ngrams.js";

/** A head solved on frozen features, with its predictions. */
export interface SolvedHead {
  readonly probe: Probe;
  /** The head of the training samples alone. */
  readonly start: LinearHead;
  /** True if the validation split was fitted too. */
  readonly refitted: boolean;
  /** Whether rows of another model's head were reused, and why. */
  readonly reused?: Message;
  /** Predictions for the test split. */
  readonly predictions: Predictions;
  /** Predictions for the validation split, by heads that were not fitted on it. */
  readonly held: Predictions;
  /** Number of test items far from the training split, if cheap to compute. */
  readonly distant?: DistantItems;
  readonly validation: Validation;
  /** The head on features and token n-grams: of a strategy that uses it, or as a baseline. */
  readonly ngrams?: SolvedNgrams;
  /** Seconds for the features of all samples, and for the head. */
  readonly seconds: { readonly features: number; readonly solving: number };
}

/**
 * Computes features of all samples, and fits a linear probe on them: the start of every strategy. Closes the trunk.
 * @param events earlier events of the run
 */
export async function solveHead(
  context: Context,
  trunk: Trunk,
  events: readonly EngraftEvent[],
): Promise<SolvedHead> {
  const { options, dataset, opened, platform, onEvent, oldHead, inputs } = context;
  const { signal } = options;
  const { classes } = dataset;
  return withFeatures(context, trunk, dataset.items, async ({ ordered, of, seconds }) => {
    const collect = (): void => {
      if (ordered.length > manyItems) platform.releaseMemory();
    };
    let trials = 0;
    const { defaultStrengths, fitProbeInTurns } = await import("../../methods/probe/index.js");
    const total = defaultStrengths.length;
    const reportTrials = (done: number): void =>
      onEvent({ event: "progress", phase: "head", done, total, unit: "trials" });
    reportTrials(0);
    const [train, held, test] = [of("train"), of("validation"), of("test")];
    const { coloursBy, featureFindings, knownPairs, reportFeatureLeaks } = await import(
      "../../run/insights/feature-checks.js"
    );
    const { leaks, distant } = await featureFindings(
      platform,
      { train, validation: held, test },
      { skip: inputs ? undefined : knownPairs(events), cache: options.cache !== false },
    );
    if (leaks) await reportFeatureLeaks(leaks, ordered, onEvent, coloursBy(platform));
    collect();
    const headBegin = performance.now();
    const fitted = await fitProbeInTurns(
      {
        ...{ train: withGroups(train), validation: withGroups(held) },
        ...{ dims: opened.body.width, classes: classes.length },
      },
      {
        refit: mayRefit(context),
        onStrength: () => reportTrials(++trials),
        ...(signal && { signal }),
      },
    );
    if (trials < total) reportTrials(total);
    collect();
    const merged = oldHead && (await reusedRows(fitted, oldHead, classes, held));
    const probe = merged?.head ?? fitted;
    const isFitted = probe === fitted;
    const solving = (performance.now() - headBegin) / 1000;
    const parts = { train, validation: held, test };
    const ngrams =
      inputs && (options.baselines === true || usesNgrams(options.strategy))
        ? await solveWithNgrams(context, parts)
        : undefined;
    const answers = ({ features, items }: typeof test): Predictions => ({
      logits: applyHead(probe, features),
      ...factsOf(items),
    });
    // A refitted head has seen the validation split: the predictions for it are those before.
    const valued = isFitted ? { logits: fitted.held, ...factsOf(held.items) } : answers(held);
    const { loss, accuracy } =
      held.items.length > 0 ? scoresOf(classes, valued) : { loss: Number.NaN, accuracy: Number.NaN };
    return {
      probe,
      ...(merged && { reused: merged.start }),
      ...{ start: isFitted ? fitted.ofTrain : probe, refitted: mayRefit(context) && held.items.length > 0 },
      predictions: answers(test),
      held: valued,
      ...(distant && { distant }),
      ...(ngrams && { ngrams }),
      validation: { score: accuracy, loss },
      seconds: { features: seconds, solving },
    };
  });
}

const withGroups = (part: ReturnType<FrozenFeatures["of"]>) => {
  const groups = groupsOfItems(part.items);
  return { ...part, ...(groups && { groups }) };
};

/** Returns the head with rows of an old one, if that has the lower loss on the validation split. */
async function reusedRows(
  fitted: Probe,
  oldHead: NonNullable<Context["oldHead"]>,
  classes: readonly string[],
  { features, items }: ReturnType<FrozenFeatures["of"]>,
) {
  const { headFrom } = await import("../../run/training/init.js");
  const lossOf = ({ weight, bias }: LinearHead): number =>
    scoresOf(classes, { logits: applyHead({ weight, bias }, features), ...factsOf(items) }).loss;
  return headFrom(fitted, oldHead, classes, items.length > 0 ? lossOf : undefined);
}

/** Solves a head on features and token n-grams. Returns undefined if it is only a baseline and cannot be solved. */
async function solveWithNgrams(
  context: Context,
  parts: Parameters<typeof solveNgrams>[1],
): Promise<SolvedNgrams | undefined> {
  const { solveNgrams: solve } = await import("../texts/solve-ngrams.js");
  try {
    return await solve(context, parts);
  } catch (error) {
    if (error instanceof EngraftError && error.kind === "DataError" && !usesNgrams(context.options.strategy))
      return undefined;
    throw error;
  }
}
