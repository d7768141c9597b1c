import type { EntitiesResultEvent } from "../../core/entities.js";
import { EngraftError } from "../../core/errors.js";
import type { AnyResultEvent, LabelsResultEvent, RunEvent, TrainResultEvent } from "../../core/events.js";
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

/** What a run answered, and the one from scratch beside it: right and wrong, or the micro F1 of labels and entities. */
export function answersOf(result: CurveRunResult): Pick<CurveRun, "transfer" | "scratch"> {
  if (result.task === "multi-label-classification")
    return { transfer: result.test.micro_f1, scratch: result.baselines.scratch!.test.micro_f1 };
  if (result.task === "token-classification")
    return { transfer: result.test.f1, scratch: result.baselines.scratch!.test.f1 };
  const { test, baselines, run } = result;
  return { transfer: rightOf(test.right, run), scratch: rightOf(baselines?.scratch?.test.right, run) };
}

/**
 * Test items that have a part in F1: those where a label or an entity is there or was said. Undefined where accuracy is the
 * score.
 */
export function itemsInF1(result: CurveRunResult): number | undefined {
  if (result.task !== "multi-label-classification" && result.task !== "token-classification")
    return undefined;
  const { tallies = [] } = result.test;
  let items = 0;
  for (let i = 0; i < tallies.length; i += 3) if (tallies[i]! + tallies[i + 1]! > 0) items++;
  return items === 0 ? testItemsOf(result) : items;
}

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

/** "101" as right, wrong, right. */
function rightOf(right: string | undefined, at: string): readonly boolean[] {
  if (right === undefined)
    throw new EngraftError("RunError", "a run does not say which test items it had right", {
      at,
      help: "measure the curve anew with another --out",
    });
  return [...right].map((c) => c === "1");
}
