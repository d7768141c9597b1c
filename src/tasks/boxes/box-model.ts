import {
  type NamedDetection,
  namedDetections,
  readDetections,
} from "../../bases/detection/read-detections.js";
import type { Detection, Size } from "../../data/boxes/box.js";
import { openBoxes } from "../../data/boxes/open-boxes.js";
import type { ImagePreprocessing } from "../../data/dataset.js";
import { pictureHeader } from "../../data/images/decode.js";
import { batches, decodePixels } from "../../data/index.js";
import { cocoResults } from "../../evaluate/detection/coco-results.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { DetectionEvaluation, EvaluateOptions } from "../../inference/evaluation.js";
import { openImageFolder } from "../../inference/image-folder.js";
import { eachImage, type ImageInput, type PredictImages } from "../../inference/image-input.js";
import { type LoadOptions, openModelSession } from "../../inference/model-session.js";
import { requireOwnOutput, writeOutput } from "../../platform/disk/write-output.js";
import type { Machine } from "../../run/machine.js";
import type { Session } from "../../runtime/runtime.js";
import { matchClassNames } from "../dense/match-class-names.js";
import type { PictureLine } from "../dense/picture-line.js";
import { scoreBoxes } from "./box-scores.js";

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
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} */
  predictLines(pictures: readonly ImageInput[], how: BoxOptions): Promise<PictureLine[]>;
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
  const predict = eachImage(async (input, { threshold = usual }: BoxOptions = {}) => {
    const { width, height } = await pictureHeader(input, platform);
    const { data } = await decodePixels(input, preprocessing, platform);
    const found = await detect(session, data, preprocessing, classes.length, { width, height });
    return namedDetections(found, classes, threshold);
  });
  return {
    task: "object-detection",
    dir,
    classes,
    threshold: usual,
    predict,
    predictLines: async (pictures, how) =>
      (await predict(pictures, how)).map((boxes) => lineOf(boxes, classes)),
    close,
  };
}

const lineOf = (boxes: readonly NamedDetection[], classes: readonly string[]): PictureLine => ({
  event: { boxes },
  words: boxes.map(({ label, score, box: { xmin, ymin, xmax, ymax } }) =>
    [label, score.toFixed(4), ...[xmin, ymin, xmax, ymax].map((x) => x.toFixed(1))].join(" "),
  ),
  overlay: () => ({
    boxes: boxes.map(({ label: name, score, box: { xmin, ymin, xmax, ymax } }) => ({
      name,
      score,
      label: classes.indexOf(name),
      box: [xmin, ymin, xmax, ymax],
    })),
  }),
});

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

/** Scores a model of object detection. Classes are matched by name. @throws as `evaluate` */
export async function evaluateBoxes(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<DetectionEvaluation> {
  const { platform } = machine;
  const { seed = 0, groupFrom, signal, onEvent } = options;
  if (options.coco !== undefined)
    await requireOwnOutput(platform.files, options.coco, "detections", "--coco");
  const folder = await openImageFolder(platform, model, "boxes");
  const { classes, preprocessing, engraft } = folder;
  const how = {
    seed,
    platform,
    emptyParts: true,
    groupFrom,
    signal,
    onEvent,
  };
  const opened = await openBoxes(data, how);
  const used = new Set(opened.items.flatMap(({ objects }) => objects.map(({ label }) => label)));
  const places = matchClassNames(opened, classes, (label) => used.has(label));
  const named = opened.items.map((item) => ({
    ...item,
    objects: item.objects.map((one) => ({ ...one, label: places[one.label]! })),
  }));
  const scored = { items: named, root: opened.root, unit: "pictures" } as const;
  return evaluateModel(machine, folder, scored, options, async (session, items) => {
    const detections: (readonly Detection[])[] = [];
    const pictures = items.map((item) => ({ ...item, label: 0 }));
    const read = { batchSize: 1, preprocessing, platform, signal };
    for await (const { pixels, indices } of batches(pictures, read))
      detections.push(await detect(session, pixels, preprocessing, classes.length, items[indices[0]!]!));
    const threshold = engraft?.boxes?.threshold ?? 0.5;
    const coco = options.coco === undefined ? undefined : platform.files.resolve(options.coco);
    if (coco !== undefined) {
      const ids = opened.cocoIds && { cocoIds: idsOfClasses(opened.cocoIds, places, classes.length) };
      const results = cocoResults({ ...ids }, items, detections);
      await writeOutput(platform.files, coco, JSON.stringify(results), "detections", "--coco");
    }
    return {
      task: "object-detection" as const,
      test: scoreBoxes(items, detections, classes, threshold),
      ...(coco !== undefined && { coco }),
    };
  });
}

/**
 * Returns the COCO id of each class of the model. Classes that the data do not have get ids that the data do not have either.
 * @param places class of the model for each class of the data
 */
function idsOfClasses(ids: readonly number[], places: readonly number[], classes: number): number[] {
  let next = Math.max(...ids) + 1;
  return Array.from({ length: classes }, (_, k) => ids[places.indexOf(k)] ?? next++);
}
