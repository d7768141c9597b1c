import type { RegressionResultEvent } from "../../core/events/events.js";
import { message, recipeFields } from "../../core/messages/message.js";
import { rowsOf } from "../../core/results/rows.js";
import type { RegressionBaseline } from "../../core/results/task.js";
import { areSounds, areTexts, type TargetItem } from "../../data/index.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { applyHead } from "../../evaluate/class-predictions.js";
import { sparseScores } from "../../methods/probe/sparse-logistic.js";
import { fitRidge } from "../../methods/ridge/ridge.js";
import { fitSparseRidge } from "../../methods/ridge/sparse-ridge.js";
import type { Context } from "../../run/context.js";
import { fitSentences, mayRefit } from "../../run/training/may-refit.js";
import { tfIdfTerms, type WordRows, wordRows } from "../texts/tf-idf-baseline.js";
import { computeTrivialFeatures } from "../trivial/compute-trivial-features.js";
import type { Numbered, Targets } from "./targets.js";

type Parts = Readonly<Record<TargetItem["part"], readonly Numbered[]>>;

/** Solved ridge regression: its predictions, and the sentences of its recipe. */
interface SolvedRidge {
  /** float32[N, T] for the test split, and for validation by a model that did not learn from it. */
  readonly test: Float32Array;
  readonly held: Float32Array;
  readonly recipe: Parameters<typeof recipeFields>[0];
}

/**
 * Fits a baseline without a network: ridge regression on pixels, on log-mel statistics, or on the TF-IDF terms of texts.
 * @returns undefined for texts without a word that occurs in two of them
 */
export async function trivialRidge(
  context: Context,
  targets: Targets,
  parts: Parts,
): Promise<
  | {
      readonly key: keyof RegressionResultEvent["baselines"];
      readonly baseline: RegressionBaseline;
      readonly validation: number;
    }
  | undefined
> {
  const begin = performance.now();
  const solved = areTexts(context.inputs)
    ? await ridgeOfWords(context, targets, parts)
    : await ridgeOfFeatures(context, targets, parts);
  if (!solved) return undefined;
  const others = areSounds(context.inputs) ? "log_mel_ridge" : "pixel_ridge";
  return {
    key: areTexts(context.inputs) ? "tf_idf_ridge" : others,
    baseline: {
      test: targets.score(solved.test, parts.test),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields(solved.recipe),
    },
    validation: targets.validationR2(solved.held, parts.validation),
  };
}

const valuesOf = (items: readonly Numbered[]): Float64Array =>
  Float64Array.from(items.flatMap(({ values }) => values as number[]));

const alphaOf = (strength: number) => message("ridge-alpha", { alpha: Number(strength.toPrecision(3)) });

/** Pictures and sounds: ridge regression on dense features. */
async function ridgeOfFeatures(context: Context, targets: Targets, parts: Parts): Promise<SolvedRidge> {
  const { signal } = context.options;
  const { width, recipe, rows } = await computeTrivialFeatures(context);
  const partOf = (part: TargetItem["part"]) => {
    const groups = groupsOfItems(parts[part]);
    const [values, count] = [valuesOf(parts[part]), parts[part].length];
    return { features: rows[part], values, count, ...(groups && { groups }) };
  };
  const [train, validation] = [partOf("train"), partOf("validation")];
  const ridge = await fitRidge(
    { train, validation, dims: width, targets: targets.count },
    { refit: mayRefit(context), ...(signal && { signal }) },
  );
  return {
    test: applyHead(ridge, rowsOf(rows.test, width)),
    held: ridge.held,
    recipe: [
      message("linear-model", { model: "ridge", ...recipe }),
      alphaOf(ridge.strength),
      ...fitSentences(ridge, mayRefit(context) && validation.count > 0),
    ],
  };
}

/** Texts: ridge regression on sparse terms. */
async function ridgeOfWords(
  context: Context,
  targets: Targets,
  parts: Parts,
): Promise<SolvedRidge | undefined> {
  const { signal } = context.options;
  const words = wordRows("tf_idf_ridge", context, targets.count);
  if (!words) return undefined;
  const fit = (
    terms: WordRows,
    learnt: Parts["train"],
    held: Parts["train"],
    strengths?: readonly number[],
  ) => {
    const numbered = (items: Parts["train"]) => ({ rows: terms.rowsOf(items), values: valuesOf(items) });
    const how = { ...(strengths && { strengths }), ...(signal && { signal }) };
    return fitSparseRidge(numbered(learnt), numbered(held), targets.count, how);
  };
  const { train, validation, test } = parts;
  const chosen = await fit(words, train, validation);
  const refitted = mayRefit(context) && validation.length > 0;
  const all = refitted ? wordRows("tf_idf_ridge", context, targets.count, ["train", "validation"])! : words;
  const ridge = refitted ? await fit(all, [...train, ...validation], [], [chosen.strength]) : chosen;
  const { inputs } = tfIdfTerms.tf_idf_ridge;
  return {
    test: sparseScores(ridge, all.rowsOf(test)),
    held: sparseScores(chosen, words.rowsOf(validation)),
    recipe: [
      message("linear-model", { model: "ridge", inputs, terms: all.terms }),
      alphaOf(ridge.strength),
      ...fitSentences({}, refitted),
    ],
  };
}
