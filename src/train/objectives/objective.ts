import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
// Imported directly and not from the folder's index, so that a page loads only the losses that it uses.
import {
  type CrossEntropyOptions,
  classWeightsOf,
  softmaxCrossEntropy,
  weightedMean,
} from "../../losses/cross-entropy.js";
import { distillationLoss } from "../../losses/distillation.js";
import { mixingRows, targetRows } from "./target-rows.js";

/**
 * One batch of a step: the model's input, labels int64[B], weights float32[B] (0: padding row). B is items times {@link
 * Objective.positions}.
 */
export interface Batch {
  readonly x: Value;
  readonly labels: Value;
  readonly weights: Value;
  /** Additional rows that the objective requested, float32[B, …] by name. */
  readonly rows?: Readonly<Record<string, Value>>;
}
/** Outputs of a model for a batch, by name; the first is the logits float32[B, C]. */
export interface ModelOutputs {
  readonly logits: Value;
  readonly all: readonly Value[];
  /** Returns an exposed value of the model in this use of it. */
  readonly at: (value: Value) => Value;
}
export type Model = (x: Value) => ModelOutputs;

/** One term of the loss: a scalar and its weight. */
export interface Term {
  readonly value: Value;
  readonly weight: number;
}

/** The model before the first step. Nothing of it trains. */
export interface Before {
  /** The model with its initial weights. BatchNormalization must be frozen. */
  readonly model: Model;
  /** Returns a weight's initial value: a constant. */
  readonly weight: (value: Value) => Value;
  /** Returns a value that the objective was {@link Objective.given}, by name. */
  readonly given: (name: string) => Value;
  /** Returns a number that is fed in each step, see {@link Objective.numbers}: float32[]. */
  readonly number: (name: string) => Value;
}

/** Shapes by name. */
type Shapes = Readonly<Record<string, readonly number[]>>;

/** Regularisation terms that are added to another loss. */
export interface Penalty {
  /** True if a term depends on several rows together, and not on each row and the weights. Default false. */
  readonly couplesRows?: boolean;
  /** Values of the model that it uses. */
  readonly exposes?: readonly Value[];
  /** As in an {@link Objective}. */
  readonly rows?: Shapes;
  /** As in an {@link Objective}. */
  readonly given?: Shapes;
  /** @param now the model's outputs for the batch @returns terms, and their values that no gradient passes */
  terms(
    g: Builder,
    now: ModelOutputs,
    batch: Batch,
    before: Before,
  ): { readonly terms: Readonly<Record<string, Term>>; readonly constants?: readonly Value[] };
}

/** See `projectedGradients`. */
export interface Projection {
  /** Names of the terms. */
  readonly terms: readonly string[];
  /** float32[T, T - 1] */
  readonly order: Value;
  /** Weights that only one of the terms trains: their gradients are not changed. */
  readonly own: readonly Value[];
}

/** A training objective: named terms over batches from one or more sources. It holds no weights and runs nothing. */
export interface Objective<Source extends string = string> {
  readonly needs: readonly Source[];
  /**
   * True if each term is a mean over the rows with the divisor `mass`, or depends on the weights alone. Then the gradients of the parts
   * of a batch add up to that of the batch. Default false.
   */
  readonly additive?: boolean;
  /** Additional float32 data of every item, by name: the shape of one row. Fed as `train.NAME` by a source "train". */
  readonly rows?: Shapes;
  /** Labels per item: the tokens of a sequence; those with weight 0 have none. Default 1. */
  readonly positions?: number;
  /** Additional float32 data of every step, by input name, with its shape. */
  readonly steps?: Shapes;
  /** Values of the model that it uses besides the outputs: {@link ModelOutputs.at} returns them. */
  readonly exposes?: readonly Value[];
  /**
   * Float32 numbers that are known when training starts and then stay constant, by name: their shape. They come with
   * the initial weights; zeros until then.
   */
  readonly given?: Shapes;
  /** Float32 numbers that differ between steps, by name: fed with the data of the step. */
  readonly numbers?: readonly string[];
  terms(
    g: Builder,
    model: Model,
    batches: { readonly [S in Source]: Batch },
    before: Before,
  ): {
    readonly terms: Readonly<Record<string, Term>>;
    readonly logits: ModelOutputs;
    /** Terms whose conflicting gradients are projected. Default none: all gradients are added. */
    readonly projection?: Projection;
    /** Values that no gradient passes. */
    readonly constants?: readonly Value[];
    /**
     * Divisor of the terms' means, float32[]: the weight of this batch when gradients are accumulated. Default: the sum
     * of the first source's weights.
     */
    readonly mass?: Value;
  };
}

