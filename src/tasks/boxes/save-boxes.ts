import type { DetectionResultEvent } from "../../core/results/dense/detection.js";
import { cocoResults } from "../../evaluate/detection/coco-results.js";
import { drawWorst } from "../../run/report/boxes-report-parts.js";
import { keepDetails } from "../../run/report/details-file.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import type { Saved, Solved } from "../../run/trainable-task.js";
import { itemsIn } from "../dense/as-dataset.js";
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
  const details = boxDetails(detector, answers, facts);
  await keepDetails(platform, run.path, details);
  const report = reportOf(context, data.root, result, events);
  const { renderBoxesCard } = await import("../../report/cards/boxes-card.js");
  const { n, ap, ap_ci95, ap50, ap50_ci95 } = result.test;
  await saveRun(context, {
    ...{ data, result, unfinished, card: renderBoxesCard(report) },
    render: async () => {
      const { renderBoxesReport } = await import("../../report/pages/dense/boxes-report.js");
      const samples = run.manifest.options.pictures !== false;
      const drawings = samples && { drawings: await drawWorst(platform, details, data.classes) };
      return renderBoxesReport({ ...report, details, ...drawings });
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
