/** English sentences of the report of a domain adaptation. */

import { count } from "../../charts/numbers.js";
import { html, type Markup } from "../../html.js";

export const adaptEn = {
  kind: "domain adaptation",
  footer:
    "The confidence intervals of accuracies are Wilson's at 95 %, over the test samples of one run: another seed can give another result.",

  noLabelsTitle: "The accuracy on the target is not known",
  noLabels: (items: string): Markup =>
    html`The target has no labels. Before you use such a model, label some ${items} of the target and run <code>engraft eval</code> on them.`,
  onTarget: "Accuracy on the target",
  over: (n: number, unit: string): Markup =>
    html`Over ${count(n, unit)} of the target's test split. Their labels were used once, after everything was chosen.`,
  accuracy: "accuracy",
  byScore: "source validation and a label-free score",
  byValidation: "source validation",
  oracle: "oracle: best choice by target labels",
  oracleBy: (epoch: number, tradeOff: string): string =>
    `epoch ${epoch}, trade-off ${tradeOff}; not available in practice`,
  points: (gain: string): string => `${gain} points`,
  gainNote: (range: readonly [string, string] | null | undefined, items: string): Markup =>
    html`. ${
      range
        ? html`For these two models, the 95 % confidence interval over other ${items} is ${range[0]} to ${range[1]}.`
        : range === null && html`The two models are right on the same ${items}.`
    } Each was trained once: another seed can give another result, so this does not show that the method causes the difference.`,

  apart: "Distance of the domains",
  distances: "Distances",
  featuresOf: "features of",
  aDistance: "A-distance (95 %)",
  before: "source-only (before)",
  after: (method: string): string => `${method} (after)`,
  tooFew: "too few items",
  range: (value: string, low: string, high: string): string => `${value} (${low} to ${high})`,
  distanceNote: (
    items: string,
  ): Markup => html`A-distance: 0 when a linear classifier cannot tell the domains apart, 2 when it always can. MMD²: 0 for one distribution; p by
random divisions. Both over held-out ${items}. A small distance proves nothing: classes may be swapped.`,

  chosenTitle: "Choice of the model",
  chosen: (epoch: number, tradeOff: number | undefined, by: Markup, score: string): Markup =>
    html`Epoch ${String(epoch)}${tradeOff === undefined ? "" : `, trade-off ${tradeOff}`}, by ${by}: ${score}. No label of the target was used for the choice.`,
  everyState: "All candidates",
  states: "Candidates",
  markChosen: "chosen: ",
  markOracle: "oracle: ",
  epoch: (n: number): string => `epoch ${n}`,
  stateHead: [
    "candidate",
    "trade-off",
    "source validation",
    "information",
    "score",
    "target accuracy (seen afterwards)",
  ] as readonly string[],

  parts: (train: string, validation: string, test: string): string =>
    `: ${train} to train, ${validation} to validate, ${test} to test`,
  source: "Source",
  target: "Target",
  labelsOnce: "; labels used once, at the end",
  unlabelled: "; no labels",
  method: "Method",
  recipe: "Recipe",
  weights: "Weights",
  weightWords: (n: string, effective: string, largest: string): string =>
    `${n} source items count like ${effective}; the largest weight is ${largest}`,
  timeWords: (total: string, forecast: string, training: string, memory: string): string =>
    `${total} (forecast ${forecast}), training ${training}; peak memory ${memory}`,
  seedWords: (seed: number): string => `Seed ${String(seed)}`,
};
