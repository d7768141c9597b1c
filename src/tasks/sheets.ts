// The sheet of each kind of predictions, loaded when a result is written. A kind without one does not compile.
import type { GroupFacts } from "../core/results/group-facts.js";
import { factsOf, type Head, isTaskWith, type Task } from "../core/results/task.js";
import type { Sheet } from "../report/sheet/sheet.js";

/** Sheet with values that fit it. */
export type AnySheet = Sheet<GroupFacts, object, { readonly test: GroupFacts }>;

const sheets: Readonly<Record<Head, () => Promise<unknown>>> = {
  classes: async () => (await import("./classes/classes-sheet.js")).classesSheet,
  labels: async () => (await import("./labels/labels-sheet.js")).labelsSheet,
  numbers: async () => (await import("./numbers/numbers-sheet.js")).numbersSheet,
  tags: async () => (await import("./entities/entities-sheet.js")).entitiesSheet,
  transcript: async () => (await import("./transcripts/transcripts-sheet.js")).transcriptsSheet,
  sequence: async () => (await import("./generation/generation-sheet.js")).generationSheet,
  masks: async () => (await import("./masks/masks-sheet.js")).masksSheet,
  boxes: async () => (await import("./boxes/boxes-sheet.js")).boxesSheet,
};

/** Returns true for a result of a built-in task. */
export const hasSheet = <R extends { readonly task: string }>(
  result: R,
): result is Extract<R, { readonly task: Task }> => isTaskWith(result.task, {});

/** Returns the sheet of a task. */
export const sheetOf = (task: Task): Promise<AnySheet> =>
  sheets[factsOf(task).head]() as Promise<unknown> as Promise<AnySheet>;
