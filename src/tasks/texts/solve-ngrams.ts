import type { LinearHead } from "../../bases/heads.js";
import { withNgramHead } from "../../bases/text/ngram-head.js";
import { EngraftError } from "../../core/errors.js";
import { message, type Sentence } from "../../core/messages/message.js";
import { lossOrWorst } from "../../core/results/metric.js";
import { rowsOf, stackedRows } from "../../core/results/rows.js";
import type { Sample } from "../../data/index.js";
import type { Graph } from "../../graph/graph.js";
import type { ProductRows, SparseRows } from "../../linalg/sparse-products.js";
import type { LinearClassifier } from "../../methods/probe/logistic-regression.js";
import { sparseScores, sparseStrengths } from "../../methods/probe/sparse-logistic.js";
import { isWithoutBase } from "../../methods/registry.js";
import type { Unrecorded } from "../../run/context.js";
import { type HeadTrials, headTrials } from "../../run/training/head-trials.js";
import { mayRefit } from "../../run/training/may-refit.js";
import type { Validation } from "../../train/fit.js";
import { columnsOf, isJoined, type NgramRows, ngramRows, type TextPart, termsOf } from "./ngram-rows.js";

/** Most feature values of a run: 400 MB. */
const mostFeatures = 1e8;
/** Fewest validation samples that can choose strength and length of the features; with fewer, the usual ones are taken. */
const fewestToChoose = 100;
/**
 * Lengths of the features beside TF-IDF rows of length 1: how much the head may lean on them.
 * @see docs/decisions/0026-token-ngrams.md
 */
const featureLengths = { usual: 0.5, others: [0.25, 1] } as const;

/** The targets of a head with n-grams, and how a linear model learns them. */
export interface NgramTargets<Item extends Sample = Sample> {
  /** scikit-learn's C with too few validation texts to choose it. */
  readonly usualStrength: number;
  /**
   * Fits a linear model.
   * @param strengths several are compared on the held-back texts
   * @param onStrength called after each of several strengths. If it returns true, no other one is tried
   */
  fit(
    train: TextRows<Item>,
    held: TextRows<Item>,
    strengths: readonly number[],
    onStrength?: () => unknown,
  ): Promise<LinearClassifier & { readonly strength: number }>;
  validationOf(logits: Float32Array, items: readonly Item[]): Validation;
  /** Returns the scale of each n-gram's column: a larger one is penalised less. */
  scalesOf(rows: SparseRows, items: readonly Item[]): Float64Array;
}

/** Texts as rows of a linear model. */
export interface TextRows<Item extends Sample = Sample> {
  readonly rows: ProductRows;
  readonly items: readonly Item[];
}

/** A head on token n-grams, with features or characters beside them. */
export interface SolvedNgrams {
  /** The network with this head. */
  readonly head: Graph;
  /** Number of weights of the head. */
  readonly parameters: number;
  /** Logits, float32[N, outputs]. */
  readonly logits: { readonly held: Float32Array; readonly test: Float32Array };
  readonly validation: Validation;
  /** The head of the model learnt from validation texts too. */
  readonly refitted: boolean;
  readonly recipe: readonly Sentence[];
  readonly seconds: number;
}

/** Splits whose texts a head with n-grams is solved on and scored on. Without a test split, its logits are empty. */
export interface NgramParts<Item extends Sample = Sample> {
  readonly train: TextPart<Item>;
  readonly validation: TextPart<Item>;
  readonly test?: TextPart<Item>;
}

/** A head that was fitted on some texts. */
interface Fitted {
  readonly rows: NgramRows;
  readonly fit: LinearClassifier & { readonly strength: number };
  readonly length: number;
}

/**
 * Solves a linear head on the TF-IDF of token n-grams and the encoder's features; by a strategy without a base, on the TF-IDF of
 * characters in place of the features.
 *
 * x = [ s t ; a h / |h| ]  or  [ s t ; s u ],   t the text's TF-IDF of length 1, u that of its characters, h the features, a one of
 * {@link featureLengths}, s by the targets
 *
 * Strength, a, validation score and the logits of the validation split are those of a head, and of n-grams, of the training
 * texts alone. If it may learn from all, n-grams and head of the model then come from training and validation texts.
 *
 * @throws DataError without n-grams or sequences of characters, or for more than {@link mostFeatures} features
 */
