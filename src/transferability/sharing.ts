import { principalComponents } from "../linalg/principal-components.js";
import { centredColumns, columnProducts, rowProducts } from "../linalg/row-products.js";
import { checkSample, type LabelledSample, type SharedWork } from "./sample.js";

/**
 * Returns the same sample with shared intermediate results: `logme(shared)` after `nearestNeighbours(shared)` computes
 * no product again. The features must not change meanwhile. @throws as {@link checkSample}
 */
export function sharing(sample: LabelledSample): LabelledSample {
  checkSample(sample);
  return { ...sample, shared: newWork(sample) };
}

/** Returns the shared results, or new ones for a single score. */
export function workOf(sample: LabelledSample): SharedWork {
  return sample.shared ?? newWork(sample);
}

function newWork({ features, width: d, labels }: LabelledSample): SharedWork {
  const n = labels.length;
  const kept = new Map<string, Float64Array>();
  const once = (name: string, compute: () => Float64Array): Float64Array => {
    const known = kept.get(name);
    if (known) return known;
    const made = compute();
    kept.set(name, made);
    return made;
  };
  let widest = 0;
  const work: SharedWork = {
    centred: () => once("centred", () => centredColumns(features, n, d)),
    products: () => once("products", () => rowProducts(features, n, d)),
    gram: () =>
      once("gram", () => (n <= d ? doublyCentred(work.products(), n) : columnProducts(work.centred(), n, d))),
    across: () =>
      once("across", () => {
        // Fᵀ F = fᵀ f + N μ μᵀ
        const mean = new Float64Array(d);
        for (let i = 0; i < n; i++) for (let t = 0, p = i * d; t < d; t++, p++) mean[t]! += features[p]! / n;
        const out = Float64Array.from(work.gram());
        for (let s = 0, p = 0; s < d; s++)
          for (let t = 0; t < d; t++, p++) out[p]! += n * mean[s]! * mean[t]!;
        return out;
      }),
    components: (k) => {
      if (k > widest) {
        widest = k;
        kept.delete("components");
      }
      const all = once("components", () => principalComponents(work.centred(), n, d, widest, work.gram()));
      if (k === widest) return Float64Array.from(all);
      const few = new Float64Array(n * k);
      for (let i = 0; i < n; i++) few.set(all.subarray(i * widest, i * widest + k), i * k);
      return few;
    },
  };
  return work;
}

/** H K H, H = I − 11ᵀ/n: products of centred rows, from the products of the rows. */
function doublyCentred(products: Float64Array, n: number): Float64Array {
  const mean = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) mean[i]! += products[i * n + j]! / n;
  const all = mean.reduce((s, v) => s + v, 0) / n;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) out[i * n + j] = products[i * n + j]! - mean[i]! - mean[j]! + all;
  return out;
}
