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

/** A head solved on frozen features, with its predictions. */
export interface SolvedHead {
  readonly probe: Probe;
  /** Whether rows of another model's head were reused, and why. */
  readonly reused?: Message;
  /** Predictions for the test split. */
  readonly predictions: Predictions;
  /** Predictions for the validation split. */
  readonly held: Predictions;
  /** Number of test items far from the training split, if cheap to compute. */
  readonly distant?: DistantItems;
  readonly validation: Validation;
  /** Baseline on features and TF–IDF together; only for texts, and if baselines are requested. */
  readonly hybrid?: ValidatedBaseline;
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
