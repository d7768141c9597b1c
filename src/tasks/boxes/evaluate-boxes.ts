import type { Detection } from "../../data/boxes/box.js";
import { openBoxes } from "../../data/boxes/open-boxes.js";
import { batches } from "../../data/index.js";
import { cocoResults } from "../../evaluate/detection/coco-results.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { DetectionEvaluation, EvaluateOptions } from "../../inference/evaluation.js";
import { openImageFolder } from "../../inference/image-folder.js";
import { requireOwnOutput, writeOutput } from "../../platform/disk/write-output.js";
import type { Machine } from "../../run/machine.js";
import { matchClassNames } from "../dense/match-class-names.js";
import { detect } from "./box-model.js";
import { scoreBoxes } from "./box-scores.js";

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
    ...(groupFrom !== undefined && { groupFrom }),
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
