import { EngraftError } from "../core/errors.js";
import { centred, checkSample, type LabelledSample, membersOf } from "./sample.js";
import { cholesky, rowProducts, transposed } from "./symmetric.js";

/**
 * TransRate: the coding rate of all features less that within the classes.
 *
 * R(f, ε) − (1/C) Σ_c R(f_c, ε), R = ½ ln det(I + fᵀf / (nε)), f centred once over all rows, C the classes that occur
 *
 * @param epsilon default 1e-4, as in TL's ranking/transrate.py. @returns nats; higher is better
 * @see Huang et al. 2022, Frustratingly easy transferability estimation. @throws as {@link checkSample}
 */
export function transRate(
  sample: LabelledSample,
  { epsilon = 1e-4 }: { readonly epsilon?: number } = {},
): number {
  checkSample(sample);
  if (!(epsilon > 0)) throw new EngraftError("OptionError", `epsilon must be above 0, got ${epsilon}`);
  const { features, width: d, labels, classes } = sample;
  const n = labels.length;
  const f = centred(features, n, d);
  const members = membersOf(labels, classes);
  let within = 0;
  for (const rows of members) {
    const part = new Float64Array(rows.length * d);
    rows.forEach((i, at) => {
      part.set(f.subarray(i * d, (i + 1) * d), at * d);
    });
    within += codingRate(part, rows.length, d, epsilon) / members.length;
  }
  return codingRate(f, n, d, epsilon) - within;
}

/** ½ ln det(I + fᵀf/(nε)), the same with f fᵀ: the smaller one. */
function codingRate(f: Float64Array, n: number, d: number, epsilon: number): number {
  const small = Math.min(n, d);
  const gram = n < d ? rowProducts(f, n, d) : rowProducts(transposed(f, n, d), d, n);
  const l = cholesky(
    gram.map((v, at) => v / (n * epsilon) + (at % (small + 1) === 0 ? 1 : 0)),
    small,
  )!;
  let rate = 0;
  for (let i = 0; i < small; i++) rate += Math.log(l[i * small + i]!);
  return rate;
}
