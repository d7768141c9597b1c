import { headParameters } from "../../bases/dense/dense-head.js";
import { exportClassifier } from "../../bases/export.js";
import { recipeFields } from "../../core/messages/message.js";
import type { SegmentationResultEvent } from "../../core/results/dense/segmentation.js";
import { readScores } from "../../evaluate/recorded-scores.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import type { RunModel, Saved, Solved, TrainableTask } from "../../run/trainable-task.js";
import { heldOf } from "../../run/training/planned.js";
import { namedValidation } from "../../run/validation-fields.js";
import { itemsIn } from "../dense/as-dataset.js";
import { type DenseTrunk, openDenseTrunk } from "../dense/dense-trunk.js";
import { keepDetails } from "../dense/details-file.js";
import { eachOutput, withEvaluator } from "../dense/predict-pictures.js";
import { calibrateMasks, type MaskFacts, reliabilityOf } from "./calibrate-masks.js";
import type { FirstPredictions } from "./first-predictions.js";
import type { MaskAnswers } from "./mask-answers.js";
import { maskBaselines } from "./mask-baselines.js";
import { maskDetails, type PredictPictures } from "./mask-details.js";
import { type MaskPredictions, predictMasks } from "./mask-predictions.js";
import { scoreCounts } from "./mask-scores.js";
import type { Segmenter } from "./segmenter.js";
import { solveMasks } from "./solve-masks.js";

export type MaskRunModel = RunModel<MaskPredictions, Solved<MaskPredictions>, MaskFacts>;

/** Returns the task of image segmentation. */
export function masksTask(
  segmenter: Segmenter,
  first: FirstPredictions,
): TrainableTask<MaskPredictions, Solved<MaskPredictions>, MaskFacts, SegmentationResultEvent, DenseTrunk> {
  const { data, shape, size, pixels } = segmenter;
  const { classes } = data;
  const scoresOf = ({ counts }: MaskAnswers, part: "validation" | "test" = "test") =>
    scoreCounts(itemsIn(segmenter, part), counts, classes);
  const withoutTraining = ({ probe, solved }: MaskRunModel): SegmentationResultEvent["baselines"] => {
    const { features, solving } = solved.seconds;
    if (!probe) return {};
    return {
      probe: { test: scoresOf(probe.test), seconds: features + solving, ...recipeFields(solved.recipe) },
    };
  };
  return {
    score: "miou",
    samples: "pictures",
    openTrunk: (context) => openDenseTrunk(context, shape.maps),
    headParameters: async () => headParameters(shape),
    solve: (context, trunk) => solveMasks(context, segmenter, first, trunk),
    predict: async (context, model, role) => (await predictMasks(context, segmenter, model, role)).answers,
    calibrate: async (_context, model, answers) => calibrateMasks(model, answers, classes.length),
    scored: ({ test }) => readScores(scoresOf(test))!,
    scoredOnValidation: ({ held }) => readScores(scoresOf(held!, "validation"))!,
    result: async (common, own) => ({
      ...common,
      task: "image-segmentation",
      classes,
      input: { width: size.width, height: size.height },
      pixels: { shares: Array.from(pixels.shares), weights: pixels.weights },
      test: scoresOf(own.answers.test),
      validation: { n: own.answers.held!.counts.length, ...namedValidation("miou", own.validation) },
      calibration: {
        temperature: own.facts.temperature,
        before: reliabilityOf(own.facts.uncalibrated, classes.length),
        after: reliabilityOf(own.answers.test.pixels, classes.length),
      },
      baselines: withoutTraining(own),
    }),
    baselines: async (own, scratch) => {
      const { majority, colour, otsu } = await maskBaselines(own.context, segmenter);
      return {
        baselines: {
          ...withoutTraining(own),
          ...(majority && { majority: majority.baseline }),
          ...(colour && { colour: colour.baseline }),
          ...(otsu && { otsu: otsu.baseline }),
          ...(scratch && { scratch: { test: scoresOf(scratch.answers.test), ...scratch.report } }),
        },
        validation: {
          probe: own.solved.validation.score,
          ...(majority && { majority: majority.validation }),
          ...(colour && { colour: colour.validation }),
          ...(otsu && { otsu: otsu.validation }),
        },
      };
    },
    export: async ({ opened }, model, stored) => exportClassifier(model, opened.base.preprocessing, stored),
    save: (saved) => saveMasks(segmenter, saved),
  };
}

/** Saves the model folder, the report and the record of a run. */
async function saveMasks(
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
