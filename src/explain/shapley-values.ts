import type { MaskOptions } from "./masked-model.js";

export interface ShapleyOptions extends MaskOptions {
  /** Most features whose values are computed exactly, with 2^M predictions. Default 12, at most 20. */
  readonly exact?: number;
  /** Most masks that are drawn otherwise. Default 2 M + 2048, as in the `shap` package. */
  readonly samples?: number;
  /**
   * Sampling stops when every confidence interval is at most this share of the range of the values, to each side.
   * Default 0.1.
   */
  readonly tolerance?: number;
  /** Seed of the draw. Default 0. */
  readonly seed?: number;
}

/** Contributions that sum up to a prediction: base + Σ values = prediction. */
export interface ShapleyValues {
  /** Prediction with every feature hidden. */
  readonly base: number;
  /** Prediction with every feature shown. */
  readonly prediction: number;
  /** φ, float64[M], in the unit of the prediction. */
  readonly values: Float64Array;
  /** Half widths of 95 % confidence intervals over the drawn masks; missing if the values are exact. */
  readonly halfWidths?: Float64Array;
  /** Predictions that were made. */
  readonly evaluations: number;
  /** False if the sample budget ended before every interval was narrow enough. */
  readonly converged: boolean;
}
