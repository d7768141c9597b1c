import type { EngraftManifest } from "../bases/model-folder/model-folder.js";
import type { EngraftEvent, RegressionResultEvent, TableResultEvent } from "../core/events/events.js";
import type { ImagePreprocessing } from "../data/index.js";
import { sheetCard } from "../report/sheet/sheet-card.js";
import type { Context } from "../run/context.js";
import { type RunData, reportOf, type SavedRun, saveRun } from "../run/save-run.js";
import type { TestPrediction } from "../run/test-predictions.js";
import { classesSheet } from "./classes/classes-sheet.js";
import { numbersSheet } from "./numbers/numbers-sheet.js";

interface FinishedTask {
  readonly context: Context;
  readonly data: RunData;
  readonly result: RegressionResultEvent | TableResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly onnx: Uint8Array;
  readonly preprocessing?: ImagePreprocessing;
  /** Fields of config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, unknown>>;
  readonly regression?: EngraftManifest["regression"];
  readonly trust?: EngraftManifest["trust"];
  readonly predictions: readonly TestPrediction[];
  /** True if other trainings follow: the run is not done. */
  readonly unfinished?: boolean;
}

/** Returns the card, and what writes the page. */
function writtenOf(
  context: Context,
  data: RunData,
  result: FinishedTask["result"],
  events: readonly EngraftEvent[],
): Pick<SavedRun, "card" | "render"> {
  if ("classes" in result) {
    const report = reportOf(context, data.root, result, events);
    return {
      card: sheetCard(classesSheet, report),
      render: async () => (await import("../report/sheet/sheet-page.js")).sheetPage(classesSheet, report),
    };
  }
  const report = reportOf(context, data.root, result, events);
  return {
    card: sheetCard(numbersSheet, report),
    render: async () => (await import("../report/sheet/sheet-page.js")).sheetPage(numbersSheet, report),
  };
}

/** Saves the model folder, the report and the record of a run on numbers or on a table. */
export async function finishTask(finished: FinishedTask): Promise<void> {
  const {
    context,
    data,
    result,
    events,
    onnx,
    preprocessing,
    config,
    files,
    regression,
    trust,
    predictions,
  } = finished;
  const { card, render } = writtenOf(context, data, result, events);
  await saveRun(context, {
    data,
    result,
    card,
    render,
    predictions,
    unfinished: finished.unfinished,
    content: {
      onnx,
      classes: "classes" in result ? result.classes : result.targets.map((t) => t.name),
      preprocessing,
      config,
      files,
    },
    engraft: {
      task: result.task,
      test:
        "classes" in result
          ? { n: result.test.n, accuracy: result.test.accuracy, accuracy_ci95: result.test.accuracy_ci95 }
          : { n: result.test.n, r2: result.test.r2, r2_ci95: result.test.r2_ci95 },
      regression,
      trust,
    },
  });
}
