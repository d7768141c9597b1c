import type { Builder } from "../../graph/builder.js";
import type { Value } from "../../graph/node.js";
// Not from the folder's index: a page loads no loss that it does not use.
import {
  type CrossEntropyOptions,
  classWeightsOf,
  softmaxCrossEntropy,
  weightedMean,
} from "../../losses/cross-entropy.js";
import { distillationLoss } from "../../losses/distillation.js";
import { mixingRows, targetRows } from "./target-rows.js";

/**
 * One batch inside the step: the model's input, labels int64[B], weights float32[B] (0: the row only fills up); B is items
 * times {@link Objective.positions}.
 */
export interface Batch {
  readonly x: Value;
  readonly labels: Value;
  readonly weights: Value;
  /** What else the objective asked for, float32[B, …] by name. */
  readonly rows?: Readonly<Record<string, Value>>;
}
/** What a model gives for a batch: its outputs by name; the first is the raw scores float32[B, C]. */
export interface ModelOutputs {
  readonly logits: Value;
  readonly all: readonly Value[];
  /** Where a value of the model that the objective exposes is in this use of it. */
  readonly at: (value: Value) => Value;
}
export type Model = (x: Value) => ModelOutputs;

/** One summand of the loss; a scalar and its weight. */
export interface Term {
  readonly value: Value;
  readonly weight: number;
}

/** How the model was before the first step. Nothing of it trains. */
export interface Before {
  /** The model with the weights it had then. BatchNormalization has to be frozen. */
  readonly model: Model;
  /** A weight of the model as it was then: a constant. */
  readonly weight: (value: Value) => Value;
  /** What the objective was {@link Objective.given}, by name. */
  readonly given: (name: string) => Value;
  /** A number that is fed anew in each step, see {@link Objective.numbers}: float32[]. */
  readonly number: (name: string) => Value;
}

/** Terms that keep a fine-tuned model from drifting, added to another loss. */
export interface Penalty {
  /** Values of the model that it looks at. */
  readonly exposes?: readonly Value[];
  /** As in an {@link Objective}. */
  readonly rows?: Readonly<Record<string, readonly number[]>>;
  /** As in an {@link Objective}. */
  readonly given?: Readonly<Record<string, readonly number[]>>;
  /** @param now the model's outputs for the batch. @returns terms, and values in them that no gradient passes */
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
  /** Weights that only one of the terms trains: their gradients stay as they are. */
  readonly own: readonly Value[];
}

/**
 * What is minimised: named terms over batches from one or more sources. It holds no weights and runs nothing.
 */
export interface Objective<Source extends string = string> {
  readonly needs: readonly Source[];
  /** Further float32 data of every item, by name: the shape of one row. Fed as `train.NAME` by a source "train". */
  readonly rows?: Readonly<Record<string, readonly number[]>>;
  /** Labels an item: the tokens of a sequence, of which those at weight 0 have none. Default 1. */
  readonly positions?: number;
  /** Further float32 data of every step, by the name under which it is fed, with its shape. */
  readonly steps?: Readonly<Record<string, readonly number[]>>;
  /** Values of the model that it looks at beside its outputs: {@link ModelOutputs.at} finds them. */
  readonly exposes?: readonly Value[];
  /**
   * Float32 numbers that are known only when training starts and stay as they are, by name: their shape. They come with
   * the weights that training starts from; zeros until then.
   */
  readonly given?: Readonly<Record<string, readonly number[]>>;
  /** Float32 numbers that differ from step to step, by name: fed with the data of the step. */
  readonly numbers?: readonly string[];
  terms(
    g: Builder,
    model: Model,
    batches: { readonly [S in Source]: Batch },
    before: Before,
  ): {
    readonly terms: Readonly<Record<string, Term>>;
    readonly logits: ModelOutputs;
    /** Terms whose gradients are turned away from each other where they conflict. Default none: all are added. */
    readonly projection?: Projection;
    /** Values that no gradient passes. */
    readonly constants?: readonly Value[];
    /**
     * What the terms' means were divided by, float32[]: how much this batch counts beside others whose gradients it is
     * added to. Default: the sum of the first source's weights.
     */
    readonly mass?: Value;
  };
}

export interface ClassificationOptions extends CrossEntropyOptions {
  /** Further terms. Default none. */
  readonly penalties?: readonly Penalty[];
  /** Weight of the labels' cross-entropy beside them. Default 1. */
  readonly labels?: number;
  /** Classes C of labels that are shares: fed as `train.targets`, float32[B, C]. Default: labels are whole classes. */
  readonly soft?: number;
  /**
   * Items B of a batch whose features are mixed, as `train.mixing`, float32[B, B], says; their labels are to be mixed in the
   * same shares. Default: they are not.
   */
  readonly mixed?: number;
}

/** Cross-entropy of the labelled training batch, and penalties. */
export function classification(options: ClassificationOptions = {}): Objective<"train"> {
  const { penalties = [], labels: share = 1, soft, mixed, ...bent } = options;
  return {
    needs: ["train"],
    rows: Object.assign(
      {},
      ...penalties.map((p) => p.rows),
      soft !== undefined && { [targetRows]: [soft] },
      mixed !== undefined && { [mixingRows]: [mixed] },
    ) as Record<string, readonly number[]>,
    exposes: [...new Set(penalties.flatMap((p) => p.exposes ?? []))],
    given: Object.assign({}, ...penalties.map((p) => p.given)) as Record<string, readonly number[]>,
    terms(g, model, { train }, before) {
      const outputs = model(train.x);
      const labels = train.rows?.[targetRows] ?? train.labels;
      // h' = M h,   W h' + b = M (W h + b): the head is linear and each row of M sums to 1, so scores may be mixed instead.
      const mixing = mixed === undefined ? undefined : train.rows![mixingRows]!;
      const scores = mixing === undefined ? outputs.logits : g.matmul(mixing, outputs.logits);
      const losses = softmaxCrossEntropy(g, scores, labels, bent);
      const shares = bent.classWeights && classWeightsOf(g, labels, bent.classWeights);
      const added = penalties.map((penalty) => penalty.terms(g, outputs, train, before));
      return {
        terms: Object.assign(
          { classification: { value: weightedMean(g, losses, train.weights, shares), weight: share } },
          ...added.map(({ terms }) => terms),
        ) as Record<string, Term>,
        logits: outputs,
        ...(shares && { mass: g.reduceSum(g.mul(train.weights, shares)) }),
        constants: added.flatMap(({ constants = [] }) => constants),
      };
    },
  };
}

/**
 * A student's loss: α · divergence from the teacher at temperature T + (1 - α) · cross-entropy of the labels.
 * The teacher's raw scores are fed as `train.teacher`, float32[B, C]: it ran before, or runs beside.
 *
 * @param options.alpha the teacher's share α, 0 … 1. Default 0.9. @param options.temperature T > 0. Default 4.
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
