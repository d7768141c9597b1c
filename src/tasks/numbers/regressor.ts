import { viewOf } from "../../data/augment/views.js";
import { openTargets } from "../../data/images/listed-samples.js";
import { decodePixels } from "../../data/index.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, NumberEvaluation } from "../../inference/evaluation.js";
import { openImageFolder } from "../../inference/image-folder.js";
import { eachImage, type PredictImages } from "../../inference/image-input.js";
import { type LoadOptions, openModelSession } from "../../inference/model-session.js";
import { checkViews } from "../../options/option-checks.js";
import type { Machine } from "../../run/machine.js";
import { averageViews } from "../../run/training/average-views.js";
import { firstOutput } from "../../runtime/first-output.js";
import { type Estimate, estimatesOf, regressionOf, scoreEstimates } from "./estimates.js";

/** Options of a prediction of numbers. */
export interface RegressorOptions {
  /** Number of views whose predictions are averaged, 1 … 12. Only a single view has intervals. Default 1. */
  readonly tta?: number;
}

/** Model of image regression. */
export interface Regressor {
  readonly task: "image-regression";
  readonly dir: string;
  readonly targets: readonly string[];
  /** Nominal share of new items inside the intervals, 0 … 1. */
  readonly coverage: number;
  /** Returns the numbers of an image, or of each of several. @throws DataError for an image that cannot be read */
  readonly predict: PredictImages<Estimate[], RegressorOptions>;
  close(): Promise<void>;
}

/** Opens a model folder of image regression. @throws ModelError for another folder */
export async function openRegressor(
  machine: Machine,
  path: string,
  options: LoadOptions,
): Promise<Regressor> {
  const { platform } = machine;
  const folder = await openImageFolder(platform, path);
  const { dir, classes: targets, preprocessing } = folder;
  const { coverage, bands } = regressionOf(folder);
  const { session, close } = await openModelSession(machine, folder, options);
  return {
    task: "image-regression",
    dir,
    targets,
    coverage,
    predict: eachImage(async (input, { tta = 1 }: RegressorOptions = {}) => {
      checkViews(tta);
      const image = await decodePixels(input, preprocessing, platform);
      const values = await averageViews(tta, "number", targets.length, (view) => {
        const { data, height, width } = viewOf(image, view);
        return firstOutput(session, { dtype: "uint8", dims: [1, height, width, 3], data });
      });
      return estimatesOf(values, targets, tta > 1 ? [] : bands);
    }),
    close,
  };
}

/** Scores a model of image regression. @throws as `evaluate` */
export async function evaluateRegressor(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<NumberEvaluation> {
  const { platform } = machine;
  const { signal, onEvent, seed = 0, quotes, groupFrom, tta: views = 1 } = options;
  const folder = await openImageFolder(platform, model);
  const targets = folder.classes;
  const opened = await openTargets(data, {
    seed,
    platform,
    targets,
    emptyParts: true,
    groupFrom,
    quotes,
    signal,
    onEvent,
  });
  const scored = { ...opened, unit: "pictures" } as const;
  const evaluation = await evaluateModel(machine, folder, scored, options, async (session, items) => {
    const values = await folder.scores(session, items, { views, viewAverage: "number", signal });
    return { task: "image-regression" as const, test: scoreEstimates(folder, items, values, views > 1) };
  });
  return { ...evaluation, ...(views > 1 && { tta: views }) };
}
