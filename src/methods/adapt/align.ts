import type { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import type { Parameter } from "../../graph/surgery/index.js";
import { softmaxCrossEntropy, weightedMean } from "../../losses/cross-entropy.js";
import type { Before, Objective, Term } from "../../train/objectives/objective.js";

/** The data streams of an adaptation: labelled source items, and unlabelled target items. */
export type Domains = "source" | "target";

/** An alignment of two domains: a term of the loss over the features and logits of a source batch and a target batch. */
export interface Align {
  /** Weights of its own (a discriminator's), already among the model's; they train and are not exported. */
  readonly weights?: readonly Parameter[];
  /** Numbers of a step, computed from the share of the run that is done, 0 … 1. */
  readonly numbers?: Readonly<Record<string, (progress: number) => number>>;
  /**
   * @param features float32[B, D] of each domain
   * @param logits float32[B, C] of each domain
   */
  terms(
    g: Builder,
    features: { readonly source: Value; readonly target: Value },
    before: Before,
    logits: { readonly source: Value; readonly target: Value },
  ): { readonly terms: Readonly<Record<string, Term>>; readonly constants?: readonly Value[] };
}

/**
 * Prepares a method for a model.
 * @param model receives the method's own weights
 * @param request.width D of the features
 * @param request.classes C
 */
export type Aligner = (
  model: Graph,
  request: {
    readonly width: number;
    readonly classes: number;
    readonly tradeOff: number;
    readonly seed: number;
    readonly option: Readonly<Record<string, unknown>>;
  },
) => Align;

/**
 * loss = Σᵢ wᵢ CE(source_i) / Σ wᵢ + trade-off · alignment(features and logits of source and target)
 *
 * The weights wᵢ come with the source batch: 1, or those of instance weighting. The target has no labels.
 * @param features the value of the model that is aligned
 */
export function adaptation(features: Value, align: Align | undefined): Objective<Domains> {
  return {
    needs: align ? ["source", "target"] : ["source"],
    exposes: align && [features],
    numbers: Object.keys(align?.numbers ?? {}),
    terms(g, model, { source, target }, before) {
      const known = model(source.x);
      const losses = softmaxCrossEntropy(g, known.logits, source.labels);
      const classification = { value: weightedMean(g, losses, source.weights), weight: 1 };
      if (!align) return { terms: { classification }, logits: known };
      const unknown = model(target.x);
      const aligned = align.terms(g, { source: known.at(features), target: unknown.at(features) }, before, {
        source: known.logits,
        target: unknown.logits,
      });
      return {
        terms: { classification, ...aligned.terms },
        logits: known,
        constants: aligned.constants ?? [],
      };
    },
  };
}
