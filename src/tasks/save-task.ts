import type { EngraftEvent } from "../core/events/events.js";
import type { GroupFacts } from "../core/results/group-facts.js";
import type { Sheet } from "../report/sheet/sheet.js";
import { type CardResult, sheetCard } from "../report/sheet/sheet-card.js";
import type { PageResult } from "../report/sheet/sheet-page.js";
import type { Context } from "../run/context.js";
import { reportOf, type SavedRun, saveRun } from "../run/save-run.js";

/** What a task says of its run besides its sheet. */
interface SavedTask<Result>
  extends Pick<SavedRun, "data" | "content" | "engraft" | "predictions" | "unfinished"> {
  readonly context: Context;
  readonly result: SavedRun["result"] & Result;
  readonly events: readonly EngraftEvent[];
}

/** Saves the model folder, the report and the record of a run. */
export async function saveTask<
  Scores extends GroupFacts,
  About,
  Read extends About & { readonly test: Scores },
  Result extends Read & CardResult<Scores> & PageResult<Scores>,
>(sheet: Sheet<Scores, About, Read>, { context, result, events, ...run }: SavedTask<Result>): Promise<void> {
  const report = reportOf(context, run.data.root, result, events);
  await saveRun(context, {
    ...run,
    result,
    card: sheetCard(sheet, report),
    render: async () => (await import("../report/sheet/sheet-page.js")).sheetPage(sheet, report),
  });
}