export async function solveNgrams(
  context: Unrecorded,
  { train, validation, test = nothing(train.features.width) }: NgramParts,
  targets: NgramTargets,
  mayLearnFromAll = mayRefit(context),
): Promise<SolvedNgrams> {
  const { opened } = context;
  const width = featuresOf(context);
  requireFew(train.items.length + validation.items.length + test.items.length, width);
  const begin = performance.now();
  const refitted = mayLearnFromAll && validation.items.length > 0;
  const trials = await headTrials(context, ngramFits(context, validation, refitted));
  const { chosen, held, scores } = await chooseOnValidation(context, train, validation, targets, trials);
  const final = refitted ? await fittedOnBoth(context, together(train, validation), chosen, targets) : chosen;
  await trials.end();
  const { fit, rows, length } = final;
  const linear = unscaled(fit, rows.scales, length);
  return {
    head: withNgramHead(opened.body, rows.terms, linear, { joined: isJoined(opened) }),
    parameters: linear.weight.length + linear.bias.length,
    logits: { held, test: sparseScores(fit, rows.rowsOf(test, length)) },
    validation: scores,
    refitted,
    recipe: [
      message("linear-model", {
        model: "logistic",
        ...(width > 0
          ? { inputs: "features and token n-grams", features: width }
          : { inputs: "token n-grams and characters" }),
        terms: columnsOf(rows.terms),
      }),
      message("inverse-regularisation", { strength: Number(fit.strength.toPrecision(3)) }),
      ...(refitted ? [message("refitted")] : []),
    ],
    seconds: (performance.now() - begin) / 1000,
  };
}

/** Returns the number of weights of a head with n-grams. @throws as {@link termsOf} */
export const ngramParameters = (context: Unrecorded): number =>
  context.dataset.classes.length * (columnsOf(termsOf(context)) + featuresOf(context) + 1);

/** Number of features beside the terms. A strategy without a base has none. */
const featuresOf = ({ options, opened }: Unrecorded): number =>
  isWithoutBase(options.strategy) ? 0 : opened.body.width;

/**
 * True if the validation texts choose the strength and the length of the features. A head on characters has the usual strength: a
 * text has ten times as many terms, each fit takes as much longer, and the strength hardly changes its accuracy.
 */
const mayChoose = (context: Unrecorded, validation: TextPart): boolean =>
  featuresOf(context) > 0 && validation.items.length >= fewestToChoose;

/** Number of fits until a head with n-grams is solved, at most. */
const ngramFits = (context: Unrecorded, validation: TextPart, refitted: boolean): number =>
  (mayChoose(context, validation) ? sparseStrengths.length + featureLengths.others.length : 1) +
  (refitted ? 1 : 0);

/** Fits a head on the training texts. With enough validation texts, their loss chooses the strength, then the length. */
async function chooseOnValidation(
  context: Unrecorded,
  train: TextPart,
  validation: TextPart,
  targets: NgramTargets,
  trials: HeadTrials,
) {
  const rows = ngramRows(context, ["train"], train, targets.scalesOf);
  const fitted = async (length: number, strengths: readonly number[]) => {
    const held = rows.rowsOf(validation, length);
    const fit = await targets.fit(
      { rows: rows.rowsOf(train, length), items: train.items },
      { rows: held, items: validation.items },
      strengths,
      trials.next,
    );
    const logits = sparseScores(fit, held);
    const chosen: Fitted = { rows, fit, length };
    return { chosen, held: logits, scores: targets.validationOf(logits, validation.items) };
  };
  if (!mayChoose(context, validation)) return fitted(featureLengths.usual, [targets.usualStrength]);
  let best = await fitted(featureLengths.usual, sparseStrengths);
  const { strength } = best.chosen.fit;
  for (const length of featureLengths.others) {
    if (trials.isOver()) break;
    const other = await fitted(length, [strength]);
    trials.next();
    if (lossOrWorst(other.scores.loss) < lossOrWorst(best.scores.loss)) best = other;
  }
  return best;
}

/** Fits a head on training and validation texts, with their own n-grams. */
async function fittedOnBoth(
  context: Unrecorded,
  both: TextPart,
  { fit: { strength }, length }: Fitted,
  targets: NgramTargets,
): Promise<Fitted> {
  const rows = ngramRows(context, ["train", "validation"], both, targets.scalesOf);
  const learned = { rows: rows.rowsOf(both, length), items: both.items };
  const none = nothing(both.features.width);
  const held = { rows: rows.rowsOf(none, length), items: none.items };
  return { rows, length, fit: await targets.fit(learned, held, [strength]) };
}

/** Returns the head for rows without scales. */
function unscaled({ weight, bias }: LinearClassifier, scales: Float64Array, length: number): LinearHead {
  const width = weight.length / bias.length;
  return { weight: weight.map((w, i) => w * (scales[i % width] ?? length)), bias };
}

/** @throws DataError for more than {@link mostFeatures} features */
function requireFew(texts: number, width: number): void {
  if (texts * width > mostFeatures)
    throw new EngraftError("DataError", `${texts} texts are too many for n-gram features`, {
      help: `use at most ${Math.floor(mostFeatures / width)} (--train-size), or --strategy probe`,
    });
}

const nothing = (width: number): TextPart => ({ features: rowsOf(new Float32Array(0), width), items: [] });

/** The samples of two splits. */
const together = (first: TextPart, second: TextPart): TextPart => ({
  features: stackedRows(first.features, second.features),
  items: [...first.items, ...second.items],
});
