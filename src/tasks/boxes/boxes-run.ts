import { headParameters } from "../../bases/dense/dense-head.js";
import { detectionHead } from "../../bases/dense/detection-head.js";
import { exportDetector } from "../../bases/export.js";
import { message, recipeFields } from "../../core/messages/message.js";
import type { DetectionBaseline, DetectionResultEvent } from "../../core/results/dense/detection.js";
import type { Detection } from "../../data/boxes/box.js";
import type { BoxDataset, BoxItem } from "../../data/boxes/box-dataset.js";
import { openBoxes } from "../../data/boxes/open-boxes.js";
import { placesOf } from "../../data/boxes/places.js";
import { averagePrecisions, meanPrecision } from "../../evaluate/detection/average-precision.js";
import { cocoResults } from "../../evaluate/detection/coco-results.js";
import { matchClasses } from "../../evaluate/detection/match.js";
import { bestPoint } from "../../evaluate/detection/operating-point.js";
import { readScores } from "../../evaluate/recorded-scores.js";
import { fitConstantBoxes } from "../../methods/dense/index.js";
import type { Platform } from "../../platform/platform.js";
import { probeBaseline } from "../../run/baselines/probe-baseline.js";
import { reportOf, saveRun } from "../../run/save-run.js";
import type { RunModel, Saved, Solved, TrainableTask } from "../../run/trainable-task.js";
import { namedValidation } from "../../run/validation-fields.js";
import { itemsIn } from "../dense/as-dataset.js";
import { denseDefaults } from "../dense/dense-defaults.js";
import { denseRun } from "../dense/dense-run.js";
import { type DenseTrunk, openDenseTrunk } from "../dense/dense-trunk.js";
import { keepDetails } from "../dense/details-file.js";
import { type ReportData, reportData } from "../dense/report-data.js";
import { boxDetails } from "./box-details.js";
import { boxHead } from "./box-head.js";
import { type BoxPredictions, predictBoxes } from "./box-predictions.js";
import { scoreBoxes } from "./box-scores.js";
import { type BoxFacts, calibrateBoxes, reliabilityOf } from "./calibrate-boxes.js";
import { asPictures, type Detector, plainRows } from "./detector.js";
import { type FirstPredictions, firstPredictions } from "./first-predictions.js";
import { solvePlaces } from "./solve-places.js";

/** Returns the class of the first box of a picture; 0 without one. */
const labelOf = ({ objects }: BoxItem): number => objects[0]?.label ?? 0;

/** Runs of object detection. */
export const boxesRun = denseRun({
  targets: "boxes",
  targetText: ({ objects }: BoxItem) => JSON.stringify(objects),
  open: (path, how) => openBoxData(how.platform, path, how),
  defaultsOf: denseDefaults,
  async bind({ data, dense: { maps, kind }, size, options }) {
    const shape = detectionHead(maps, { classes: data.classes.length, hasNeck: kind === "detector" });
    const detector: Detector = { data, shape, size, places: placesOf(maps, size) };
    const rows = itemsIn(detector, "train").map((item) => plainRows(detector, item));
    const first = firstPredictions(detector, rows);
    return { head: boxHead(detector, first, options), task: boxesTask(detector, first) };
  },
});

/** Opens pictures with boxes, and reports them. @throws DataError for unusable data */
export async function openBoxData(
  platform: Platform,
  path: string,
  { signal, ...report }: Omit<ReportData<BoxItem>, "task" | "labelOf"> & { readonly signal?: AbortSignal },
): Promise<BoxDataset> {
  const {
    seed,
    onEvent,
    options: { groupFrom },
  } = report;
  const whole = await openBoxes(path, { seed, platform, onEvent, groupFrom, signal });
  return reportData(whole, { task: "object-detection", labelOf, ...report });
}

type BoxRunModel = RunModel<BoxPredictions, Solved<BoxPredictions>, BoxFacts>;

