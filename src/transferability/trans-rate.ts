import { EngraftError } from "../core/errors.js";
import { cholesky } from "../linalg/cholesky.js";
import { columnProducts, rowProducts } from "../linalg/row-products.js";
import { checkSample, type LabelledSample, membersOf } from "./sample.js";
import { workOf } from "./sharing.js";

/**
 * TransRate: coding rate of all features minus that within the classes.
 *
 * R(f, ε) − (1/C) Σ_c R(f_c, ε), R = ½ ln det(I + fᵀf / (nε)), f centred once over all rows, C the classes that occur
 *
 * @param epsilon default 1e-4, as in TL's ranking/transrate.py
 * @returns nats; higher is better
 * @throws as {@link checkSample}
 * @see Huang et al. 2022, Frustratingly easy transferability estimation
 */
export function transRate(
  sample: LabelledSample,
  { epsilon = 1e-4 }: { readonly epsilon?: number } = {},
): number {
  checkSample(sample);
  if (!(epsilon > 0)) throw new EngraftError("OptionError", `epsilon must be above 0, got ${epsilon}`);
  const { width: d, labels, classes } = sample;
  const n = labels.length;
  const work = workOf(sample);
  const gram = work.gram();
  const members = membersOf(labels, classes);
  let within = 0;
  for (const rows of members) within += codingRate(gramOf(rows), rows.length, d, epsilon) / members.length;
  return codingRate(gram, n, d, epsilon) - within;

  /** Returns the smaller of f_c f_cᵀ and f_cᵀ f_c; the former is a part of the shared products. */
  function gramOf(rows: readonly number[]): Float64Array {
    const m = rows.length;
    if (n <= d) {
      const part = new Float64Array(m * m);
      rows.forEach((i, at) => {
        rows.forEach((j, to) => {
          part[at * m + to] = gram[i * n + j]!;
        });
      });
      return part;
    }
    const f = work.centred();
    const part = new Float64Array(m * d);
    rows.forEach((i, at) => {
      part.set(f.subarray(i * d, (i + 1) * d), at * d);
    });
    return m < d ? rowProducts(part, m, d) : columnProducts(part, m, d);
  }
}

/** ½ ln det(I + G/(nε)), G the smaller of fᵀf and f fᵀ: both have the same determinant. */
function codingRate(gram: Float64Array, n: number, d: number, epsilon: number): number {
  const small = Math.min(n, d);
  const l = cholesky(
    gram.map((v, at) => v / (n * epsilon) + (at % (small + 1) === 0 ? 1 : 0)),
    small,
  )!;
  let rate = 0;
  for (let i = 0; i < small; i++) rate += Math.log(l[i * small + i]!);
  return rate;
}
