import type { Builder } from "../graph/builder.js";
import type { Value } from "../graph/node.js";
import { softmaxCrossEntropy, weightedMean } from "../losses/index.js";

/** One batch inside the step: the model's input, labels int64[B], weights float32[B] (0: the row only fills up). */
export interface Batch {
  readonly x: Value;
  readonly labels: Value;
  readonly weights: Value;
}
/** What a model gives for a batch: its outputs by name; the first is the raw scores float32[B, C]. */
export interface ModelOutputs {
  readonly logits: Value;
  readonly all: readonly Value[];
}
export type Model = (x: Value) => ModelOutputs;

/** One summand of the loss; a scalar and its weight. */
export interface Term {
  readonly value: Value;
  readonly weight: number;
}

/**
 * What is minimised: named terms over batches from one or more sources. It holds no weights and runs nothing.
 */
export interface Objective<Source extends string = string> {
  readonly needs: readonly Source[];
  terms(
    g: Builder,
    model: Model,
    batches: { readonly [S in Source]: Batch },
  ): { readonly terms: Readonly<Record<string, Term>>; readonly logits: ModelOutputs };
}

/** Cross-entropy of the labelled training batch. @param smoothing label smoothing ε, 0 … 1. */
export function classification({ smoothing = 0 }: { readonly smoothing?: number } = {}): Objective<"train"> {
  return {
    needs: ["train"],
    terms(g, model, { train }) {
      const outputs = model(train.x);
      const losses = softmaxCrossEntropy(g, outputs.logits, train.labels, { smoothing });
      return {
        terms: { classification: { value: weightedMean(g, losses, train.weights), weight: 1 } },
        logits: outputs,
      };
    },
  };
}
