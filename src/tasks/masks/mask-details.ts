import { readSegmentation } from "../../bases/segmentation/read-segmentation.js";
import type { SegmentationTest } from "../../core/results/dense/segmentation.js";
import { sumOfCounts } from "../../evaluate/segmentation/mask-counts.js";
import { maskErrors } from "../../evaluate/segmentation/mask-errors.js";
import { maskTable } from "../../evaluate/segmentation/mask-table.js";
import {
  type MaskErrorPicture,
  packErrorMap,
  type SegmentationDetails,
} from "../../evaluate/segmentation/segmentation-details.js";
import { worstMasks } from "../../evaluate/segmentation/worst-masks.js";
import { itemsIn } from "../dense/as-dataset.js";
import type { MaskAnswers } from "./mask-answers.js";
import { logitsOf, type Segmenter } from "./segmenter.js";

/** Most images that a report shows. */
const most = 12;

/** Calls `read` with the output of the model for pictures of the test split, given by their positions. */
export type PredictPictures = (
  pictures: readonly number[],
  read: (output: Float32Array, index: number) => Promise<void>,
) => Promise<void>;

/**
 * Returns what the report of a segmenter shows besides its scores. The worst images are predicted again, since the masks of all do not
 * fit into memory.
 */
export async function maskDetails(
  segmenter: Pick<Segmenter, "data" | "shape" | "loadMask">,
  { counts }: Pick<MaskAnswers, "counts">,
  test: SegmentationTest,
  predict: PredictPictures,
): Promise<SegmentationDetails> {
  const { classes, root } = segmenter.data;
  const k = classes.length;
  const total = Array.from(sumOfCounts(counts, k));
  const found = worstMasks(counts, k)
    .filter(({ wrong }) => wrong > 0)
    .slice(0, most);
  const items = itemsIn(segmenter, "test");
  const worst: MaskErrorPicture[] = [];
  const read = async (output: Float32Array, i: number): Promise<void> => {
    const { picture, iou, wrong } = found[i]!;
    const item = items[picture]!;
    const { id, width, height } = item;
    const truth = await segmenter.loadMask(item);
    const { map } = maskErrors(truth.data, readSegmentation(logitsOf(segmenter, output), item).labels);
    worst[i] = {
      item: id,
      width,
      height,
      iou,
      wrong: wrong / map.length,
      map: packErrorMap(map, item),
    };
  };
  if (found.length > 0)
    await predict(
      found.map(({ picture }) => picture),
      read,
    );
  return {
    format: 1,
    root,
    confusion: classes.map((_, row) => total.slice(row * k, (row + 1) * k)),
    by_class: maskTable(test, counts).map(
      ({ name, pictures, share, right, precision, recall, takenFor }) => ({
        name,
        pictures,
        share,
        right,
        precision,
        recall,
        takenFor,
      }),
    ),
    worst,
  };
}
