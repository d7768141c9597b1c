import { EngraftError } from "../../core/errors.js";
import { message, recipeFields, warningText } from "../../core/messages/message.js";
import { type BaselineKey, baselineNames } from "../../core/results/baseline-names.js";
import type { ClassSample, Sample } from "../../data/index.js";
import { type BagOfWords, concatenatedRow, type SparseRow } from "../../data/texts/bag-of-words.js";
import { fitTfIdf, type TfIdfTerms, tfIdfOf } from "../../data/texts/tf-idf.js";
import { accuracyOf, factsOf, scoresOf } from "../../evaluate/class-predictions.js";
import { type SparseRows, sparseRows } from "../../linalg/sparse-products.js";
import { fitSparse, type LabelledRows, sparseScores } from "../../methods/probe/sparse-logistic.js";
import type { Context } from "../../run/context.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { fitSentences, mayRefit } from "../../run/training/may-refit.js";
import { secondsOf, warnOfCutModel } from "../../run/training/phases.js";
import { itemsOf } from "../../run/training/planned.js";
import type { ValidatedBaseline } from "../classes/trivial-baselines.js";

/** Most terms, and most weights: the solver stores about twenty float64 vectors of all weights. */
const most = { terms: 50_000, weights: 1_000_000 };
/** Most characters of training texts whose sequences are counted: each character begins four, which are in memory until they are chosen. */
const mostCounted = 4_000_000;

/** The terms of each TF-IDF baseline, by its key in a result, with what its recipe says. */
export const tfIdfTerms = {
  tf_idf: { terms: ["words"], inputs: "tf-idf" },
  characters: { terms: ["words", "characters"], inputs: "tf-idf with characters" },
  tf_idf_ridge: { terms: ["words"], inputs: "tf-idf" },
} as const satisfies Partial<
  Record<BaselineKey, { readonly terms: readonly TfIdfTerms[]; readonly inputs: string }>
>;
/** Baselines of classes and labels. */
export const tfIdfKeys = ["tf_idf", "characters"] as const;
export type TfIdfKey = (typeof tfIdfKeys)[number];

/** Texts as weighted terms. */
export interface WordRows {
  /** Number of terms: the width of a row. */
  readonly terms: number;
  rowsOf(items: readonly Pick<Sample, "id">[]): SparseRows;
}

/**
 * Returns the TF-IDF terms of texts. Each kind of terms has a row of length 1, and they stand beside each other. A kind
 * without a term in two texts is left out.
 * @param outputs rows of solved weights
 * @param splits texts whose terms are counted. Default: the training texts
 * @returns undefined, with a warning, if no term occurs in two texts
 */
export function wordRows(
  key: keyof typeof tfIdfTerms,
  { dataset, onEvent }: Pick<Context, "dataset" | "onEvent">,
  outputs: number,
  splits: readonly ("train" | "validation")[] = ["train"],
): WordRows | undefined {
  const texts = textsOf(splits.flatMap((split) => itemsOf({ dataset }, split)));
  const largest = Math.min(most.terms, Math.floor(most.weights / outputs));
  const parts = tfIdfTerms[key].terms.flatMap((terms) => {
    const bag = bagOf(terms === "characters" ? firstOf(texts, mostCounted) : texts, largest, terms);
    return bag ? [{ width: bag.terms.length, rowOf: tfIdfOf(bag, terms) }] : [];
  });
  if (parts.length === 0) {
    const text = message("no-term-twice", { baseline: baselineNames[key] });
    onEvent({ event: "warning", ...warningText("baselines", text) });
    return undefined;
  }
  const width = parts.reduce((sum, part) => sum + part.width, 0);
  const rowOf = (text: string): SparseRow =>
    parts
      .map((part) => ({ row: part.rowOf(text), width: part.width }))
      .reduce((left, right) => ({
        row: concatenatedRow(left.row, right.row, left.width),
        width: left.width + right.width,
      })).row;
  return { terms: width, rowsOf: (items) => sparseRows(textsOf(items).map(rowOf), width) };
}

