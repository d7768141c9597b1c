import { EngraftError } from "../core/errors.js";

/** What most scores take: features of a model that nobody has trained on these items yet, and their classes. */
export interface LabelledSample {
  /** float32[N, D], row-major, finite. */
  readonly features: Float32Array;
  /** D */
  readonly width: number;
  /** int32[N], 0 … classes − 1; a class may be without examples. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** What scores of the same features have in common, see `sharing`. Default: each computes what it needs. */
  readonly shared?: SharedWork;
}

/** What several scores compute from the same features: each once, when it is first asked for. Not to be changed. */
export interface SharedWork {
  /** float64[N, D], columns less their means. */
  centred(): Float64Array;
  /** F Fᵀ, float64[N, N]. */
  products(): Float64Array;
  /** The smaller of f fᵀ and fᵀ f of the centred features, f fᵀ where N = D. */
  gram(): Float64Array;
  /** Fᵀ F, float64[D, D], of the features as they are; only for N > D. */
  across(): Float64Array;
  /** The k components of the largest variance, float64[N, k]: a copy. */
  components(k: number): Float64Array;
}

/** @throws ShapeError, DataError, NumericError: what a score of these numbers could not mean anything for */
export function checkSample({ features, width, labels, classes, shared }: LabelledSample): void {
  // Those were checked when they were put together.
  if (shared) return;
  const n = labels.length;
  checkRows(features, width, n);
  checkLabels(labels, classes);
}

/** @throws ShapeError unless they are float32[n, width], NumericError for one that is not finite */
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
    help: "leave that example out, or look at what the base makes of it",
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

/** The examples of each class that has any. */
export function membersOf(labels: Int32Array, classes: number): readonly (readonly number[])[] {
  const members: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, i) => {
    members[label]!.push(i);
  });
  return members.filter((rows) => rows.length > 0);
}
