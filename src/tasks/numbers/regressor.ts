import { decodePixels } from "../../data/index.js";
import { openTargets } from "../../data/tables/open-targets.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, NumberEvaluation } from "../../inference/evaluation.js";
import { openImageFolder } from "../../inference/image-folder.js";
import { eachImage, type PredictImages } from "../../inference/image-input.js";
import { type LoadOptions, openModelSession } from "../../inference/model-session.js";
import type { Machine } from "../../run/machine.js";
import { firstOutput } from "../../runtime/first-output.js";
import { type Estimate, estimatesOf, regressionOf, scoreEstimates } from "./estimates.js";

/** Model of image regression. */
export interface Regressor {
  readonly task: "image-regression";
  readonly dir: string;
  readonly targets: readonly string[];
  /** Share of new items that shall lie inside the intervals. */
  readonly coverage: number;
  /** Returns the numbers of an image, or of each of several. @throws DataError for an image that cannot be read */
  readonly predict: PredictImages<Estimate[]>;
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
  const { coverage, half_widths } = regressionOf(folder);
  const { session, close } = await openModelSession(machine, folder, options.threads);
  return {
    task: "image-regression",
    dir,
    targets,
    coverage,
    predict: eachImage(async (input) => {
      const { data, height, width } = await decodePixels(input, preprocessing, platform);
      const x = { dtype: "uint8", dims: [1, height, width, 3], data } as const;
      return estimatesOf(await firstOutput(session, x), targets, half_widths);
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
  const { signal, onEvent, seed = 0, quotes, groupFrom } = options;
  const folder = await openImageFolder(platform, model);
  const targets = folder.classes;
  const opened = await openTargets(data, {
    ...{ seed, platform, targets, emptyParts: true },
    ...(groupFrom !== undefined && { groupFrom }),
    ...(quotes && { quotes }),
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  });
  const scored = { ...opened, unit: "pictures" } as const;
  return evaluateModel(machine, folder, scored, options, async (session, items) => ({
    task: "image-regression" as const,
    test: scoreEstimates(folder, items, await folder.scores(session, items, { signal })),
  }));
}
