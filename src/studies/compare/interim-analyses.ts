import { fewestSeeds } from "../../statistics/index.js";
import type { ComparisonManifest } from "./comparison-folder.js";

/**
 * Counts the looks at a comparison that is enlarged now: the tables that could decide. With fewer than 3 seeds a table decides
 * nothing, so a pilot is no look; neither is a table of the same plan that was continued.
 */
export function countInterimAnalyses({
  earlier_looks: before = 0,
  result,
}: Pick<ComparisonManifest, "earlier_looks" | "result">): number {
  const decided = result?.rows.some(({ to_winner, to_baseline }) =>
    [to_winner, to_baseline].some((one) => one !== undefined && one.seeds >= fewestSeeds),
  );
  return decided ? Math.max(before, result!.look ?? 1) : before;
}
