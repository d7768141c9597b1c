import type { EngraftManifest } from "../bases/model-folder/model-folder.js";
import type { EngraftEvent, TableResultEvent } from "../core/events/events.js";
import type { Context } from "../run/context.js";
import type { RunData, SavedRun } from "../run/save-run.js";
import type { TestPrediction } from "../run/test-predictions.js";
import { classesSheet } from "./classes/classes-sheet.js";
import { saveTask } from "./save-task.js";

interface FinishedTask extends Pick<SavedRun["content"], "onnx" | "preprocessing" | "files"> {
  readonly context: Context;
  readonly data: RunData;
  readonly result: TableResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly trust?: EngraftManifest["trust"];
  readonly predictions: readonly TestPrediction[];
  /** True if other trainings follow: the run is not done. */
  readonly unfinished?: boolean;
}

/** Saves the model folder, the report and the record of a run on classes of rows. */
export async function finishTask({
  onnx,
  preprocessing,
  files,
  trust,
  ...finished
}: FinishedTask): Promise<void> {
  const { task, classes, test } = finished.result;
  const { n, accuracy, accuracy_ci95 } = test;
  await saveTask(classesSheet, {
    ...finished,
    content: { onnx, classes, preprocessing, files },
    engraft: { task, test: { n, accuracy, accuracy_ci95 }, trust },
  });
}
