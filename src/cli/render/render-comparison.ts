import { formatDuration } from "../../core/duration.js";
import type { RunEvent } from "../../core/events/events.js";
import { runScoreOf } from "../../core/events/run-events.js";
import {
  type ComparedRow,
  type ComparisonResult,
  scoreIn,
  scoreOver,
} from "../../core/results/comparison.js";
import { labelled } from "./labelled.js";
import { type MetricFormat, metricFormat, scoreWithHalf } from "./metric-format.js";
import { formatCount } from "./render.js";
import { tableLines } from "./table-lines.js";

/** Returns a line for each training that ended, or was finished before. */
export function renderRun(event: RunEvent): string[] {
  const { state, label, seed, number, of, error, seconds_left: left } = event;
  const head = `${`${number}/${of}`.padStart(7)}  ${label}, seed ${seed}`.padEnd(38);
  if (state === "started") return [];
  if (state === "failed") return [`${head} failed: ${error?.message ?? ""}`];
  const { metric, test, validation } = runScoreOf(event)!;
  const { score } = metricFormat(metric);
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

/** Returns the table, the winner, and the limits of the comparison. */
export function renderComparisonResult(result: ComparisonResult): string[] {
  const { rows, winner, notes, seeds, baseline } = result;
  const format = metricFormat(result.metric);
  const errors = rows.some(({ mae }) => mae !== undefined);
  const header = [
    "",
    "strategy",
    "valid.",
    `test ${format.name}`,
    ...(errors ? [`error of ${result.targets?.[0] ?? "it"}`] : []),
    `to ${baseline}`,
    "seconds",
    "memory",
    "model file",
    "trained",
  ];
  const cells = rows.map((row) => rowCells(row, row.label === winner?.label, { format, errors }));
  return [
    ...labelled(
      "compared",
      `${rows.length} strategies × ${seeds.length} seed${seeds.length === 1 ? "" : "s"} on ${result.data}, base ${result.base.name}`,
    ),
    ...tableLines(header, cells, { left: 2 }),
    ...(winner ? labelled("winner", winner.words) : []),
    ...(winner
      ? labelled("model", `${winner.model} (of its seeds, ${winner.seed} is the best by validation)`)
      : []),
    ...notes.flatMap((note) => labelled("note", note)),
    ...labelled("report", `${result.comparison}/report.html`),
    ...labelled("folder", result.comparison),
  ];
}

function rowCells(
  row: ComparedRow,
  won: boolean,
  { format, errors }: { readonly format: MetricFormat; readonly errors: boolean },
): string[] {
  const { validation, seconds, trainable, mae, adapter_bytes: adapter } = row;
  const score = scoreOver(row);
  if (!score || !validation || !seconds || !trainable)
    return ["", row.label, "failed", "", "", "", "", "", "", ...(errors ? [""] : [])];
  const to = row.to_baseline;
  const mark = to && { better: " better", worse: " worse", same: " same", undecided: " ?" }[to.finding];
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 1)} MB`;
  return [
    won ? "*" : "",
    row.failed.length > 0 ? `${row.label} (${row.failed.length} failed)` : row.label,
    format.score(scoreIn(validation)),
    scoreWithHalf(format, score),
    ...(errors ? [mae === undefined ? "" : mae.toPrecision(4)] : []),
    to ? `${format.gain(to.gain)}${mark}` : "",
    seconds.own.toFixed(1),
    `${Math.round(row.peak_rss_mb!)} MB`,
    `${row.model_bytes === 0 ? "" : megabytes(row.model_bytes!)}${adapter === undefined ? "" : `${row.model_bytes === 0 ? "" : " + "}${megabytes(adapter)}`}`,
    formatCount(trainable.parameters),
  ];
}
