import type { DetectionResultEvent } from "../../core/results/dense/detection.js";
import { cocoResults } from "../../evaluate/detection/coco-results.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import type { Saved, Solved } from "../../run/trainable-task.js";
import { itemsIn } from "../dense/as-dataset.js";
import { keepDetails } from "../dense/details-file.js";
import { boxDetails } from "./box-details.js";
import type { BoxPredictions } from "./box-predictions.js";
import type { BoxFacts } from "./calibrate-boxes.js";
import type { Detector } from "./detector.js";

/** Name of the file with the detections of the test split, in the format of COCO's results. */
export const detectionsFile = "detections.json";

/** Saves the model folder, the detections of the test split, the report and the record of a run. */
export async function saveBoxes(
  detector: Detector,
  {
    own,
    result,
    events,
    onnx,
    unfinished,
  }: Saved<BoxPredictions, Solved<BoxPredictions>, BoxFacts, DetectionResultEvent>,
): Promise<void> {
  const { context, answers, facts } = own;
  const { data } = detector;
  const { platform, run, opened } = context;
  const found = cocoResults(data, itemsIn(detector, "test"), answers.test);
  await platform.files.writeAtomic(run.file(detectionsFile), JSON.stringify(found));
  await keepDetails(platform, run.path, boxDetails(detector, answers, facts));
  const samples = run.manifest.options.pictures !== false;
  const report = reportOf(context, data.root, result, events);
  const { boxesSheet } = await import("./boxes-sheet.js");
  const { sheetCard } = await import("../../report/sheet/sheet-card.js");
  const { n, ap, ap_ci95, ap50, ap50_ci95 } = result.test;
  await saveRun(context, {
    data,
    result,
    unfinished,
    card: sheetCard(boxesSheet, report),
    render: async () => {
      const { sheetPage } = await import("../../report/sheet/sheet-page.js");
      const { shownBoxes } = await import("./shown-boxes.js");
      const shown = await shownBoxes(platform, result, samples);
      return sheetPage(boxesSheet, { ...report, samples, result: { ...result, ...shown } });
    },
    content: {
      onnx: onnx!,
      predicts: "boxes",
      classes: data.classes,
      preprocessing: opened.base.preprocessing,
    },
    engraft: {
      task: "object-detection",
      test: { n, ap, ap_ci95, ap50, ap50_ci95 },
      boxes: { threshold: facts.threshold },
    },
  });
}
