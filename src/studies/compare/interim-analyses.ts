import { fewestSeeds } from "../../statistics/index.js";
import type { ComparisonManifest } from "./comparison-folder.js";

/**
 * Counts the interim analyses of a comparison before seeds or strategies are added: its tables that could decide. A table with
 * fewer than 3 seeds cannot decide. A table that was resumed without an addition counts once.
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
