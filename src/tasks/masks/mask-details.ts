import { readSegmentation } from "../../bases/segmentation/read-segmentation.js";
import type { SegmentationResultEvent } from "../../core/results/dense/segmentation.js";
import type { Size } from "../../data/boxes/box.js";
import { maskErrors } from "../../evaluate/segmentation/mask-errors.js";
import { maskTable } from "../../evaluate/segmentation/mask-table.js";
import { sumOfCounts } from "../../evaluate/segmentation/score-masks.js";
import {
  type JudgedMask,
  longestSide,
  packMap,
  type SegmentationDetails,
} from "../../evaluate/segmentation/segmentation-details.js";
import { worstMasks } from "../../evaluate/segmentation/worst-masks.js";
import type { RunModel, Solved } from "../../run/trainable-task.js";
import { heldOf } from "../../run/training/planned.js";
import { itemsIn } from "../dense/as-dataset.js";
import { eachOutput, withEvaluator } from "../dense/predict-pictures.js";
import type { MaskFacts } from "./calibrate-masks.js";
import type { MaskPredictions } from "./mask-predictions.js";
import { logitsOf, type Segmenter } from "./segmenter.js";

/** Most images that a report shows. */
const most = 12;

/** Returns what the report of a segmenter shows besides its scores. The worst images are predicted again. */
export async function maskDetails(
  segmenter: Segmenter,
  {
    context,
    model,
    answers,
  }: Pick<RunModel<MaskPredictions, Solved<MaskPredictions>, MaskFacts>, "context" | "model" | "answers">,
  { test }: Pick<SegmentationResultEvent, "test">,
): Promise<SegmentationDetails> {
  const { classes, root } = segmenter.data;
  const { counts } = answers.test;
  const k = classes.length;
  const total = Array.from(sumOfCounts(counts, k));
  const worst = worstMasks(counts, k)
    .filter(({ wrong }) => wrong > 0)
    .slice(0, most);
  const items = itemsIn(segmenter, "test");
  const held = heldOf(context, "test");
  const judged: JudgedMask[] = [];
  if (worst.length > 0)
    await withEvaluator(context, model, (evaluate) =>
      eachOutput(
        evaluate,
        { ...held, items: worst.map(({ picture }) => held.items[picture]!) },
        async (output, i) => {
          const { picture, iou, wrong } = worst[i]!;
          const item = items[picture]!;
          const { id, width, height } = item;
          const truth = await segmenter.loadMask(item);
          const { map } = maskErrors(truth.data, readSegmentation(logitsOf(segmenter, output), item).labels);
          judged[i] = {
            ...{ item: id, width, height, iou, wrong: wrong / map.length },
            map: packed(map, { width, height }),
          };
        },
        context.options.signal,
      ),
    );
  return {
    ...{ format: 1, root },
    confusion: classes.map((_, row) => total.slice(row * k, (row + 1) * k)),
    by_class: maskTable(test, counts).map(
      ({ name, pictures, share, right, precision, recall, takenFor }) => ({
        ...{ name, pictures, share, right, precision, recall, takenFor },
      }),
    ),
    worst: judged,
  };
}

/** Packs a map, with every nth row and column of a large one. */
function packed(map: Uint8Array, { width, height }: Size) {
  const step = Math.ceil(Math.max(width, height) / longestSide);
  const size = { width: Math.ceil(width / step), height: Math.ceil(height / step) };
  const small = new Uint8Array(size.width * size.height);
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) small[y * size.width + x] = map[step * (y * width + x)]!;
  return packMap(small, size);
}
