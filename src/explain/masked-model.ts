/** A prediction as a function of the shown features: all that model-agnostic explanations need. */
import { stopIf } from "../core/errors.js";

/** One sample, opened for an explanation. */
export interface MaskedModel {
  /** Number of features, M: regions of a picture, words of a text, columns of a row. */
  readonly features: number;
  /**
   * Predicts with some features hidden.
   * @param masks uint8[M] each: 1 shows a feature, 0 hides it
   * @returns one number for each mask, such as the probability of a class
   */
  evaluate(masks: readonly Uint8Array[]): Promise<ArrayLike<number>>;
}

export interface MaskOptions {
  /** Masks evaluated at once. Default 16. */
  readonly batch?: number;
  readonly signal?: AbortSignal;
}

/** Predictions under many masks, in batches. */
export async function evaluateMasks(
  model: MaskedModel,
  masks: readonly Uint8Array[],
  { batch = 16, signal }: MaskOptions = {},
): Promise<Float64Array> {
  const values = new Float64Array(masks.length);
  for (let first = 0; first < masks.length; first += batch) {
    stopIf(signal);
    values.set(Array.from(await model.evaluate(masks.slice(first, first + batch))), first);
  }
  return values;
}

/** Returns a mask of one value: 1 shows all features, 0 hides all. */
export const uniformMask = (features: number, shown: 0 | 1): Uint8Array =>
  new Uint8Array(features).fill(shown);
