import {
  type NamedDetection,
  namedDetections,
  readDetections,
} from "../../bases/detection/read-detections.js";
import type { Detection, Size } from "../../data/boxes/box.js";
import type { ImagePreprocessing } from "../../data/dataset.js";
import { pictureHeader } from "../../data/images/decode.js";
import { decodePixels } from "../../data/index.js";
import { openImageFolder } from "../../inference/image-folder.js";
import { eachImage, type PredictImages } from "../../inference/image-input.js";
import { type LoadOptions, openModelSession } from "../../inference/model-session.js";
import type { Machine } from "../../run/machine.js";
import type { Session } from "../../runtime/runtime.js";

/** Options of a detector's predictions. */
export interface BoxOptions {
  /** Least score of a found box, 0.0104 … 1. Default: that of the best F1 on the validation split. */
  readonly threshold?: number;
}

/** Model of object detection. */
export interface BoxModel {
  readonly task: "object-detection";
  readonly dir: string;
  readonly classes: readonly string[];
  /** Default of the option `threshold`. */
  readonly threshold: number;
  /** Returns the boxes in a picture, or in each of several, by falling score. @throws DataError for a picture that cannot be read */
  readonly predict: PredictImages<NamedDetection[], BoxOptions>;
  close(): Promise<void>;
}

/** Threshold of the pipeline in Transformers.js, for folders of other programs. */
const usualThreshold = 0.9;

/** Opens a model folder of object detection. @throws ModelError for another folder */
export async function openBoxModel(machine: Machine, path: string, options: LoadOptions): Promise<BoxModel> {
  const { platform } = machine;
  const folder = await openImageFolder(platform, path, "boxes");
  const { dir, classes, preprocessing, engraft } = folder;
  const usual = engraft?.boxes?.threshold ?? usualThreshold;
  const { session, close } = await openModelSession(machine, folder, options);
  return {
    task: "object-detection",
    dir,
    classes,
    threshold: usual,
    predict: eachImage(async (input, { threshold = usual }: BoxOptions = {}) => {
      const { width, height } = await pictureHeader(input, platform);
      const { data } = await decodePixels(input, preprocessing, platform);
      const found = await detect(session, data, preprocessing, classes.length, { width, height });
      return namedDetections(found, classes, threshold);
    }),
    close,
  };
}

/** Returns the detections of a picture. @param pixels uint8[H, W, 3] in the size of the network's input */
export async function detect(
  session: Session,
  pixels: Uint8Array,
  { height, width }: Pick<ImagePreprocessing, "height" | "width">,
  classes: number,
  size: Size,
): Promise<Detection[]> {
  const input = session.inputs[0]!.name;
  const outputs = await session.run({
    [input]: { dtype: "uint8", dims: [1, height, width, 3], data: pixels },
  });
  const [logits, boxes] = Object.values(outputs).map(({ data }) => data as Float32Array);
  return readDetections(logits!, boxes!, classes, size);
}
