import type { Predictions } from "../../evaluate/class-predictions.js";
import { softmaxRows } from "../../linalg/softmax.js";

/** Smallest probability whose logarithm is taken: below it float32 has no numbers. */
const least = 1e-37;

/**
 * Test-time augmentation: p = (1/N) Σ_k softmax(z_k) over N views of each image, returned as logits log p, since
 * softmax(log p) = p.
 *
 * @param predict logits of the k-th view of every item
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
    softmaxRows(one.logits, classes).forEach((p, i) => {
      sums[i]! += p;
    });
  }
  const logits = Float32Array.from(sums, (sum) => Math.log(Math.max(sum / views, least)));
  return { ...all!, logits };
}