/** True if no penalty couples rows, see {@link Objective.additive}. */
export const areAdditive = (penalties: readonly Penalty[]): boolean =>
  penalties.every((penalty) => penalty.couplesRows !== true);

export interface ClassificationOptions extends CrossEntropyOptions {
  /** Additional terms. Default none. */
  readonly penalties?: readonly Penalty[];
  /** Weight of the labels' cross-entropy. Default 1. */
  readonly labels?: number;
  /** Number of classes C for labels that are shares, fed as `train.targets`, float32[B, C]. Default: integer labels. */
  readonly soft?: number;
  /**
   * Items B of a batch whose features are mixed by `train.mixing`, float32[B, B]; labels must be mixed in the same
   * shares. Default: not mixed.
   */
  readonly mixed?: number;
}

/** Returns what an objective with penalties needs. @param own rows of the objective itself, which come first */
export const needsOf = (penalties: readonly Penalty[], own: Shapes = {}) => ({
  rows: Object.assign({}, own, ...penalties.map((p) => p.rows)) as Shapes,
  exposes: [...new Set(penalties.flatMap((p) => p.exposes ?? []))],
  given: Object.assign({}, ...penalties.map((p) => p.given)) as Shapes,
});

/** Returns the terms of all penalties together. */
export function termsOf(penalties: readonly Penalty[], ...given: Parameters<Penalty["terms"]>) {
  const added = penalties.map((penalty) => penalty.terms(...given));
  return {
    terms: Object.assign({}, ...added.map(({ terms }) => terms)) as Record<string, Term>,
    constants: added.flatMap(({ constants = [] }) => constants),
  };
}

/** Cross-entropy of the labelled training batch, and penalties. */
export function classification(options: ClassificationOptions = {}): Objective<"train"> {
  const { penalties = [], labels: share = 1, soft, mixed, ...bent } = options;
  // With weights of classes, a penalty's mean over the rows has another divisor than the cross-entropy.
  const sameDivisor = bent.classWeights === undefined || penalties.length === 0;
  const needs = needsOf(penalties);
  return {
    needs: ["train"],
    additive: mixed === undefined && sameDivisor && areAdditive(penalties),
    ...needs,
    rows: {
      ...needs.rows,
      ...(soft !== undefined && { [targetRows]: [soft] }),
      ...(mixed !== undefined && { [mixingRows]: [mixed] }),
    },
    terms(g, model, { train }, before) {
      const outputs = model(train.x);
      const labels = train.rows?.[targetRows] ?? train.labels;
      // h' = M h,   W h' + b = M (W h + b): the head is linear and each row of M sums to 1, so logits are mixed
      // instead.
      const mixing = mixed === undefined ? undefined : train.rows![mixingRows]!;
      const scores = mixing === undefined ? outputs.logits : g.matmul(mixing, outputs.logits);
      const losses = softmaxCrossEntropy(g, scores, labels, bent);
      const shares = bent.classWeights && classWeightsOf(g, labels, bent.classWeights);
      const added = termsOf(penalties, g, outputs, train, before);
      return {
        terms: {
          classification: { value: weightedMean(g, losses, train.weights, shares), weight: share },
          ...added.terms,
        },
        logits: outputs,
        mass: shares && g.reduceSum(g.mul(train.weights, shares)),
        constants: added.constants,
      };
    },
  };
}

/**
 * A student's loss: α · divergence from the teacher at temperature T + (1 - α) · cross-entropy of the labels. The
 * teacher's logits are fed as `train.teacher`, float32[B, C].
 *
 * @param options.alpha the teacher's share α, 0 … 1. Default 0.9.
 * @param options.temperature T > 0. Default 4.
 * @see Hinton et al., "Distilling the Knowledge in a Neural Network", 2015; the defaults are HobbitLong/RepDistiller's
 */
export function distillation(options: {
  readonly classes: number;
  readonly alpha?: number;
  readonly temperature?: number;
  readonly smoothing?: number;
}): Objective<"train"> {
  const { classes, alpha = 0.9, temperature = 4, smoothing = 0 } = options;
  return {
    needs: ["train"],
    additive: true,
    rows: { teacher: [classes] },
    terms(g, model, { train }) {
      const outputs = model(train.x);
      const soft = distillationLoss(g, outputs.logits, train.rows!.teacher!, { temperature });
      const hard = softmaxCrossEntropy(g, outputs.logits, train.labels, { smoothing });
      return {
        terms: {
          distillation: { value: weightedMean(g, soft, train.weights), weight: alpha },
          classification: { value: weightedMean(g, hard, train.weights), weight: 1 - alpha },
        },
        logits: outputs,
      };
    },
  };
}
