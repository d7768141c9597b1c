import { EngraftError } from "../../core/errors.js";
import { cholesky } from "../../linalg/cholesky.js";
import { type ClassSum, type FeatureSums, triangleOf, withinScatter } from "./feature-sums.js";

/** Most samples of a file of feature sums. */
export const mostSamples = 1e9 - 1;

/** Error for numbers that are the feature sums of no samples. */
export const notSumsOfSamples = (why: string, at: string): EngraftError =>
  new EngraftError("DataError", `these are the feature sums of no samples: ${why}`, {
    at,
    help: "ask the holder of the samples for another file, or leave this one out",
  });

/**
 * Returns why numbers cannot be the feature sums of samples; undefined if they can. Unit rows have
 *
 *     tr S = N     ‖s_c‖ ≤ n_c     S − Σ s_c s_cᵀ / n_c positive semidefinite
 *
 * and the same holds for each S_c. Rounding may change each of them by a millionth.
 */
export function implausibility({ dims, count, targets, scatter }: FeatureSums): string | undefined {
  if ("classes" in targets) {
    const { classes } = targets;
    for (const own of classes) {
      const why = whyOfGroup(own, `class ${JSON.stringify(own.name)}`, dims);
      if (why !== undefined) return why;
    }
    return whyOfScatter(scatter, classes, count, "all samples", dims);
  }
  const { numbers } = targets;
  const { sum, length, values, squares, products, names } = numbers;
  const all = { sum, length, count, scatter };
  const wrong = names.find((_, k) => {
    const product = normOf(products.subarray(k * dims, (k + 1) * dims));
    // (Σ y)² ≤ N Σ y² and ‖Σ y z‖² ≤ N Σ y²
    return Math.max(Math.abs(values[k]!), product) ** 2 > count * squares[k]! * (1 + 1e-6) + 1e-6;
  });
  if (wrong !== undefined) return `the squares of ${JSON.stringify(wrong)} are too small for its sums`;
  return whyOfGroup(all, "all samples", dims);
}

/** Returns why the sums of a class cannot be right. Samples with numbers are one group. */
function whyOfGroup(
  { sum, length, count, scatter }: Omit<ClassSum, "name">,
  what: string,
  dims: number,
): string | undefined {
  if (count === 0) return `${what} has no samples`;
  if (!(length >= 0)) return `the lengths of ${what} add up to ${length}`;
  const norm = normOf(sum);
  if (norm > count + slackOf(count))
    return `the sum of ${what} has the length ${norm.toPrecision(6)}, and ${count} unit rows have at most ${count}`;
  return scatter && whyOfScatter(scatter, [{ sum, count }], count, what, dims);
}

function whyOfScatter(
  scatter: Float64Array,
  groups: readonly Pick<ClassSum, "sum" | "count">[],
  count: number,
  what: string,
  dims: number,
): string | undefined {
  let trace = 0;
  for (let i = 0; i < dims; i++) trace += scatter[triangleOf(i + 1) - 1]!;
  if (Math.abs(trace - count) > slackOf(count))
    return `the scatter of ${what} has the trace ${trace.toPrecision(6)}, and ${count} unit rows have ${count}`;
  const within = withinScatter(scatter, groups, dims);
  for (let i = 0; i < dims; i++) within[i * dims + i]! += slackOf(count);
  return cholesky(within, dims) ? undefined : `the scatter of ${what} is not positive semidefinite`;
}

const slackOf = (count: number): number => 1e-6 * (count + 1);
const normOf = (vector: Float64Array): number => Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
