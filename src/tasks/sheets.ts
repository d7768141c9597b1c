// The sheet of each task, loaded when a result is written. A task without one does not compile.
import type { GroupFacts } from "../core/results/group-facts.js";
import type { Task } from "../core/results/task.js";
import type { Sheet } from "../report/sheet/sheet.js";

/** Sheet with values that fit it. */
export type AnySheet = Sheet<GroupFacts, object, { readonly test: GroupFacts }>;

const numbers = async () => (await import("./numbers/numbers-sheet.js")).numbersSheet;
const classes = async () => (await import("./classes/classes-sheet.js")).classesSheet;

const sheets = {
  "audio-classification": classes,
  "audio-regression": numbers,
  "automatic-speech-recognition": async () =>
    (await import("./transcripts/transcripts-sheet.js")).transcriptsSheet,
  "image-classification": classes,
  "image-regression": numbers,
  "image-segmentation": async () => (await import("./masks/masks-sheet.js")).masksSheet,
  "multi-label-classification": async () => (await import("./labels/labels-sheet.js")).labelsSheet,
  "multimodal-classification": classes,
  "multimodal-regression": numbers,
  "object-detection": async () => (await import("./boxes/boxes-sheet.js")).boxesSheet,
  "tabular-classification": classes,
  "tabular-regression": numbers,
  "text-classification": classes,
  "token-classification": async () => (await import("./entities/entities-sheet.js")).entitiesSheet,
} satisfies Readonly<Record<Task, () => Promise<unknown>>>;

/** Returns true for a result of a built-in task. */
export const hasSheet = <R extends { readonly task: string }>(
  result: R,
): result is Extract<R, { readonly task: Task }> => Object.hasOwn(sheets, result.task);

/** Returns the sheet of a task. */
export const sheetOf = (task: Task): Promise<AnySheet> =>
  sheets[task]() as Promise<unknown> as Promise<AnySheet>;
