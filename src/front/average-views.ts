import type { Predictions } from "./scores.js";

/** The smallest probability whose logarithm is taken: below it float32 has no numbers. */
const least = 1e-37;

/**
 * Test-time augmentation: p = (1/N) Σ_k softmax(z_k) over N views of each picture, given as raw scores log p, since
 * softmax(log p) = p.
 *
 * @param predict raw scores of the k-th view of every item
 * @see Krizhevsky et al. 2012, section 4.1
 */
export async function averageViews(
  views: number,
  classes: number,
  predict: (view: number) => Promise<Predictions>,
): Promise<Predictions> {
  let all: Predictions | undefined;
  let sums = new Float64Array(0);
  for (let view = 0; view < views; view++) {
    const one = await predict(view);
    if (!all) sums = new Float64Array(one.logits.length);
    all ??= one;
    for (let i = 0; i < one.logits.length; i += classes)
      addSoftmax(one.logits.subarray(i, i + classes), sums.subarray(i, i + classes));
  }
  const logits = Float32Array.from(sums, (sum) => Math.log(Math.max(sum / views, least)));
  return { ...all!, logits };
}

function addSoftmax(z: Float32Array, sums: Float64Array): void {
  const most = z.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const total = z.reduce((sum, v) => sum + Math.exp(v - most), 0);
  z.forEach((v, k) => {
    sums[k]! += Math.exp(v - most) / total;
  });
}
