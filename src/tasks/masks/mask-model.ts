import {
  type MaskLogits,
  readSegmentation,
  type Segmentation,
} from "../../bases/segmentation/read-segmentation.js";
import type { Size } from "../../data/boxes/box.js";
import type { ImagePreprocessing } from "../../data/dataset.js";
import { pictureHeader } from "../../data/images/decode.js";
import { decodePixels } from "../../data/index.js";
import { openImageFolder } from "../../inference/image-folder.js";
import { eachImage, type PredictImages } from "../../inference/image-input.js";
import { type LoadOptions, openModelSession } from "../../inference/model-session.js";
import type { Machine } from "../../run/machine.js";
import type { Session } from "../../runtime/runtime.js";

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
  return {
    task: "image-segmentation",
    dir,
    classes,
    predict: eachImage(async (input) => {
      const { width, height } = await pictureHeader(input, platform);
      const { data } = await decodePixels(input, preprocessing, platform);
      const logits = await segment(session, data, preprocessing);
      return namedMasks(readSegmentation(logits, { width, height }), classes);
    }),
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
