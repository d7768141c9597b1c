import { EngraftError } from "../core/errors.js";

/** Input of most scores: features of a model that was not trained on these items, and their classes. */
export interface LabelledSample {
  /** float32[N, D], row-major, finite. */
  readonly features: Float32Array;
  /** D */
  readonly width: number;
  /** int32[N], 0 … classes − 1; a class may have no examples. */
  readonly labels: Int32Array;
  readonly classes: number;
  /**
   * Group of each example, such as a speaker. A score on held-out examples learns from other groups only. Default: each is its own.
   */
  readonly groups?: readonly string[] | undefined;
  /**
   * Intermediate results shared by scores of the same features, see `sharing`. Default: each score computes its own.
   */
  readonly shared?: SharedWork;
}

/** Intermediate results that several scores share, each computed once on first use. Read-only. */
export interface SharedWork {
  /** float64[N, D], columns less their means. */
  centred(): Float64Array;
  /** F Fᵀ, float64[N, N]. */
  products(): Float64Array;
  /** The smaller of f fᵀ and fᵀ f of the centred features, f fᵀ where N = D. */
  gram(): Float64Array;
  /** Fᵀ F, float64[D, D], of the raw features; only for N > D. */
  across(): Float64Array;
  /** The k components of the largest variance, float64[N, k], as a copy. */
  components(k: number): Float64Array;
}

/** @throws ShapeError, DataError, NumericError for values that no score is defined for */
export function checkSample({ features, width, labels, classes, shared }: LabelledSample): void {
  // Checked when the shared sample was created.
  if (shared) return;
  const n = labels.length;
  checkRows(features, width, n);
  checkLabels(labels, classes);
}

/** @throws ShapeError unless they are float32[n, width], NumericError for a non-finite value */
export function checkRows(features: Float32Array, width: number, n: number): void {
  if (!Number.isInteger(width) || width < 1 || features.length !== n * width)
    throw new EngraftError(
      "ShapeError",
      `features must be float32[${n}, ${width}] (${n * width} values), got ${features.length}`,
      { help: "one row for each label", details: { rows: n, width, values: features.length } },
    );
  const at = features.findIndex((v) => !Number.isFinite(v));
  if (at < 0) return;
  const [example, feature] = [Math.floor(at / width), at % width];
  throw new EngraftError("NumericError", `feature ${feature} of example ${example} is ${features[at]}`, {
    help: "leave that example out, or check the base's output for it",
    details: { example, feature },
  });
}

/** @throws DataError for a label out of range, or fewer than two classes that occur */
export function checkLabels(labels: Int32Array, classes: number): void {
  const occurring = new Set<number>();
  labels.forEach((label, example) => {
    if (label < 0 || label >= classes)
      throw new EngraftError(
        "DataError",
        `label ${label} of example ${example} is not one of the ${classes} classes`,
        { details: { example, label, classes } },
      );
    occurring.add(label);
  });
  if (occurring.size < 2)
    throw new EngraftError(
      "DataError",
      `a transferability score needs examples of two classes, there are ${labels.length} of ${occurring.size}`,
      { help: "give labelled examples of at least two classes", details: { classes: occurring.size } },
    );
}

/** Returns the examples of each class that has any. */
export function membersOf(labels: Int32Array, classes: number): readonly (readonly number[])[] {
  const members: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, i) => {
    members[label]!.push(i);
  });
  return members.filter((rows) => rows.length > 0);
}
