import { sigmoid } from "../../evaluate/labels.js";
import { softmaxRows } from "../../linalg/softmax.js";

/** Predictions that are averaged over the views of an image: probabilities of classes, of labels, or numbers. */
export type ViewAverage = "softmax" | "sigmoid" | "number";

/** The smallest probability whose logarithm is taken: below it float32 has no numbers. */
const least = 1e-37;

const ways: Readonly<
  Record<
    ViewAverage,
    {
      readonly of: (logits: Float32Array, width: number) => ArrayLike<number>;
      /** The output of a model whose answer is the mean. */
      readonly back: (mean: number) => number;
    }
  >
> = {
  // softmax(log p) = p
  softmax: { of: softmaxRows, back: (p) => Math.log(Math.max(p, least)) },
  // sigmoid(log(p / (1 - p))) = p
  sigmoid: {
    of: (logits) => Float64Array.from(logits, sigmoid),
    back: (p) => Math.log(Math.max(p, least) / Math.max(1 - p, least)),
  },
  number: { of: (numbers) => numbers, back: (mean) => mean },
};

/**
 * Test-time augmentation: the mean of the answers to N views of each image, as outputs of a model that gives this mean.
 *
 * @param width outputs of the model
 * @param predict outputs of the k-th view of every item, float32[N, width]
 * @see Krizhevsky et al. 2012, section 4.1
 */
export async function averageViews(
  views: number,
  how: ViewAverage,
  width: number,
  predict: (view: number) => Promise<Float32Array>,
): Promise<Float32Array> {
  const { of, back } = ways[how];
  let sums = new Float64Array(0);
  for (let view = 0; view < views; view++) {
    const answers = of(await predict(view), width);
    if (view === 0) sums = new Float64Array(answers.length);
    for (let i = 0; i < answers.length; i++) sums[i]! += answers[i]!;
  }
  return Float32Array.from(sums, (sum) => back(sum / views));
}
