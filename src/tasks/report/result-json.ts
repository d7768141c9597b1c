// The results of a run as JSON, for the page of the studio.
import type { TrainedResult } from "../../core/events/events.js";
import type { ListedAnswer } from "../../core/results/counts.js";
import type { BaseClassification } from "../../core/results/task.js";
import type { ClassificationAnswers } from "../../evaluate/predictions.js";
import type { ShownResult } from "../../evaluate/shown-score.js";
import { type SamplesJson, type SheetJson, samplesJson, sheetJson } from "../../report/sheet/sheet-json.js";
import type { Lang } from "../../report/words/langs.js";
import { hasSheet, sheetOf } from "../sheets.js";

export { accuracyJson, writtenDifference } from "../../report/sheet/sheet-json.js";
export { loadLanguage } from "../../report/words/load-language.js";

/** Returns the test scores of a run, as its task declares them. */
export async function resultJson(result: TrainedResult, lang: Lang): Promise<SheetJson> {
  if (hasSheet(result))
    return sheetJson(await sheetOf(result.task), result as typeof result & ShownResult, lang);
  const { customSheet } = await import("../custom/custom-sheet.js");
  return sheetJson(customSheet, result, lang);
}

/** The mistakes of a classifier. */
export type MistakesJson = Pick<SheetJson, "confusion" | "samples">;

/** Returns the mistakes of a classifier that no run trained. Without a wrong prediction there are no samples. */
export async function mistakesJson(
  task: BaseClassification,
  answers: ClassificationAnswers,
  lang: Lang,
): Promise<MistakesJson> {
  const [{ scoreClassification }, { classesSheet }] = await Promise.all([
    import("../../evaluate/classification.js"),
    import("../classes/classes-sheet.js"),
  ]);
  const test = scoreClassification(answers, { worstItems: answers.items.length });
  const { classes } = answers;
  const { confusion, samples } = sheetJson(classesSheet, { task, classes, test } as never, lang);
  return { ...(confusion && { confusion }), samples: test.worst.length > 0 ? samples : [] };
}

/** Returns predictions of classes as a list, in their order. */
export async function answersJson(answers: readonly ListedAnswer[], lang: Lang): Promise<SamplesJson> {
  const { answersTable } = await import("../classes/classes-sheet.js");
  return samplesJson(answersTable(answers), lang);
}
