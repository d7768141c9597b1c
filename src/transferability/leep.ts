import { EngraftError } from "../core/errors.js";
import { argmax } from "../linalg/softmax.js";
import { checkLabels } from "./sample.js";

/** The base's own predictions for the items, and the items' labels. */
export interface SourceAnswers {
  /** float32[N, Z]: probabilities of the source's classes, each row sums to 1. */
  readonly probabilities: Float32Array | Float64Array;
  readonly sourceClasses: number;
  readonly labels: Int32Array;
  readonly classes: number;
}

/** Tolerance of row sums for float32 and printed values. */
const tolerance = 1e-3;

/**
 * LEEP: mean log-likelihood of the labels under P(y|z), estimated from the base's own soft predictions z.
 *
 * P̂(y,z) = 1/N Σ_{i: y_i=y} θ(x_i)_z, P̂(y|z) = P̂(y,z)/P̂(z); LEEP = 1/N Σ_i ln Σ_z P̂(y_i|z) θ(x_i)_z
 *
 * A source class that is never predicted has P̂(z) = 0 and is left out (references divide by it).
 * @returns nats, at most 0; higher is better
 * @see Nguyen et al. 2020, LEEP, eq. 2. @throws ShapeError, DataError, NumericError as {@link checkAnswers}
 */
export function leep(answers: SourceAnswers): number {
  checkAnswers(answers);
  const { probabilities: theta, sourceClasses: z, labels, classes } = answers;
  const n = labels.length;
  const joint = new Float64Array(classes * z);
  const marginal = new Float64Array(z);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < z; k++) {
      joint[labels[i]! * z + k]! += theta[i * z + k]!;
      marginal[k]! += theta[i * z + k]!;
    }
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let p = 0;
    for (let k = 0; k < z; k++)
      if (marginal[k]! > 0) p += (joint[labels[i]! * z + k]! / marginal[k]!) * theta[i * z + k]!;
    sum += Math.log(p);
  }
  return sum / n;
}

/**
 * NCE: minus the conditional entropy of the labels given the base's hard predictions z_i = argmax θ(x_i).
 *
 * −H(Y|Z) = Σ P̂(y,z) ln(P̂(y,z)/P̂(z)), 0 ln 0 = 0 without an added constant
 *
 * @returns nats, −ln C … 0; higher is better. @see Tran et al. 2019, eq. 6. @throws as {@link leep}
 */
export function nce(answers: SourceAnswers): number {
  checkAnswers(answers);
  const { probabilities: theta, sourceClasses: z, labels, classes } = answers;
  const n = labels.length;
  const joint = new Float64Array(classes * z);
  const marginal = new Float64Array(z);
  for (let i = 0; i < n; i++) {
    const best = argmax(theta, i * z, z);
    joint[labels[i]! * z + best]!++;
    marginal[best]!++;
  }
  let sum = 0;
  joint.forEach((count, at) => {
    if (count > 0) sum += (count / n) * Math.log(count / marginal[at % z]!);
  });
  return sum;
}

/**
 * @throws ShapeError for other sizes, NumericError for invalid probabilities, DataError for labels as in every score
 */
function checkAnswers({ probabilities, sourceClasses: z, labels, classes }: SourceAnswers): void {
  const n = labels.length;
  if (!Number.isInteger(z) || z < 1 || probabilities.length !== n * z)
    throw new EngraftError(
      "ShapeError",
      `probabilities must be float32[${n}, ${z}] (${n * z} values), got ${probabilities.length}`,
      { details: { rows: n, sourceClasses: z, values: probabilities.length } },
    );
  checkLabels(labels, classes);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let k = 0; k < z; k++) {
      const p = probabilities[i * z + k]!;
      sum += p >= 0 ? p : Number.NaN;
    }
    if (!(Math.abs(sum - 1) <= tolerance))
      throw new EngraftError("NumericError", `the probabilities of example ${i} sum to ${sum}, not to 1`, {
        help: "give softmax outputs, not logits",
        details: { example: i, sum },
      });
  }
}