/** Returns the terms of texts; undefined if none occurs in two texts. */
function bagOf(...given: Parameters<typeof fitTfIdf>): BagOfWords | undefined {
  try {
    return fitTfIdf(...given);
  } catch (error) {
    if (error instanceof EngraftError && error.kind === "DataError") return undefined;
    throw error;
  }
}

const textsOf = (items: readonly Pick<Sample, "id">[]): string[] =>
  items.map((item) => {
    const { text = "", pair } = item as { readonly text?: string; readonly pair?: string };
    return pair === undefined ? text : `${text}\n${pair}`;
  });

/** Returns the first texts with about this many characters together. */
function firstOf(texts: readonly string[], characters: number): readonly string[] {
  let end = 0;
  for (let sum = 0; end < texts.length && sum <= characters; end++) sum += texts[end]!.length;
  return texts.slice(0, end);
}

/**
 * Fits a baseline without a network: logistic regression on the terms of a text, weighted by TF-IDF.
 * @returns undefined as {@link wordRows}
 */
async function tfIdfBaseline(context: OfClasses, key: TfIdfKey): Promise<ValidatedBaseline | undefined> {
  const { classes } = context.dataset;
  const { signal } = context.options;
  const begin = performance.now();
  const outputs = classes.length > 2 ? classes.length : 1;
  const words = wordRows(key, context, outputs);
  if (!words) return undefined;
  const fitted = (
    rows: WordRows,
    learnt: readonly ClassSample[],
    held: readonly ClassSample[],
    strength?: number,
  ) => {
    const labelled = (items: readonly ClassSample[]): LabelledRows => ({
      rows: rows.rowsOf(items),
      labels: Int32Array.from(items, ({ label }) => label),
    });
    const strengths = strength === undefined ? {} : { strengths: [strength] };
    return fitSparse(labelled(learnt), labelled(held), classes.length, {
      ...strengths,
      ...(signal && { signal }),
    });
  };
  const [train, validation] = [itemsOf(context, "train"), itemsOf(context, "validation")];
  const chosen = await fitted(words, train, validation);
  const refitted = mayRefit(context) && validation.length > 0;
  const all = refitted ? wordRows(key, context, outputs, ["train", "validation"])! : words;
  const fit = refitted ? await fitted(all, [...train, ...validation], [], chosen.strength) : chosen;
  const predictions = (model: typeof fit, rows: WordRows, items: readonly ClassSample[]) => ({
    logits: sparseScores(model, rows.rowsOf(items)),
    ...factsOf(items),
  });
  return {
    baseline: {
      test: scoresOf(classes, predictions(fit, all, itemsOf(context, "test"))),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([
        message("linear-model", { model: "logistic", inputs: tfIdfTerms[key].inputs, terms: all.terms }),
        message("inverse-regularisation", { strength: Number(fit.strength.toPrecision(3)) }),
        ...fitSentences({}, refitted),
      ]),
    },
    validation: accuracyOf(predictions(chosen, words, validation), classes.length),
  };
}

/**
 * True if a budget has no time for a baseline: characters take ten times as long as words. Then a warning names it.
 * @param known the run has it already
 */
export function isCut(key: TfIdfKey, context: Context, known?: unknown): boolean {
  if (key !== "characters" || known !== undefined || secondsOf("rivals", context) !== 0) return false;
  warnOfCutModel(context, key);
  return true;
}

/**
 * Fits all baselines on terms of texts: their results and validation accuracies by key.
 * @param known those that the run has solved already
 */
export async function tfIdfBaselines(
  context: OfClasses,
  known: Readonly<Partial<Record<TfIdfKey, ValidatedBaseline | undefined>>> = {},
) {
  const all: [TfIdfKey, ValidatedBaseline][] = [];
  for (const key of tfIdfKeys) {
    // The model itself is no baseline of it.
    if (key === context.options.strategy || isCut(key, context, known[key])) continue;
    const one = known[key] ?? (await tfIdfBaseline(context, key));
    if (one) all.push([key, one]);
  }
  return {
    baselines: Object.fromEntries(all.map(([key, { baseline }]) => [key, baseline])),
    validation: Object.fromEntries(all.map(([key, { validation }]) => [key, validation])),
  };
}
