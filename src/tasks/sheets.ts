// The sheet of each task whose results are declared as one, loaded when a result is written.
import type { GroupFacts } from "../core/results/group-facts.js";
import type { Sheet } from "../report/sheet/sheet.js";

/** Sheet with values that fit it. */
export type AnySheet = Sheet<GroupFacts, object, { readonly test: GroupFacts }>;

const numbers = async () => (await import("./numbers/numbers-sheet.js")).numbersSheet;

const sheets = {
  "audio-regression": numbers,
  "automatic-speech-recognition": async () =>
    (await import("./transcripts/transcripts-sheet.js")).transcriptsSheet,
  "image-regression": numbers,
  "multi-label-classification": async () => (await import("./labels/labels-sheet.js")).labelsSheet,
  "tabular-regression": numbers,
  "token-classification": async () => (await import("./entities/entities-sheet.js")).entitiesSheet,
};

/** Task whose results are declared as a sheet. */
export type SheetTask = keyof typeof sheets;

/** Returns true if the results of the task are declared as a sheet. */
export const hasSheet = <R extends { readonly task: string }>(
  result: R,
): result is Extract<R, { readonly task: SheetTask }> => Object.hasOwn(sheets, result.task);

/** Returns the sheet of a task. */
export const sheetOf = (task: SheetTask): Promise<AnySheet> =>
  sheets[task]() as Promise<unknown> as Promise<AnySheet>;
