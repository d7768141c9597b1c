import { segmentationHead } from "../../bases/dense/segmentation-head.js";
import { contentOf } from "../../data/boxes/open-boxes.js";
import { decodeSize } from "../../data/dense/decode-size.js";
import type { MaskDataset, MaskItem } from "../../data/masks/mask-dataset.js";
import { requireMasks } from "../../data/masks/open-masks.js";
import type { Platform } from "../../platform/platform.js";
import { itemsIn } from "../dense/as-dataset.js";
import { denseAugmentation } from "../dense/dense-augmentation.js";
import { denseDefaults } from "../dense/dense-defaults.js";
import { denseRun } from "../dense/dense-run.js";
import { type ReportData, reportData } from "../dense/report-data.js";
import { countPixels } from "./class-pixels.js";
import { firstPredictions } from "./first-predictions.js";
import { maskLoader } from "./load-mask.js";
import { maskHead } from "./mask-head.js";
import { masksTask } from "./masks-task.js";
import type { Segmenter } from "./segmenter.js";

/** Pictures with masks have no class: all are alike. */
const labelOf = (): number => 0;

/** Runs of image segmentation. */
export const masksRun = denseRun({
  targets: "masks",
  labelOf,
  open: (path, how) => openMaskData(how.platform, path, how),
  defaultsOf: denseDefaults,
  async bind({ data, dense: { maps }, size, platform, options, onEvent }) {
    const { classes } = data;
    const shape = segmentationHead(maps, { classes: classes.length, size });
    const loadMask = maskLoader(platform, data);
    const train = itemsIn({ data }, "train");
    const augmentation = denseAugmentation(options);
    const { signal } = options;
    const pixels = await countPixels(train, classes, {
      loadMask,
      onEvent,
      signal,
      sizeOf: (item) => decodeSize(item, size, augmentation),
    });
    const segmenter: Segmenter = { data, shape, size, loadMask, pixels };
    const { height, width } = shape.levels[0]!;
    const first = firstPredictions(pixels, train.length * height * width);
    return { head: maskHead(segmenter, first, options), task: masksTask(segmenter, first) };
  },
});

/** Opens pictures with masks, and reports them. @throws DataError for unusable data */
export async function openMaskData(
  platform: Platform,
  path: string,
  { signal, ...report }: Omit<ReportData<MaskItem>, "task" | "labelOf"> & { readonly signal?: AbortSignal },
): Promise<MaskDataset> {
  const {
    seed,
    onEvent,
    options: { groupFrom },
  } = report;
  const content = await contentOf(platform, path, signal);
  const whole = await requireMasks(content, {
    seed,
    onEvent,
    ...(groupFrom !== undefined && { groupFrom }),
    signal,
  });
  return reportData(whole, { task: "image-segmentation", labelOf, ...report });
}
