import type { LinearHead } from "../../bases/heads.js";
import type { EngraftEvent } from "../../core/events/events.js";
import type { Message } from "../../core/messages/message.js";
import type { DistantItems } from "../../core/results/trust.js";
import { applyHead, factsOf, type Predictions, scoresOf } from "../../evaluate/class-predictions.js";
import type { Probe } from "../../methods/probe/index.js";
import type { Context } from "../../run/context.js";
import { manyItems, type Trunk } from "../../run/setup.js";
import { type FrozenFeatures, withFeatures } from "../../run/training/frozen-features.js";
import type { Validation } from "../../train/fit.js";
import type { hybridBaseline } from "../texts/hybrid-baseline.js";
import type { ValidatedBaseline } from "./trivial-baselines.js";

/** A head that was solved on frozen features, and how it does. */
export interface SolvedHead {
  readonly probe: Probe;
  /** Whether rows of another model's head were reused, and why. */
  readonly reused?: Message;
  /** Of the test part. */
  readonly predictions: Predictions;
  /** Of the validation part. */
  readonly held: Predictions;
  /** How many test items lie far from the training part, where that is cheap to know. */
  readonly distant?: DistantItems;
  readonly validation: Validation;
  /** Of texts, where baselines were asked for: the features beside TF–IDF. */
  readonly hybrid?: ValidatedBaseline;
  /** Seconds for the features of all pictures, and for the head. */
  readonly seconds: { readonly features: number; readonly solving: number };
}

/**
 * Features of all pictures, then the head that fits them best: what every strategy starts from. The features are
 * given up with it, and the trunk is closed.
 * @param events what was told before
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
      { train, validation: held, dims: opened.body.width, classes: classes.length },
      { onStrength: () => reportTrials(++trials), ...(signal && { signal }) },
    );
    if (trials < total) reportTrials(total);
    collect();
    const merged = oldHead && (await reusedRows(fitted, oldHead, classes, held));
    const probe = merged?.head ?? fitted;
    const solving = (performance.now() - headBegin) / 1000;
    const parts = { train, validation: held, test };
    const hybrid = inputs && options.baselines === true ? await solveHybrid(context, parts) : undefined;
    const answers = ({ features, items }: typeof test): Predictions => ({
      logits: applyHead(probe, features),
      ...factsOf(items),
    });
    const valued = answers(held);
    const { loss, accuracy } =
      held.items.length > 0 ? scoresOf(classes, valued) : { loss: Number.NaN, accuracy: Number.NaN };
    return {
      probe,
      ...(merged && { reused: merged.start }),
      predictions: answers(test),
      held: valued,
      ...(distant && { distant }),
      ...(hybrid && { hybrid }),
      validation: { score: accuracy, loss },
      seconds: { features: seconds, solving },
    };
  });
}

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

/** Solves a head on features and TF-IDF of texts together. */
async function solveHybrid(context: Context, parts: Parameters<typeof hybridBaseline>[1]) {
  const { hybridBaseline: solve } = await import("../texts/hybrid-baseline.js");
  return solve(context, parts, context.opened.body.width);
}
