import { headParameters } from "../../bases/dense/dense-head.js";
import { segmentationHead } from "../../bases/dense/segmentation-head.js";
import { exportClassifier } from "../../bases/export.js";
import { withTemperature } from "../../bases/temperature.js";
import type { PixelReliability, SegmentationResultEvent } from "../../core/results/dense/segmentation.js";
import { contentOf } from "../../data/boxes/open-boxes.js";
import { decodeSize } from "../../data/dense/decode-size.js";
import type { MaskDataset, MaskItem } from "../../data/masks/mask-dataset.js";
import { requireMasks } from "../../data/masks/open-masks.js";
import { expectedCalibrationError } from "../../evaluate/calibration.js";
import { readScores } from "../../evaluate/recorded-scores.js";
import { fitTemperature } from "../../evaluate/temperature.js";
import type { Graph } from "../../graph/graph.js";
import { argmax, softmaxRows } from "../../linalg/softmax.js";
import type { Platform } from "../../platform/platform.js";
import { probeBaseline } from "../../run/baselines/probe-baseline.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import type { Calibrated, RunModel, Saved, Solved, TrainableTask } from "../../run/trainable-task.js";
import { heldOf } from "../../run/training/planned.js";
import { namedValidation } from "../../run/validation-fields.js";
import { itemsIn } from "../dense/as-dataset.js";
import { denseAugmentation } from "../dense/dense-augmentation.js";
import { denseDefaults } from "../dense/dense-defaults.js";
import { denseRun } from "../dense/dense-run.js";
import { type DenseTrunk, openDenseTrunk } from "../dense/dense-trunk.js";
import { keepDetails } from "../dense/details-file.js";
import { eachOutput, withEvaluator } from "../dense/predict-pictures.js";
import { type ReportData, reportData } from "../dense/report-data.js";
import { countPixels } from "./class-pixels.js";
import { type FirstPredictions, firstPredictions } from "./first-predictions.js";
import { maskLoader } from "./load-mask.js";
import type { MaskAnswers, SampledPixels } from "./mask-answers.js";
import { maskBaselines } from "./mask-baselines.js";
import { maskDetails, type PredictPictures } from "./mask-details.js";
import { maskHead } from "./mask-head.js";
import { type MaskPredictions, predictMasks } from "./mask-predictions.js";
import { scoreCounts } from "./mask-scores.js";
import type { Segmenter } from "./segmenter.js";
import { solveMasks } from "./solve-masks.js";

/** Pictures with masks have no class: all are alike. */
const labelOf = (): number => 0;

/** Runs of image segmentation. */
export const masksRun = denseRun({
  targets: "masks",
  targetText: ({ mask }: MaskItem) => (typeof mask === "string" ? "" : JSON.stringify(mask)),
  open: (path, how) => openMaskData(how.platform, path, how),
  defaultsOf: denseDefaults,
  async bind({ data, dense: { maps }, size, platform, options, onEvent }) {
    const { classes } = data;
    const shape = segmentationHead(maps, { classes: classes.length, size });
    const loadMask = maskLoader(platform, data);
    const train = itemsIn({ data }, "train");
    const augmentation = denseAugmentation(options);
    const { signal } = options;
    const pixels = await countPixels(train, classes, {
      loadMask,
      onEvent,
      signal,
      sizeOf: (item) => decodeSize(item, size, augmentation),
    });
    const segmenter: Segmenter = { data, shape, size, loadMask, pixels };
    const { height, width } = shape.levels[0]!;
    const first = firstPredictions(pixels, train.length * height * width);
    return { head: maskHead(segmenter, first, options), task: masksTask(segmenter, first) };
  },
});

/** Opens pictures with masks, and reports them. @throws DataError for unusable data */
export async function openMaskData(
  platform: Platform,
  path: string,
  { signal, ...report }: Omit<ReportData<MaskItem>, "task" | "labelOf"> & { readonly signal?: AbortSignal },
): Promise<MaskDataset> {
  const {
    seed,
    onEvent,
    options: { groupFrom },
  } = report;
  const content = await contentOf(platform, path, signal);
  const whole = await requireMasks(content, { seed, onEvent, groupFrom, signal });
  return reportData(whole, { task: "image-segmentation", labelOf, ...report });
}

type MaskRunModel = RunModel<MaskPredictions, Solved<MaskPredictions>, MaskFacts>;

/** Returns the task of image segmentation. */
function masksTask(
  segmenter: Segmenter,
  first: FirstPredictions,
): TrainableTask<MaskPredictions, Solved<MaskPredictions>, MaskFacts, SegmentationResultEvent, DenseTrunk> {
  const { data, shape, size, pixels } = segmenter;
  const { classes } = data;
  const scoresOf = ({ counts }: MaskAnswers, part: "validation" | "test" = "test") =>
    scoreCounts(itemsIn(segmenter, part), counts, classes);
  const withoutTraining = ({ probe, solved }: MaskRunModel): SegmentationResultEvent["baselines"] =>
    probe ? { probe: probeBaseline(scoresOf(probe.test), solved) } : {};
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
  const { machine, run } = context;
  const details = await maskDetails(segmenter, own.answers.test, result.test, predictTestPictures(own));
  await keepDetails(machine.platform, run.path, details);
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
      const shown = await shownMasks(machine.platform, result, samples);
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

/** What the validation split decides. */
interface MaskFacts {
  /** Divisor of the logits. */
  readonly temperature: number;
  /** Pixels of the test split with logits that are not divided. */
  readonly uncalibrated: SampledPixels;
}

/** Divides the logits by the temperature that fits pixels of the validation split. The predicted classes stay. */
function calibrateMasks(
  model: Graph,
  { test, held }: MaskPredictions,
  classes: number,
): Calibrated<MaskPredictions, MaskFacts> {
  const { logits, labels } = held!.pixels;
  const temperature = labels.length === 0 ? 1 : fitTemperature(logits, labels, classes).temperature;
  return {
    model: withTemperature(model, temperature),
    answers: { test: divided(test, temperature), held: divided(held!, temperature) },
    facts: { temperature, uncalibrated: test.pixels },
  };
}

const divided = ({ counts, pixels: { logits, labels } }: MaskAnswers, temperature: number): MaskAnswers => ({
  counts,
  pixels: { logits: logits.map((z) => z / temperature), labels },
});

/** Compares the probability of the predicted class with the share of right pixels. */
function reliabilityOf({ logits, labels }: SampledPixels, classes: number): PixelReliability {
  const n = labels.length;
  if (n === 0) return { n, ece: null };
  const p = softmaxRows(logits, classes);
  const best = Array.from({ length: n }, (_, i) => argmax(p, i * classes, classes));
  const confidence = best.map((k, i) => p[i * classes + k]!);
  return {
    n,
    ece: expectedCalibrationError(
      confidence,
      best.map((k, i) => k === labels[i]),
    ),
  };
}
