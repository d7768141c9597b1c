/** Shapley values of the features of one sample: exact for few features, else by KernelSHAP. */
import { sampledShapley } from "./kernel-shap.js";
import { evaluateMasks, type MaskedModel, type MaskOptions, uniformMask } from "./masked-model.js";
import type { ShapleyOptions, ShapleyValues } from "./shapley-values.js";

/** With more features sampling is cheaper: 2^12 masks are 4096 predictions. */
const mostExact = 12;

/**
 * Computes the Shapley value of each feature:
 *
 * φ_i = Σ_{S ∌ i} |S|! (M - |S| - 1)! / M! · (v(S ∪ i) - v(S))
 *
 * v(S) is the prediction with the features S shown. Up to `exact` features every S is evaluated.
 *
 * @returns values whose sum is the prediction without the base
 * @see Lundberg & Lee 2017, A Unified Approach to Interpreting Model Predictions
 * @example
 * const { base, values } = await shapleyValues({ features: 3, evaluate: async (masks) => masks.map(score) });
 */
export async function shapleyValues(
  model: MaskedModel,
  options: ShapleyOptions = {},
): Promise<ShapleyValues> {
  const { exact = mostExact } = options;
  return model.features <= Math.max(1, Math.min(exact, 20))
    ? exactShapley(model, options)
    : sampledShapley(model, options);
}

/** Masks are numbers here: bit i shows feature i. */
async function exactShapley(model: MaskedModel, options: MaskOptions): Promise<ShapleyValues> {
  const m = model.features;
  const count = 2 ** m;
  const v = new Float64Array(count);
  // Masks of all subsets at once would take M · 2^M bytes.
  const atOnce = 1024;
  for (let first = 0; first < count; first += atOnce) {
    const masks = Array.from({ length: Math.min(atOnce, count - first) }, (_, at) =>
      Uint8Array.from({ length: m }, (__, i) => ((first + at) >> i) & 1),
    );
    v.set(await evaluateMasks(model, masks, options), first);
  }
  const weight = weightsBySize(m);
  const sizes = new Uint8Array(count);
  for (let s = 1; s < count; s++) sizes[s] = sizes[s >> 1]! + (s & 1);
  const values = new Float64Array(m);
  for (let i = 0; i < m; i++)
    for (let s = 0; s < count; s++)
      if (((s >> i) & 1) === 0) values[i]! += weight[sizes[s]!]! * (v[s | (1 << i)]! - v[s]!);
  return { base: v[0]!, prediction: v[count - 1]!, values, evaluations: count, converged: true };
}

/** |S|! (M - |S| - 1)! / M! = 1 / (M · C(M - 1, |S|)) by |S| */
function weightsBySize(m: number): Float64Array {
  const weights = new Float64Array(m);
  let choose = 1;
  for (let size = 0; size < m; size++) {
    weights[size] = 1 / (m * choose);
    choose = (choose * (m - 1 - size)) / (size + 1);
  }
  return weights;
}

/**
 * Computes what the prediction loses without each feature alone: v(all) - v(all without i).
 * @see Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, section 4.2
 */
export async function occludeFeatures(
  model: MaskedModel,
  options: MaskOptions = {},
): Promise<{ readonly prediction: number; readonly values: Float64Array }> {
  const masks = Array.from({ length: model.features }, (_, i) =>
    uniformMask(model.features, 1).fill(0, i, i + 1),
  );
  const [prediction, ...without] = await evaluateMasks(
    model,
    [uniformMask(model.features, 1), ...masks],
    options,
  );
  return { prediction: prediction!, values: Float64Array.from(without, (v) => prediction! - v) };
}
