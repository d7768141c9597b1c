import { withTemperature } from "../../bases/temperature.js";
import type { ClassificationScores, TrustFacts, TrustResult } from "../../core/events/events.js";
import type { DistantItems } from "../../core/results/trust.js";
import type { Predictions } from "../../evaluate/class-predictions.js";
import { scoresOfNone } from "../../evaluate/classification.js";
import type { Graph } from "../../graph/graph.js";
import type { BestEpoch } from "../../run/baselines/best-epoch.js";
import type { Context } from "../../run/context.js";
import { detailedScores } from "./detailed-scores.js";
import { divideLogits, fitTrust, measureTrust } from "./trust.js";

// Re-exported here, so that a page loads one file on demand.
export { assess, trustIn } from "../../inference/assess.js";

/** Model with its calibration. */
export interface CalibratedModel {
  /** The model, with its temperature included if requested. */
  readonly model: Graph;
  readonly predictions: Predictions;
  readonly test: ClassificationScores;
  /** Missing without a validation split. */
  readonly facts?: TrustFacts;
  readonly trust?: TrustResult;
}

/**
 * Calibrates a model on the validation split, and measures the calibration on the test split.
 * @param how.choice how the validation split chose this model
 */
export function calibrateModel(
  {
    dataset: { classes },
    options,
  }: { readonly dataset: Pick<Context["dataset"], "classes">; readonly options: Context["options"] },
  model: Graph,
  test: Predictions,
  held: Predictions,
  { distant, choice }: { readonly distant?: DistantItems | undefined; readonly choice?: BestEpoch } = {},
): CalibratedModel {
  if (test.items.length === 0) return { model, predictions: test, test: scoresOfNone(classes) };
  const facts = fitTrust(classes.length, held, options, choice);
  if (!facts) return { model, predictions: test, test: detailedScores(classes, test) };
  const { value, written } = facts.temperature;
  const predictions = written ? { ...test, logits: divideLogits(test.logits, value) } : test;
  const trust = measureTrust(classes.length, facts, predictions);
  return {
    model: written ? withTemperature(model, value) : model,
    predictions,
    test: detailedScores(classes, predictions),
    facts,
    trust: distant ? { ...trust, unusual: { ...trust.unusual, features: distant } } : trust,
  };
}
