import type { CurveResult } from "../../core/curve.js";
import type { EntitiesResultEvent } from "../../core/entities.js";
import { EngraftError } from "../../core/errors.js";
import type { AnyResultEvent, LabelsResultEvent, RunEvent, TrainResultEvent } from "../../core/events.js";
import { type RecordedScores, readScores } from "../../evaluate/recorded-scores.js";
import type { CurveRun } from "../../evidence/learning-curve.js";

/** The results that a learning curve is made of. */
export type CurveRunResult = TrainResultEvent | LabelsResultEvent | EntitiesResultEvent;

const tasks: ReadonlySet<string> = new Set<CurveRunResult["task"]>([
  "image-classification",
  "text-classification",
  "multi-label-classification",
  "token-classification",
]);

/** Has it a learning curve? */
export const hasCurve = (task: string): boolean => tasks.has(task);

/** Is it a result of classes, of several labels, or of entities? */
export function isCurveResult(result: {
  readonly task: AnyResultEvent["task"] | string;
}): result is CurveRunResult {
  return hasCurve(result.task);
}

/** Returns a score for each test item, of the run and of its baseline from scratch: right or wrong, or its share of the micro F1. */
export function answersOf(result: CurveRunResult): Pick<CurveRun, "transfer" | "scratch"> {
  const { run, test } = result;
  const scratch = result.baselines?.scratch?.test;
  return { transfer: scoresOfItems(test, run), scratch: scoresOfItems(scratch, run) };
}

/** Of several labels and of entities the score is the micro F1. */
export const metricOfCurve = ({ task }: CurveRunResult): CurveResult["metric"] =>
  task === "multi-label-classification" || task === "token-classification" ? "f1" : "accuracy";

/** What is answered in the test part: pictures, texts, sentences. */
export function testItemsOf(result: CurveRunResult): number {
  return result.task === "token-classification" ? result.test.sentences : result.test.n;
}

/** Classes, labels, or types of entities. */
export function classesOf(result: CurveRunResult): readonly string[] {
  return result.task === "token-classification" ? result.types : result.classes;
}

/** What a line about a finished training says. */
export function scoresOf(result: CurveRunResult): Partial<RunEvent> {
  if (result.task === "token-classification")
    return { test_f1: result.test.f1, validation_f1: result.validation.f1 };
  return result.task === "multi-label-classification"
    ? { test_f1: result.test.micro_f1, validation_f1: result.validation.f1 }
    : { test_accuracy: result.test.accuracy, validation_accuracy: result.validation.accuracy };
}

/** @throws RunError for a run that does not say how it did on each test item */
function scoresOfItems(test: RecordedScores | undefined, at: string): Float64Array {
  const scored = test && readScores(test);
  if (scored) return scored.shares;
  throw new EngraftError("RunError", "a run does not say how it did on each test item", {
    at,
    help: "measure the curve anew with another --out",
  });
}
