// The sheet of each task whose results are declared as one, loaded when a result is written.
import type { GroupFacts } from "../core/results/group-facts.js";
import type { ResultOf } from "../core/results/result-of.js";
import type { Platform } from "../platform/platform.js";
import type { Sheet } from "../report/sheet/sheet.js";

/** Sheet with values that fit it. */
export type AnySheet = Sheet<GroupFacts, object, { readonly test: GroupFacts }>;

interface SheetRow {
  sheet(): Promise<unknown>;
  /** Reads from the run's folder what the sheet shows besides the result. @param samples false: no picture */
  shown?(platform: Platform, result: never, samples: boolean): Promise<object>;
}

const numbers = { sheet: async () => (await import("./numbers/numbers-sheet.js")).numbersSheet };

const sheets = {
  "audio-regression": numbers,
  "automatic-speech-recognition": {
    sheet: async () => (await import("./transcripts/transcripts-sheet.js")).transcriptsSheet,
  },
  "image-regression": numbers,
  "image-segmentation": {
    sheet: async () => (await import("./masks/masks-sheet.js")).masksSheet,
    shown: async (platform: Platform, result: ResultOf<"image-segmentation">, samples: boolean) =>
      (await import("./masks/shown-masks.js")).shownMasks(platform, result, samples),
  },
  "multi-label-classification": { sheet: async () => (await import("./labels/labels-sheet.js")).labelsSheet },
  "object-detection": {
    sheet: async () => (await import("./boxes/boxes-sheet.js")).boxesSheet,
    shown: async (platform: Platform, result: ResultOf<"object-detection">, samples: boolean) =>
      (await import("./boxes/shown-boxes.js")).shownBoxes(platform, result, samples),
  },
  "tabular-regression": numbers,
  "token-classification": {
    sheet: async () => (await import("./entities/entities-sheet.js")).entitiesSheet,
  },
} satisfies Readonly<Record<string, SheetRow>>;

/** Task whose results are declared as a sheet. */
export type SheetTask = keyof typeof sheets;

/** Returns true if the results of the task are declared as a sheet. */
export const hasSheet = <R extends { readonly task: string }>(
  result: R,
): result is Extract<R, { readonly task: SheetTask }> => Object.hasOwn(sheets, result.task);

/** Returns the sheet of a task. */
export const sheetOf = (task: SheetTask): Promise<AnySheet> =>
  sheets[task].sheet() as Promise<unknown> as Promise<AnySheet>;

/** Returns a result with what its run's folder has besides. @param samples false: no picture */
export async function withShown<R extends ResultOf<SheetTask>>(
  platform: Platform,
  result: R,
  samples: boolean,
): Promise<R> {
  const { shown }: SheetRow = sheets[result.task];
  return { ...result, ...(await shown?.(platform, result as never, samples)) };
}
