// The results of a run as JSON, for the page of the studio.
import type { TrainedResult } from "../../core/events/events.js";
import type { ShownResult } from "../../evaluate/shown-score.js";
import { type SheetJson, sheetJson } from "../../report/sheet/sheet-json.js";
import type { Lang } from "../../report/words/langs.js";
import { hasSheet, sheetOf } from "../sheets.js";

export { accuracyJson, writtenDifference } from "../../report/sheet/sheet-json.js";

/** Returns the test scores of a run, as its task declares them. */
export async function resultJson(result: TrainedResult, lang: Lang): Promise<SheetJson> {
  if (hasSheet(result))
    return sheetJson(await sheetOf(result.task), result as typeof result & ShownResult, lang);
  const { customSheet } = await import("../custom/custom-sheet.js");
  return sheetJson(customSheet, result, lang);
}
