import { readSegmentation } from "../../bases/segmentation/read-segmentation.js";
import { EngraftError } from "../../core/errors.js";
import { contentOf } from "../../data/boxes/open-boxes.js";
import { batches } from "../../data/index.js";
import { ignoredLabel } from "../../data/masks/label-map.js";
import type { MaskDataset } from "../../data/masks/mask-dataset.js";
import { requireMasks } from "../../data/masks/open-masks.js";
import { maskConfusion } from "../../evaluate/segmentation/score-masks.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, SegmentationEvaluation } from "../../inference/evaluation.js";
import { openImageFolder } from "../../inference/image-folder.js";
import type { Machine } from "../../run/machine.js";
import { matchClassNames } from "../dense/match-class-names.js";
import { maskLoader } from "./load-mask.js";
import { segment } from "./mask-model.js";
import { scoreCounts } from "./mask-scores.js";

/** Scores a model of image segmentation. Classes are matched by name. @throws as `evaluate` */
export async function evaluateMasks(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<SegmentationEvaluation> {
  const { platform } = machine;
  const { seed = 0, groupFrom, signal, onEvent } = options;
  const folder = await openImageFolder(platform, model, "masks");
  const { classes, preprocessing } = folder;
  const how = {
    seed,
    emptyParts: true,
    ...(groupFrom !== undefined && { groupFrom }),
    signal,
    onEvent,
  };
  const opened = await requireMasks(await contentOf(platform, data, signal), how);
  const places = placesOf(opened, classes);
  const loadMask = maskLoader(platform, opened);
  const scored = { items: opened.items, root: opened.root, unit: "pictures" } as const;
  return evaluateModel(machine, folder, scored, options, async (session, items) => {
    const counts: Float64Array[] = [];
    const pictures = items.map((item) => ({ ...item, label: 0 }));
    const read = { batchSize: 1, preprocessing, platform, signal };
    for await (const { pixels, indices } of batches(pictures, read)) {
      const item = items[indices[0]!]!;
      const truth = renamed((await loadMask(item)).data, places, opened, item.id);
      const found = readSegmentation(await segment(session, pixels, preprocessing), item);
      counts.push(maskConfusion(truth, found.labels, classes.length));
    }
    return { task: "image-segmentation" as const, test: scoreCounts(items, counts, classes) };
  });
}

/** Returns the class of the model for each class of the data; −1 for one that the model does not know. */
function placesOf(data: MaskDataset, classes: readonly string[]): number[] {
  // A mask of zeros and ones has no names.
  const isUnnamed = data.kind.kind === "binary" || data.kind.kind === "instances";
  if (isUnnamed && classes.length === 2) return [0, 1];
  // Only the pixels tell which classes are used.
  return matchClassNames(data, classes, () => false);
}

/** Returns the labels in the order of the model's classes. @throws DataError for a class that the model does not know */
function renamed(
  labels: Uint8Array,
  places: readonly number[],
  { root, classes }: MaskDataset,
  id: string,
): Uint8Array {
  return labels.map((label) => {
    if (label === ignoredLabel) return ignoredLabel;
    const place = places[label] ?? -1;
    if (place >= 0) return place;
    throw new EngraftError("DataError", `the model does not know the class ${classes[label] ?? label}`, {
      at: `${root}, ${id}`,
      help: "rename it to a class of the model, or leave the picture out",
    });
  });
}
