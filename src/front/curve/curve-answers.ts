import { EngraftError } from "../../core/errors.js";
import type { AnyResultEvent, LabelsResultEvent, RunEvent, TrainResultEvent } from "../../core/events.js";
import type { CurveRun } from "../../evidence/learning-curve.js";

/** The results that a learning curve is made of. */
export type CurveRunResult = TrainResultEvent | LabelsResultEvent;

/** Is it a result of classes, or of several labels? */
export function isCurveResult(result: {
  readonly task: AnyResultEvent["task"] | string;
}): result is CurveRunResult {
  return (
    result.task === "image-classification" ||
    result.task === "text-classification" ||
    result.task === "multi-label-classification"
  );
}

/** What a run answered, and the one from scratch beside it: right and wrong, or the micro F1 of labels. */
export function answersOf(result: CurveRunResult): Pick<CurveRun, "transfer" | "scratch"> {
  if (result.task === "multi-label-classification")
    return { transfer: result.test.micro_f1, scratch: result.baselines.scratch!.test.micro_f1 };
  const { test, baselines, run } = result;
  return { transfer: rightOf(test.right, run), scratch: rightOf(baselines?.scratch?.test.right, run) };
}

/** Test items that have a part in F1: those where a label is there or was said. Undefined where accuracy is the score. */
export function itemsInF1(result: CurveRunResult): number | undefined {
  if (result.task !== "multi-label-classification") return undefined;
  const { tallies = [], n } = result.test;
  let items = 0;
  for (let i = 0; i < tallies.length; i += 3) if (tallies[i]! + tallies[i + 1]! > 0) items++;
  return items === 0 ? n : items;
}

/** What a line about a finished training says. */
export function scoresOf(result: CurveRunResult): Partial<RunEvent> {
  return result.task === "multi-label-classification"
    ? { test_f1: result.test.micro_f1, validation_f1: result.validation.f1 }
    : { test_accuracy: result.test.accuracy, validation_accuracy: result.validation.accuracy };
}

/** "101" as right, wrong, right. */
function rightOf(right: string | undefined, at: string): readonly boolean[] {
  if (right === undefined)
    throw new EngraftError("RunError", "a run does not say which test items it had right", {
      at,
      help: "measure the curve anew with another --out",
    });
  return [...right].map((c) => c === "1");
}
