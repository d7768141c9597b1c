import { freshDenseHead } from "../../bases/dense/dense-head.js";
import { withDetectionHead } from "../../bases/dense/detection-head.js";
import type { Detection } from "../../data/boxes/box.js";
import { augmentBoxes } from "../../data/dense/augment-boxes.js";
import { mosaicsOf } from "../../data/dense/mosaics.js";
import { placeRows } from "../../data/dense/place-rows.js";
import { averagePrecisions, meanPrecision } from "../../evaluate/detection/average-precision.js";
import { matchClasses } from "../../evaluate/detection/match.js";
import type { TrainingPlan } from "../../methods/plan.js";
import type { RecipeOptions } from "../../options/options.js";
import type { TrainingHead } from "../../run/context.js";
import type { HeldSource, TrainSource } from "../../run/training/train-source.js";
import type { Evaluator, Validation } from "../../train/fit.js";
import { freshWeights } from "../../train/initialize.js";
import { detection } from "../../train/objectives/detection-objective.js";
import { itemsIn } from "../dense/as-dataset.js";
import { denseAugmentation } from "../dense/dense-augmentation.js";
import { denseStreams } from "../dense/dense-feeds.js";
import { eachOutput } from "../dense/predict-pictures.js";
import { addLoss, lossOf, noLoss } from "./detection-loss.js";
import { asPictures, assignmentOf, type Detector, detectionsOf, plainRows } from "./detector.js";
import type { FirstPredictions } from "./first-predictions.js";

/** Returns the head of a detector: class logits and four distances for each place of all levels. */
export function boxHead(detector: Detector, first: FirstPredictions, options: RecipeOptions): TrainingHead {
  const { data, shape, places } = detector;
  const classes = data.classes.length;
  return {
    outputs: places.count * shape.outputs,
    network: (body) => withDetectionHead(body.graph, shape),
    fresh: (network, seed) =>
      new Map([...freshWeights(network, seed), ...freshDenseHead(shape, seed, first.biases)]),
    objective: ({ penalties }) => detection({ classes, places: places.count, penalties }),
    guessing: { loss: first.loss, words: `constant predictions cost ${first.loss.toPrecision(3)}` },
    streams: (train, plan) => boxStreams(detector, options, train, plan),
    metric: "map",
    validate: async (evaluate, held, signal) =>
      (await validateBoxes(detector, evaluate, held, signal)).validation,
  };
}

/** Returns augmented pictures with the targets of their places. */
function boxStreams(
  detector: Detector,
  options: RecipeOptions,
  train: TrainSource,
  { batchNorm, epochs }: TrainingPlan,
) {
  const { data, places, size } = detector;
  const items = itemsIn(detector, "train");
  const augmentation = denseAugmentation(options);
  const share = Number(options.option?.mosaic ?? 0);
  return denseStreams(train, batchNorm === "train", {
    rows: detection({ classes: data.classes.length, places: places.count }).rows!,
    sizes: items,
    augmentation,
    picturesOf: mosaicsOf(items, { share, epochs, seed: train.seed }),
    sampleOf(indices, pictures, epoch) {
      const sources = indices.map((index, k) => ({ item: items[index]!, pixels: pictures[k]! }));
      const how = { augmentation, seed: train.seed, epoch };
      const { pixels, targets } = augmentBoxes(sources, items[indices[0]!]!.id, size, how);
      return { pixels, rows: { ...placeRows(assignmentOf(detector, targets), places) } };
    },
  });
}

/** Detections of the validation split, and their score. */
export interface ValidatedBoxes {
  readonly detections: readonly (readonly Detection[])[];
  readonly validation: Validation;
}

/** Predicts the validation split: mAP over IoU 0.50 to 0.95, and the mean loss. */
export async function validateBoxes(
  detector: Detector,
  evaluate: Evaluator,
  held: HeldSource,
  signal?: AbortSignal,
): Promise<ValidatedBoxes> {
  const items = itemsIn(detector, "validation");
  const classes = detector.data.classes.length;
  const sums = noLoss();
  const detections: Detection[][] = items.map(() => []);
  const read = (output: Float32Array, i: number): void => {
    detections[i] = detectionsOf(detector, output, items[i]!);
    addLoss(sums, output, plainRows(detector, items[i]!), classes);
  };
  await eachOutput(evaluate, held, read, signal);
  const matches = matchClasses(asPictures(items, detections), classes);
  const score = meanPrecision(matches.map((one) => averagePrecisions(one))) ?? 0;
  return { detections, validation: { score, loss: lossOf(sums) } };
}
