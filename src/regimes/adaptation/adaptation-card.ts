import type { AdaptResultEvent } from "../../core/events/events.js";
import type { RunRecord } from "../../report/studies/study-parts.js";

/** Returns the model card of an adaptation. */
export async function adaptationCard(
  result: AdaptResultEvent,
  record: Omit<RunRecord, "title">,
): Promise<string> {
  const [{ reportCard }, { adaptationFacts }, { adaptationSheet }] = await Promise.all([
    import("../../report/sheet/report-card.js"),
    import("../../report/cards/model-facts.js"),
    import("../../report/studies/adaptation-sheet.js"),
  ]);
  const titled = { ...record, title: "Adapted with Engraft" };
  return reportCard(adaptationSheet(result, titled), adaptationFacts(result), titled);
}
