import { EngraftError } from "../../core/errors.js";
import { cholesky, choleskySolve } from "../../linalg/cholesky.js";
import { areAlike, classesOf, type FeatureSums, lengthOf, momentsOf, withinScatter } from "./feature-sums.js";

/** A linear model on raw features: x Wᵀ + b. */
export interface WideHead {
  /** float64[C, D] */
  readonly weight: Float64Array;
  /** float64[C] */
  readonly bias: Float64Array;
}

/** λ, the penalty as a multiple of t. @see docs/decisions/0052-feature-sums.md */
const penalty = 1;

/**
 * Solves a head from feature sums. Features at prediction are raw rows, so the weights are divided by the mean length ℓ / N.
 *
 * Classes: linear discriminant analysis with equal priors, whose within-class scatter has a penalty:
 *
 *     S_W = S − Σ s_c s_cᵀ / n_c     μ_c = s_c / n_c     t = tr(S − N m mᵀ) / N
 *     W_c = N (S_W + λ t I)⁻¹ μ_c    b_c = −½ μ_cᵀ W_c
 *
 * Numbers: ridge regression, w = (S − N m mᵀ + λ t I)⁻¹ Σ (z − m)(y − ȳ), b = ȳ − w m.
 *
 * @throws NumericError if all samples have the same features; DataError for sums of no samples
 * @see Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, sections 4.3.1 and 3.4.1
 */
export function solveSums(sums: FeatureSums): WideHead {
  const { count } = sums;
  if (areAlike(sums))
    throw new EngraftError("NumericError", `all ${count} samples have the same features`, {
      help: "use another --base or --cut, whose features tell the samples apart",
      details: { samples: count },
    });
  const length = lengthOf(sums);
  const unit = "classes" in sums.targets ? solveClasses(sums) : solveNumbers(sums);
  const head = {
    ...unit,
    weight: onFeatures(
      sums,
      unit.weight.map((w) => (w * count) / length),
    ),
  };
  // Of a file from elsewhere; a model has float32 weights.
  if ([head.weight, head.bias].every((own) => own.every((value) => Number.isFinite(Math.fround(value)))))
    return head;
  throw new EngraftError("DataError", "the sums belong to no set of samples: their head is not finite", {
    help: "collect the sums again, or ask their holder for the file again",
    details: { samples: count, length },
  });
}

/** Returns weights on features, W U, of weights on directions. */
function onFeatures({ dims, directions }: FeatureSums, weight: Float64Array): Float64Array {
  if (!directions) return weight;
  const features = directions.length / dims;
  const all = new Float64Array((weight.length / dims) * features);
  for (let p = 0; p < weight.length; p++) {
    const [from, to] = [(p % dims) * features, Math.floor(p / dims) * features];
    for (let t = 0; t < features; t++) all[to + t]! += weight[p]! * directions[from + t]!;
  }
  return all;
}

function solveClasses(sums: FeatureSums): WideHead {
  const { dims, count } = sums;
  const classes = classesOf(sums);
  const matrix = withinScatter(sums.scatter, classes, dims);
  // Columns are classes: float64[D, C].
  const c = classes.length;
  const means = new Float64Array(dims * c);
  classes.forEach(({ sum, count: n }, k) => {
    for (let i = 0; i < dims; i++) means[i * c + k] = sum[i]! / n;
  });
  const solved = solvePenalised(matrix, dims, momentsOf(sums).variance, means, c);
  const weight = new Float64Array(c * dims);
  const bias = new Float64Array(c);
  for (let i = 0; i < dims; i++)
    for (let k = 0; k < c; k++) {
      const w = count * solved[i * c + k]!;
      weight[k * dims + i] = w;
      bias[k]! -= (means[i * c + k]! * w) / 2;
    }
  return { weight, bias };
}

function solveNumbers(sums: FeatureSums): WideHead {
  const { dims, count, targets } = sums;
  if (!("numbers" in targets)) throw new EngraftError("InternalError", "sums of classes have no numbers");
  const { names, values, products } = targets.numbers;
  const { mean, variance } = momentsOf(sums);
  const matrix = withinScatter(sums.scatter, [{ sum: targets.numbers.sum, count }], dims);
  const k = names.length;
  const right = new Float64Array(dims * k);
  for (let i = 0; i < dims; i++)
    for (let one = 0; one < k; one++)
      right[i * k + one] = products[one * dims + i]! - mean[i]! * values[one]!;
  const solved = solvePenalised(matrix, dims, variance, right, k);
  const weight = new Float64Array(k * dims);
  const bias = values.map((v) => v / count);
  for (let i = 0; i < dims; i++)
    for (let one = 0; one < k; one++) {
      weight[one * dims + i] = solved[i * k + one]!;
      bias[one]! -= mean[i]! * solved[i * k + one]!;
    }
  return { weight, bias };
}

function solvePenalised(
  matrix: Float64Array,
  dims: number,
  t: number,
  right: Float64Array,
  columns: number,
): Float64Array {
  for (let i = 0; i < dims; i++) matrix[i * dims + i]! += penalty * t;
  const factor = cholesky(matrix, dims);
  if (factor !== undefined) return choleskySolve(factor, dims, right, columns);
  throw new EngraftError("DataError", "the sums belong to no set of samples: their scatter is not positive", {
    help: "samples were taken out that were never added, or a file was changed: start from the sums before",
  });
}
