import type { Interval } from "../core/events/events.js";
import { wordsInRun } from "../core/messages/metric-en.js";
import type { ScoreName } from "../core/results/metric.js";

/** Context of the sentence, in addition to the numbers of the verdict. */
export interface VerdictContext {
  readonly metric: ScoreName;
  readonly names: { readonly a: string; readonly b: string };
  readonly items: string;
  /** Set if there are too few test samples, in total or of a class. */
  readonly few?: "all" | { readonly name: string; readonly items: number } | undefined;
  readonly interval90: Interval | null;
  /** True if the command takes --seeds. */
  readonly repeatable: boolean;
}

/** Returns a test score: "73.3 % of the test pictures right", "R² 0.640". */
export function testScore(
  score: number,
  { metric, items }: Pick<VerdictContext, "metric" | "items">,
): string {
  const text = wordsInRun(metric).named(score);
  return metric === "accuracy" ? `${text} of the test ${items} right` : text;
}

/** "transfer" as "Transfer". */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
