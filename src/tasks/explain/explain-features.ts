import type { CheckFacts, Explanation } from "../../core/results/explanation.js";
import { checkExplanation, limeWeights, type MaskedModel, shapleyValues } from "../../explain/index.js";
import type { ExplainOptions } from "./explanation.js";

/** Weights of an explanation: on a picture, on words, or on columns. */
export type Described = Pick<Explanation, "map" | "words" | "second" | "columns">;

/** One sample with features that can be hidden. */
export interface FeatureSample {
  readonly masked: MaskedModel;
  describe(weights: ArrayLike<number>, halfWidths?: ArrayLike<number>): Described;
}

/** Explanation of a sample, with the weight of each feature for {@link checkWeights}. */
export interface Weighed {
  readonly explanation: Omit<Partial<Explanation>, "method"> & Pick<Explanation, "method">;
  readonly weights: ArrayLike<number>;
}

/** Explains a sample by LIME or SHAP: hides many subsets of its features. */
export async function explainByMasks(
  { masked, describe }: FeatureSample,
  method: "shap" | "lime",
  { seed, samples, signal }: ExplainOptions,
): Promise<Weighed> {
  const how = { seed, signal };
  if (method === "lime") {
    const weights = await limeWeights(
      (shown) => masked.evaluate(shown.map((row) => Uint8Array.from(row, Number))),
      masked.features,
      how,
    );
    return { explanation: { method, ...describe(weights) }, weights };
  }
  const found = await shapleyValues(masked, { ...how, samples });
  const { base, values, halfWidths, evaluations, converged } = found;
  return {
    explanation: {
      method,
      base_value: base,
      ...describe(values, halfWidths),
      shap: { exact: halfWidths === undefined, evaluations, converged },
    },
    weights: values,
  };
}

/** Returns the areas under the deletion and insertion curves, if the option `check` is set. */
export async function checkWeights(
  { masked }: Pick<FeatureSample, "masked">,
  weights: ArrayLike<number>,
  { check, seed, signal }: ExplainOptions,
): Promise<{ readonly check?: CheckFacts }> {
  if (!check) return {};
  const how = { seed, signal };
  const { deletion, insertion, random } = await checkExplanation(masked, weights, how);
  return {
    check: {
      deletion: deletion.area,
      insertion: insertion.area,
      random_deletion: random.deletion,
      random_insertion: random.insertion,
      deletion_curve: deletion.values,
      insertion_curve: insertion.values,
    },
  };
}
