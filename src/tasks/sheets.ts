// The sheet of each task, loaded when a result is written. A task without one does not compile.
import type { TrainResultEvent } from "../core/events/events.js";
import type { GroupFacts } from "../core/results/group-facts.js";
import type { ResultOf } from "../core/results/result-of.js";
import type { Task } from "../core/results/task.js";
import type { Sheet } from "../report/sheet/sheet.js";
import type { Machine } from "../run/machine.js";
import type { ShownRun } from "../run/report/run-report.js";

/** Sheet with values that fit it. */
export type AnySheet = Sheet<GroupFacts, object, { readonly test: GroupFacts }>;

interface SheetRow {
  sheet(): Promise<unknown>;
  /** Reads from the run's folder and its data what the sheet shows besides the result. */
  shown?(machine: Machine, result: never, run: ShownRun): Promise<object>;
}

const numbers = { sheet: async () => (await import("./numbers/numbers-sheet.js")).numbersSheet };

const rows = { sheet: async () => (await import("./classes/classes-sheet.js")).classesSheet };
const classes = {
  ...rows,
  shown: async (...given: readonly [Machine, TrainResultEvent, ShownRun]) =>
    (await import("./classes/shown-classes.js")).shownClasses(...given),
};

const sheets = {
  "audio-classification": classes,
  "audio-regression": numbers,
  "automatic-speech-recognition": {
    sheet: async () => (await import("./transcripts/transcripts-sheet.js")).transcriptsSheet,
  },
  "image-classification": classes,
  "image-regression": numbers,
  "image-segmentation": {
    sheet: async () => (await import("./masks/masks-sheet.js")).masksSheet,
    shown: async ({ platform }: Machine, result: ResultOf<"image-segmentation">, { samples }: ShownRun) =>
      (await import("./masks/shown-masks.js")).shownMasks(platform, result, samples),
  },
  "multi-label-classification": { sheet: async () => (await import("./labels/labels-sheet.js")).labelsSheet },
  "multimodal-classification": rows,
  "multimodal-regression": numbers,
  "object-detection": {
    sheet: async () => (await import("./boxes/boxes-sheet.js")).boxesSheet,
    shown: async ({ platform }: Machine, result: ResultOf<"object-detection">, { samples }: ShownRun) =>
      (await import("./boxes/shown-boxes.js")).shownBoxes(platform, result, samples),
  },
  "tabular-classification": rows,
  "tabular-regression": numbers,
  "text-classification": classes,
  "token-classification": {
    sheet: async () => (await import("./entities/entities-sheet.js")).entitiesSheet,
  },
} satisfies Readonly<Record<Task, SheetRow>>;

/** Returns true for a result of a built-in task. */
export const hasSheet = <R extends { readonly task: string }>(
  result: R,
): result is Extract<R, { readonly task: Task }> => Object.hasOwn(sheets, result.task);

/** Returns the sheet of a task. */
export const sheetOf = (task: Task): Promise<AnySheet> =>
  sheets[task].sheet() as Promise<unknown> as Promise<AnySheet>;

/** Returns a result with what its run's folder and its data have besides. */
export async function withShown<R extends ResultOf<Task>>(
  machine: Machine,
  result: R,
  run: ShownRun,
): Promise<R> {
  const { shown }: SheetRow = sheets[result.task];
  return { ...result, ...(await shown?.(machine, result as never, run)) };
}
