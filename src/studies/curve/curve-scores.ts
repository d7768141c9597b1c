import { EngraftError } from "../../core/errors.js";
import type { RunEvent, TrainedResult } from "../../core/events/events.js";
import { runScoreFields } from "../../core/events/run-events.js";
import { scoreIn } from "../../core/results/comparison.js";
import { type RecordedScores, readScores } from "../../evaluate/recorded-scores.js";
import type { CurveRun } from "../../evidence/learning-curve.js";

/** Returns scores and groups of the test items of a run, and the scores of its baseline from scratch. */
export function curveScores(result: TrainedResult): Pick<CurveRun, "transfer" | "scratch" | "groups"> {
  const { run, test } = result;
  return {
    transfer: sharesOf(test, run),
    scratch: sharesOf(result.baselines?.scratch?.test, run),
    ...(test.group_of && { groups: test.group_of }),
  };
}

/** Returns the number of test items of a result: pictures, texts, sentences or rows. */
export const testItemsOf = ({ test }: TrainedResult): number =>
  "sentences" in test ? test.sentences : test.n;

/** Returns the classes, labels, entity types or names of the numbers of a result. */
export function classesOf(result: TrainedResult): readonly string[] {
  if ("types" in result) return result.types;
  if ("vocabulary" in result) return [];
  return "classes" in result ? result.classes : result.targets.map(({ name }) => name);
}

/** Returns the scores for the event of a finished training. */
export const scoresOf = ({ test: { metric }, validation }: TrainedResult): Partial<RunEvent> =>
  runScoreFields({ metric: metric.name, test: metric.value, validation: scoreIn(validation) });

/** Returns the score of each test item. @throws RunError for a run that did not record them */
function sharesOf(test: RecordedScores | undefined, at: string): Float64Array {
  const scored = test && readScores(test);
  if (scored) return scored.shares;
  throw new EngraftError("RunError", "a run does not say how it did on each test item", {
    at,
    help: "measure the curve anew with another --out",
  });
}
