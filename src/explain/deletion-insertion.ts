/** Checks whether an explanation names the features that matter: predictions as features are hidden, or shown. */
import { permutation } from "../core/random.js";
import { evaluateMasks, type MaskedModel, type MaskOptions, uniformMask } from "./masked-model.js";

/** Predictions by the share of features that were changed, from 0 to 1 in equal steps. */
export interface FeatureCurve {
  readonly values: readonly number[];
  /** Area under the curve by the trapezoidal rule: the mean prediction. */
  readonly area: number;
}

export interface FeatureCurves {
  /** Features are hidden, the most important first. Lower areas are better. */
  readonly deletion: FeatureCurve;
  /** Features are shown, the most important first. Higher areas are better. */
  readonly insertion: FeatureCurve;
}

/** Most steps of a curve. */
const mostSteps = 32;

function curveOf(values: readonly number[]): FeatureCurve {
  const inner = values.reduce((sum, v) => sum + v, 0) - (values[0]! + values.at(-1)!) / 2;
  return { values, area: values.length > 1 ? inner / (values.length - 1) : values[0]! };
}

/**
 * Computes the deletion and insertion curves of an order of features.
 * @param order features, the one that raises the prediction most first
 * @see Petsiuk, Das & Saenko 2018, RISE: Randomized Input Sampling for Explanation of Black-box Models, section 4.2
 */
export async function deletionInsertion(
  model: MaskedModel,
  order: ArrayLike<number>,
  options: MaskOptions = {},
): Promise<FeatureCurves> {
  const m = model.features;
  const steps = Math.min(m, mostSteps);
  const masksFrom = (begin: 0 | 1): Uint8Array[] =>
    Array.from({ length: steps + 1 }, (_, step) => {
      const mask = uniformMask(m, begin);
      for (let i = 0; i < Math.round((step * m) / Math.max(1, steps)); i++) mask[order[i]!] = 1 - begin;
      return mask;
    });
  const all = await evaluateMasks(model, [...masksFrom(1), ...masksFrom(0)], options);
  return {
    deletion: curveOf([...all.subarray(0, steps + 1)]),
    insertion: curveOf([...all.subarray(steps + 1)]),
  };
}

/** Areas of an explanation's curves, and of random orders. */
export interface ExplanationCheck extends FeatureCurves {
  /** Mean areas over random orders. */
  readonly random: { readonly orders: number; readonly deletion: number; readonly insertion: number };
}

/**
 * Compares an explanation's order of features with random orders.
 * @param weights contribution of each feature to the prediction
 */
export async function checkExplanation(
  model: MaskedModel,
  weights: ArrayLike<number>,
  {
    orders = 10,
    seed = 0,
    ...options
  }: MaskOptions & { readonly orders?: number; readonly seed?: number } = {},
): Promise<ExplanationCheck> {
  const order = Array.from({ length: model.features }, (_, i) => i).sort((a, b) => weights[b]! - weights[a]!);
  const own = await deletionInsertion(model, order, options);
  let [deletion, insertion] = [0, 0];
  for (let draw = 0; draw < orders; draw++) {
    const curves = await deletionInsertion(
      model,
      permutation(model.features, seed, "random-order", draw),
      options,
    );
    deletion += curves.deletion.area / orders;
    insertion += curves.insertion.area / orders;
  }
  return { ...own, random: { orders, deletion, insertion } };
}
