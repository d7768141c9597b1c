import { formatDuration } from "../../core/duration.js";
import type { RunsReport, SideRun } from "../../core/results/side-by-side.js";
import { labelled } from "./labelled.js";
import { metricFormat } from "./metric-format.js";
import { formatCount } from "./render.js";
import { tableLines } from "./table-lines.js";

/** Returns the table of several runs, their differences, and the limits of the comparison. */
export function renderRunsReport(result: RunsReport): string[] {
  const { runs, metric, against, best, learns, differing, notes } = result;
  const header = [
    "",
    "run",
    "strategy",
    "seed",
    "valid.",
    `test ${metricFormat(metric).name}`,
    ...(against === null ? [] : [`to ${against}`]),
    "time",
    "memory",
    "model file",
    "trained",
  ];
  const cells = runs.map((run) => cellsOf(run, result));
  return [
    ...labelled("runs", `${runs.length} of ${learns}${best === null ? "" : "; * is the best by validation"}`),
    ...tableLines(header, cells, { left: 3 }),
    ...runs.flatMap(({ difference: d }) => (typeof d === "object" ? labelled("paired", d.words) : [])),
    ...runs.flatMap(({ label, difference: d }) =>
      typeof d === "string" ? labelled("not paired", `${label}: ${d}`) : [],
    ),
    ...differing.flatMap(({ option, values }) =>
      labelled("differs", `${option}: ${values.map((value) => value ?? "not given").join(" | ")}`),
    ),
    ...notes.flatMap((note) => labelled("note", note)),
    ...labelled("report", result.report),
  ];
}

function cellsOf(run: SideRun, { against, best, metric }: RunsReport): string[] {
  const { test, validation, seconds, difference: d, model_bytes: model, adapter_bytes: adapter } = run;
  const { score, gain } = metricFormat(metric);
  const marks = { better: "better", worse: "worse", same: "same", undecided: "?" };
  const paired =
    run.label === against
      ? ""
      : typeof d === "object"
        ? `${gain(d.gain)}${d.ci95 ? ` [${gain(d.ci95[0])}, ${gain(d.ci95[1])}]` : ""} ${marks[d.finding]}`
        : "n/a";
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 1)} MB`;
  return [
    run.label === best ? "*" : "",
    run.label,
    run.strategy ?? "",
    String(run.seed),
    validation ? score(validation.value) : "",
    test
      ? `${score(test.value)}${test.ci95 ? ` [${score(test.ci95[0])}, ${score(test.ci95[1])}]` : ""}`
      : run.status,
    ...(against === null ? [] : [paired]),
    seconds ? formatDuration(seconds.total) : "",
    run.peak_rss_mb === undefined ? "" : `${Math.round(run.peak_rss_mb)} MB`,
    [...(model ? [megabytes(model)] : []), ...(adapter === undefined ? [] : [megabytes(adapter)])].join(
      " + ",
    ),
    run.trainable ? formatCount(run.trainable.parameters) : "",
  ];
}