/** Returns the task of object detection. */
function boxesTask(
  detector: Detector,
  first: FirstPredictions,
): TrainableTask<BoxPredictions, Solved<BoxPredictions>, BoxFacts, DetectionResultEvent, DenseTrunk> {
  const { data, shape, size } = detector;
  const { classes } = data;
  const [held, test] = [itemsIn(detector, "validation"), itemsIn(detector, "test")];
  const scoresOf = (detections: readonly (readonly Detection[])[], threshold: number) =>
    scoreBoxes(test, detections, classes, threshold);
  const heldPoint = (detections: readonly (readonly Detection[])[]): number =>
    bestPoint(matchClasses(asPictures(held, detections), classes.length)).threshold;
  const withoutTraining = ({ probe, solved }: BoxRunModel): DetectionResultEvent["baselines"] =>
    probe ? { probe: probeBaseline(scoresOf(probe.test, heldPoint(probe.held!)), solved) } : {};
  return {
    score: "map",
    samples: "pictures",
    openTrunk: (context) => openDenseTrunk(context, shape.maps),
    headParameters: async () => headParameters(shape),
    solve: (context, trunk) => solvePlaces(context, detector, first, trunk),
    predict: async (context, model, role) => (await predictBoxes(context, detector, model, role)).answers,
    calibrate: async (_context, model, answers) => calibrateBoxes(detector, model, answers),
    scored: ({ test: found }) => readScores(scoresOf(found, 0))!,
    scoredOnValidation: ({ held: found }) => readScores(scoreBoxes(held, found!, classes, 0))!,
    result: async (common, own) => ({
      ...common,
      task: "object-detection",
      classes,
      input: { width: size.width, height: size.height },
      boxes: {
        train: countBoxes(itemsIn(detector, "train")),
        validation: countBoxes(held),
        test: countBoxes(test),
      },
      test: scoresOf(own.answers.test, own.facts.threshold),
      validation: { n: held.length, ...namedValidation("map", own.validation) },
      calibration: {
        before: reliabilityOf(detector, own.facts.uncalibrated),
        after: reliabilityOf(detector, own.answers.test),
      },
      baselines: withoutTraining(own),
    }),
    baselines: async (own, scratch) => {
      const constant = await constantBaseline(detector);
      return {
        baselines: {
          ...withoutTraining(own),
          constant: constant.baseline,
          ...(scratch && {
            scratch: { test: scoresOf(scratch.answers.test, own.facts.threshold), ...scratch.report },
          }),
        },
        validation: { probe: own.solved.validation.score, constant: constant.validation },
      };
    },
    export: async ({ opened }, model, stored) => exportDetector(model, opened.base.preprocessing, stored),
    save: (saved) => saveBoxes(detector, saved),
  };
}

const countBoxes = (items: readonly BoxItem[]): number =>
  items.reduce((sum, { objects }) => sum + objects.length, 0);

/** Fits the baseline that gives every picture the same boxes. */
function constantBaseline(detector: Detector): {
  readonly baseline: DetectionBaseline;
  readonly validation: number;
} {
  const begin = performance.now();
  const { classes, seed } = detector.data;
  const [train, held, test] = (["train", "validation", "test"] as const).map((part) =>
    itemsIn(detector, part),
  );
  const { predict, counts } = fitConstantBoxes(train!, held!, classes.length, { seed });
  const matches = matchClasses(asPictures(held!, held!.map(predict)), classes.length);
  return {
    baseline: {
      test: scoreBoxes(test!, test!.map(predict), classes, bestPoint(matches).threshold),
      seconds: (performance.now() - begin) / 1000,
      ...recipeFields([message("constant-boxes", { boxes: counts.reduce((a, b) => a + b, 0) })]),
    },
    validation: meanPrecision(matches.map((one) => averagePrecisions(one))) ?? 0,
  };
}

/** Name of the file with the detections of the test split, in the format of COCO's results. */
const detectionsFile = "detections.json";

/** Saves the model folder, the detections of the test split, the report and the record of a run. */
async function saveBoxes(
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
  const { machine, run, opened } = context;
  const found = cocoResults(data, itemsIn(detector, "test"), answers.test);
  await machine.platform.files.writeAtomic(run.file(detectionsFile), JSON.stringify(found));
  await keepDetails(machine.platform, run.path, boxDetails(detector, answers, facts));
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
      const shown = await shownBoxes(machine.platform, result, samples);
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
