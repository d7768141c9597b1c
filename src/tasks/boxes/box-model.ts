import { readDetections } from "../../bases/detection/read-detections.js";
import type { Detection, Size } from "../../data/boxes/box.js";
import type { ImagePreprocessing } from "../../data/dataset.js";
import { pictureHeader } from "../../data/images/decode.js";
import { decodePixels } from "../../data/index.js";
import { openImageFolder } from "../../inference/image-folder.js";
import { eachImage, type PredictImages } from "../../inference/image-input.js";
import { type LoadOptions, openModelSession } from "../../inference/model-session.js";
import type { Machine } from "../../run/machine.js";
import type { Session } from "../../runtime/runtime.js";

/** A found object, as the object-detection pipeline of Transformers.js gives it. */
export interface FoundBox {
  readonly label: string;
  /** Calibrated, 0 … 1. */
  readonly score: number;
  /** In pixels of the upright picture, rounded to 1/100. */
  readonly box: {
    readonly xmin: number;
    readonly ymin: number;
    readonly xmax: number;
    readonly ymax: number;
  };
}

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
  readonly predict: PredictImages<FoundBox[], BoxOptions>;
  close(): Promise<void>;
}

/** Threshold of the pipeline in Transformers.js, for folders of other programs. */
const usualThreshold = 0.9;

/** Opens a model folder of object detection. @throws ModelError for another folder */
export async function openBoxModel(machine: Machine, path: string, options: LoadOptions): Promise<BoxModel> {
  const { platform } = machine;
  const folder = await openImageFolder(platform, path);
  const { dir, classes, preprocessing, engraft } = folder;
  const usual = engraft?.boxes?.threshold ?? usualThreshold;
  const { session, close } = await openModelSession(machine, folder, options.threads);
  return {
    ...{ task: "object-detection", dir, classes, threshold: usual },
    predict: eachImage(async (input, { threshold = usual }: BoxOptions = {}) => {
      const { width, height } = await pictureHeader(input, platform);
      const { data } = await decodePixels(input, preprocessing, platform);
      const found = await detect(session, data, preprocessing, classes.length, { width, height });
      return found.filter(({ score }) => score >= threshold).map((one) => foundBox(one, classes));
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

const rounded = (x: number): number => Number(x.toFixed(2));

function foundBox({ label, score, box: [x1, y1, x2, y2] }: Detection, classes: readonly string[]): FoundBox {
  const box = { xmin: rounded(x1), ymin: rounded(y1), xmax: rounded(x2), ymax: rounded(y2) };
  return { label: classes[label]!, score, box };
}
