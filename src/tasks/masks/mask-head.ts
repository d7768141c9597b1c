import { freshDenseHead } from "../../bases/dense/dense-head.js";
import { maskStride, withSegmentationHead } from "../../bases/dense/segmentation-head.js";
import { augmentMask } from "../../data/dense/augment-mask.js";
import { decodeSize } from "../../data/dense/decode-size.js";
import { blockShares } from "../../data/dense/mask-targets.js";
import { meanMaskIou } from "../../evaluate/segmentation/score-masks.js";
import type { RecipeOptions } from "../../options/options.js";
import type { TrainingHead } from "../../run/context.js";
import type { HeldSource, TrainSource } from "../../run/training/train-source.js";
import type { Evaluator, Validation } from "../../train/fit.js";
import { freshWeights } from "../../train/initialize.js";
import { segmentation } from "../../train/objectives/segmentation-objective.js";
import { itemsIn } from "../dense/as-dataset.js";
import { denseAugmentation } from "../dense/dense-augmentation.js";
import { denseStreams } from "../dense/dense-feeds.js";
import type { FirstPredictions } from "./first-predictions.js";
import { answerMasks, type MaskAnswers } from "./mask-answers.js";
import { addLoss, lossOf, noLoss } from "./segmentation-loss.js";
import { lossOptions, plainTargets, type Segmenter } from "./segmenter.js";

/** Returns the head of a segmenter: logits of the classes for each cell. */
export function maskHead(
  segmenter: Segmenter,
  { biases, loss }: FirstPredictions,
  options: RecipeOptions,
): TrainingHead {
  const { shape } = segmenter;
  const { height, width } = shape.levels[0]!;
  return {
    outputs: height * width * shape.outputs,
    network: (body) => withSegmentationHead(body.graph, shape),
    fresh: (network, seed) =>
      new Map([...freshWeights(network, seed), ...freshDenseHead(shape, seed, () => biases)]),
    objective: ({ penalties }) => segmentation({ ...lossOptions(segmenter), penalties }),
    guessing: { loss, words: `constant predictions cost ${loss.toPrecision(3)}` },
    streams: (train, plan) => maskStreams(segmenter, options, train, plan.batchNorm === "train"),
    metric: "miou",
    validate: async (evaluate, held, signal) =>
      (await validateMasks(segmenter, evaluate, held, signal)).validation,
  };
}

/** Returns augmented pictures with the shares of the classes in each cell. */
function maskStreams(segmenter: Segmenter, options: RecipeOptions, train: TrainSource, whole: boolean) {
  const { data, size, loadMask, pixels } = segmenter;
  const items = itemsIn(segmenter, "train");
  const augmentation = denseAugmentation(options);
  return denseStreams(train, whole, {
    rows: segmentation(lossOptions(segmenter)).rows!,
    sizes: items,
    augmentation,
    async sampleOf([index], [picture], epoch) {
      const item = items[index!]!;
      const labels = await loadMask(item, decodeSize(item, size, augmentation));
      const how = { augmentation, seed: train.seed, epoch, rare: pixels.rare };
      const changed = augmentMask({ pixels: picture!, labels }, item.id, size, how);
      const { shares, weights } = blockShares(changed.labels, data.classes.length, maskStride);
      return { pixels: changed.pixels, rows: { shares, labelled: weights } };
    },
  });
}

/** Answers for the validation split, and their score. */
export interface ValidatedMasks {
  readonly answers: MaskAnswers;
  readonly validation: Validation;
}

/** Predicts the validation split: mean IoU at the original size, and the mean loss. */
export async function validateMasks(
  segmenter: Segmenter,
  evaluate: Evaluator,
  held: HeldSource,
  signal?: AbortSignal,
): Promise<ValidatedMasks> {
  const items = itemsIn(segmenter, "validation");
  const classes = segmenter.data.classes.length;
  const sums = noLoss(classes);
  const onOutput = async (output: Float32Array, i: number): Promise<void> =>
    addLoss(sums, output, await plainTargets(segmenter, items[i]!), segmenter.pixels.weights);
  const answers = await answerMasks(segmenter, evaluate, held, "validation", { onOutput, signal });
  const score = meanMaskIou(answers.counts, classes) ?? 0;
  return { answers, validation: { score, loss: lossOf(sums) } };
}
