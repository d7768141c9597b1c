import { formatDuration } from "../../core/duration.js";
import type { RunEvent } from "../../core/events/events.js";
import { runScoreOf } from "../../core/events/run-events.js";
import { wordsInComparison } from "../../core/messages/metric-en.js";

/** Returns a line for each training that ended, or was finished before. */
export function renderRun(event: RunEvent): string[] {
  const { state, label, seed, number, of, error, seconds_left: left } = event;
  const head = `${`${number}/${of}`.padStart(7)}  ${label}, seed ${seed}`.padEnd(38);
  if (state === "started") return [];
  if (state === "failed") return [`${head} failed: ${error?.message ?? ""}`];
  const { metric, test, validation } = runScoreOf(event)!;
  const { score } = wordsInComparison(metric);
  const facts = [
    // A diagnosis uses no test split, and trains in one process.
    ...(test === undefined ? [] : [`test ${score(test)}`]),
    `valid. ${score(validation)}`,
    formatDuration(event.seconds!),
    ...(event.peak_rss_mb === undefined ? [] : [`${Math.round(event.peak_rss_mb)} MB`]),
  ].join("  ");
  const rest =
    state === "kept" ? "  kept" : left !== undefined && left > 0 ? `  (${formatDuration(left)} left)` : "";
  return [`${head} ${facts}${rest}`];
}
