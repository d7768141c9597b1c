import type { CommonResult } from "../../core/results/common-result.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import type { Piece, Sheet } from "./sheet.js";

/** Returns the sheet of a result. If the run has no score, the sheet says why, and shows nothing that is measured. */
export function sheetFor<Test extends GroupFacts, About, Result extends About & { readonly test: Test }>(
  sheet: Sheet<Test, About, Result>,
  { no_score: reason }: Pick<CommonResult, "no_score">,
): Sheet<Test, About, Result> {
  if (reason === undefined) return sheet;
  const { message, sentence } = reason;
  const why: Piece = { recorded: message, messages: sentence && [sentence] };
  return {
    ...sheet,
    figures: (...of) => [{ ...sheet.figures(...of)[0], value: null, ci95: undefined }],
    scores: () => ({
      n: 0,
      warning: { en: [why, { own: "." }], zh: [why, { own: "。" }] },
      notes: [],
      facts: [],
      tables: [],
    }),
    run: (result) => ({ ...sheet.run(result), tiles: [], drawings: [] }),
  };
}
