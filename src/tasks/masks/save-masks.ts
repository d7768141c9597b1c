import type { SegmentationResultEvent } from "../../core/results/dense/segmentation.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import type { RunModel, Saved, Solved } from "../../run/trainable-task.js";
import { heldOf } from "../../run/training/planned.js";
import { keepDetails } from "../dense/details-file.js";
import { eachOutput, withEvaluator } from "../dense/predict-pictures.js";
import type { MaskFacts } from "./calibrate-masks.js";
import { maskDetails, type PredictPictures } from "./mask-details.js";
import type { MaskPredictions } from "./mask-predictions.js";
import type { Segmenter } from "./segmenter.js";

/** Saves the model folder, the report and the record of a run. */
export async function saveMasks(
  segmenter: Segmenter,
  {
    own,
    result,
    events,
    onnx,
    unfinished,
  }: Saved<MaskPredictions, Solved<MaskPredictions>, MaskFacts, SegmentationResultEvent>,
): Promise<void> {
  const { data } = segmenter;
  const { context } = own;
  const { platform, run } = context;
  const details = await maskDetails(segmenter, own.answers.test, result.test, predictTestPictures(own));
  await keepDetails(platform, run.path, details);
  const samples = run.manifest.options.pictures !== false;
  const report = reportOf(context, data.root, result, events);
  const { masksSheet } = await import("./masks-sheet.js");
  const { sheetCard } = await import("../../report/sheet/sheet-card.js");
  const { n, miou, miou_ci95 } = result.test;
  await saveRun(context, {
    data,
    result,
    unfinished,
    card: sheetCard(masksSheet, report),
    render: async () => {
      const { sheetPage } = await import("../../report/sheet/sheet-page.js");
      const { shownMasks } = await import("./shown-masks.js");
      const shown = await shownMasks(platform, result, samples);
      return sheetPage(masksSheet, { ...report, samples, result: { ...result, ...shown } });
    },
    content: {
      onnx: onnx!,
      predicts: "masks",
      classes: data.classes,
      preprocessing: context.opened.base.preprocessing,
    },
    engraft: { task: "image-segmentation", test: { n, miou, miou_ci95 } },
  });
}

/** Returns a function that predicts pictures of the test split with the trained model. */
function predictTestPictures({
  context,
  model,
}: Pick<
  RunModel<MaskPredictions, Solved<MaskPredictions>, MaskFacts>,
  "context" | "model"
>): PredictPictures {
  const held = heldOf(context, "test");
  return (pictures, read) =>
    withEvaluator(context, model, (evaluate) => {
      const items = pictures.map((picture) => held.items[picture]!);
      return eachOutput(evaluate, { ...held, items }, read, context.options.signal);
    });
}
