import { nodePlatform } from "../platform/node.js";
import * as predictions from "../run/test-predictions.js";

/**
 * Reads the predictions of a run for its test samples, in the order of the data.
 * @param run path of the run folder
 * @returns undefined for a run without them: it is not done, has no test samples, or has a task of other predictions
 * @throws RunError for a damaged file
 * @example
 * const all = (await readPredictions("runs/2026-01-31-flowers")) ?? [];
 * console.log(all.filter((one) => one.true !== one.predicted));
 */
export const readPredictions = (run: string): Promise<readonly predictions.TestPrediction[] | undefined> =>
  predictions.readPredictions(nodePlatform.files, run);
