import {
  type MaskLogits,
  readSegmentation,
  type Segmentation,
} from "../../bases/segmentation/read-segmentation.js";
import { EngraftError } from "../../core/errors.js";
import type { Size } from "../../data/boxes/box.js";
import { contentOf } from "../../data/boxes/open-boxes.js";
import type { ImagePreprocessing } from "../../data/dataset.js";
import { pictureHeader } from "../../data/images/decode.js";
import { batches, decodePixels } from "../../data/index.js";
import { ignoredLabel } from "../../data/masks/label-map.js";
import type { MaskDataset } from "../../data/masks/mask-dataset.js";
import { requireMasks } from "../../data/masks/open-masks.js";
import { maskConfusion } from "../../evaluate/segmentation/score-masks.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, SegmentationEvaluation } from "../../inference/evaluation.js";
import { openImageFolder } from "../../inference/image-folder.js";
import { eachImage, type ImageInput, type PredictImages } from "../../inference/image-input.js";
import { type LoadOptions, openModelSession } from "../../inference/model-session.js";
import type { Machine } from "../../run/machine.js";
import type { Session } from "../../runtime/runtime.js";
import { matchClassNames } from "../dense/match-class-names.js";
import type { PictureLine } from "../dense/picture-line.js";
import { maskLoader } from "./load-mask.js";
import { scoreCounts } from "./mask-scores.js";

/** The pixels of a class in a picture, in the form of the image-segmentation pipeline of Transformers.js. */
export interface NamedMask {
  readonly label: string;
  /** Mean probability of the class over its pixels, 0 … 1. The pipeline has none. */
  readonly score: number;
  /** At the original size of the picture. */
  readonly mask: Size & {
    /** uint8[height, width]: 255 for a pixel of the class, else 0. */
    readonly data: Uint8Array;
  };
}

/** Model of image segmentation. */
export interface MaskModel {
  readonly task: "image-segmentation";
  readonly dir: string;
  readonly classes: readonly string[];
  /**
   * Returns the mask of each class that a picture has, or of each of several pictures, in the order of the classes. Each pixel is in one
   * mask. @throws DataError for a picture that cannot be read
   */
  readonly predict: PredictImages<NamedMask[]>;
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} */
  predictLines(pictures: readonly ImageInput[]): Promise<PictureLine[]>;
  close(): Promise<void>;
}

/** Opens a model folder of image segmentation. @throws ModelError for another folder */
export async function openMaskModel(
  machine: Machine,
  path: string,
  options: LoadOptions,
): Promise<MaskModel> {
  const { platform } = machine;
  const folder = await openImageFolder(platform, path, "masks");
  const { dir, classes, preprocessing } = folder;
  const { session, close } = await openModelSession(machine, folder, options);
  const predict = eachImage(async (input) => {
    const { width, height } = await pictureHeader(input, platform);
    const { data } = await decodePixels(input, preprocessing, platform);
    const logits = await segment(session, data, preprocessing);
    return namedMasks(readSegmentation(logits, { width, height }), classes);
  });
  return {
    task: "image-segmentation",
    dir,
    classes,
    predict,
    async predictLines(pictures) {
      const { lineOfMasks } = await import("./mask-lines.js");
      return Promise.all((await predict(pictures)).map((found) => lineOfMasks(found, classes)));
    },
    close,
  };
}

/** Returns the logits of a picture. @param pixels uint8[H, W, 3] in the size of the network's input */
export async function segment(
  session: Session,
  pixels: Uint8Array,
  { height, width }: Pick<ImagePreprocessing, "height" | "width">,
): Promise<MaskLogits> {
  const input = session.inputs[0]!.name;
  const outputs = await session.run({
    [input]: { dtype: "uint8", dims: [1, height, width, 3], data: pixels },
  });
  const { data, dims } = Object.values(outputs)[0]!;
  const [, classes, rows, columns] = dims as [number, number, number, number];
  return { data: data as Float32Array, classes, height: rows, width: columns };
}

/** Returns a mask for each class that has a pixel. */
export const namedMasks = (
  { width, height, labels, pixels, probabilities }: Segmentation,
  classes: readonly string[],
): NamedMask[] =>
  classes.flatMap((label, k) =>
    pixels[k] === 0
      ? []
      : [
          {
            label,
            score: probabilities[k]!,
            mask: { width, height, data: labels.map((v) => (v === k ? 255 : 0)) },
          },
        ],
  );

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
    groupFrom,
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
