/** The report and the card of a run that learns numbers, or classes of rows. */
import type {
  ClassificationScores,
  EngraftEvent,
  Interval,
  RegressionResultEvent,
  TableResultEvent,
} from "../core/events.js";
import type { RegressionScores } from "../core/task.js";
import { confusion } from "./confusion.js";
import { html, type Markup, name, trusted } from "./html.js";
import { escapeMarkdown } from "./model-card.js";
import { count, decimal, duration, integer, megabytes, percent, percentRange } from "./numbers.js";
import { scatter } from "./scatter.js";
import { style } from "./style.js";
import { tooFew } from "./trust.js";

export interface TaskReportData {
  readonly title: string;
  readonly result: RegressionResultEvent | TableResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
}

type Scores = ClassificationScores | RegressionScores;

export const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const isNumbers = (scores: Scores): scores is RegressionScores => scores.metric.name === "r2";
const what = ({ result }: TaskReportData): "row" | "picture" =>
  result.task.startsWith("tabular") ? "row" : "picture";

/** 1234.5678 -> "1235", 0.0123456 -> "0.01235" */
const short = (v: number): string => (Number.isFinite(v) ? String(Number(v.toPrecision(4))) : "–");
const range = ([a, b]: Interval): string => `${decimal(a)} to ${decimal(b)}`;

/** Ways to the result, the run's own first. */
function ways({ result }: TaskReportData): { label: string; test: Scores; recipe?: string }[] {
  const words: Readonly<Record<string, string>> = {
    mean: "always the mean",
    majority: "always the most frequent class",
    ridge: "ridge regression",
    logistic: "logistic regression",
    probe: "probe: head only",
    scratch: "from scratch",
  };
  const others = Object.entries(result.baselines).flatMap(([key, b]) =>
    b ? [{ label: words[key] ?? key, test: b.test as Scores, recipe: b.recipe as string }] : [],
  );
  return [{ label: `${result.strategy.name} (this model)`, test: result.test }, ...others];
}

const figureOf = ({ metric }: Scores): string =>
  metric.name === "r2" ? decimal(metric.value) : percent(metric.value);
const rangeOf = ({ metric }: Scores): string =>
  metric.name === "r2" ? range(metric.ci95) : percentRange(metric.ci95);

function comparison(data: TaskReportData): Markup {
  const metric = data.result.test.metric.name === "r2" ? "R²" : "accuracy";
  return html`<section><h2>Compared with</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">way</th>
<th scope="col" class="n">${metric}</th><th scope="col" class="n">95 % interval</th><th scope="col">how</th></tr></thead>
<tbody>${ways(data).map(
    ({ label, test, recipe }, i) =>
      html`<tr${i === 0 ? html` class="best"` : ""}><th scope="row">${label}</th><td class="n">${figureOf(test)}</td><td class="n">${rangeOf(test)}</td><td>${recipe ?? ""}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function outputs(test: RegressionScores): Markup {
  const interval = test.outputs.some((o) => o.prediction_interval);
  return html`<section><h2>Each number</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">output</th>
<th scope="col" class="n">R²</th><th scope="col" class="n">mean error (MAE)</th><th scope="col" class="n">RMSE</th>
${interval && html`<th scope="col" class="n">prediction interval</th><th scope="col" class="n">test values inside</th>`}</tr></thead><tbody>${test.outputs.map(
    (
      o,
    ) => html`<tr><th scope="row">${name(o.name)}</th><td class="n">${decimal(o.r2)} <small class="muted">${range(o.r2_ci95)}</small></td>
<td class="n">${short(o.mae)} <small class="muted">${short(o.mae_ci95[0])} to ${short(o.mae_ci95[1])}</small></td>
<td class="n">${short(o.rmse)} <small class="muted">${short(o.rmse_ci95[0])} to ${short(o.rmse_ci95[1])}</small></td>
${
  o.prediction_interval &&
  html`<td class="n">${o.prediction_interval.half_width === null ? "validation too small" : html`± ${short(o.prediction_interval.half_width)} <small class="muted">for ${percent(o.prediction_interval.coverage, 0)}</small>`}</td>
<td class="n">${percent(o.prediction_interval.test_coverage)} <small class="muted">${percentRange(o.prediction_interval.test_coverage_ci95)}</small></td>`
}</tr>`,
  )}</tbody></table></div>
${interval && html`<p class="small muted">Prediction intervals are split-conformal: the width is a quantile of the errors on the validation part. That part also chose the epoch, so new items may lie inside a little less often than stated; how often the test items did is beside it.</p>`}
<div class="curves">${test.outputs.map((o, i) => scatter(o.name, test.points[i] ?? [], o.prediction_interval?.half_width))}</div></section>`;
}

function worst(test: RegressionScores, kind: string): Markup {
  return html`<section><h2>Furthest off</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">${kind}</th><th scope="col">output</th>
<th scope="col" class="n">true</th><th scope="col" class="n">predicted</th></tr></thead><tbody>${test.worst.map(
    (w) =>
      html`<tr><th scope="row">${name(w.item)}</th><td>${name(w.output)}</td><td class="n">${short(w.true)}</td><td class="n">${short(w.predicted)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

/** What came over from another model: at most this many lines a list. */
const mostLines = 60;

export function taken({ init }: Pick<TaskReportData["result"], "init">): Markup | undefined {
  if (!init) return undefined;
  const rows = [
    ...init.adapted.map(({ name: n, how }) => ({ n, word: "moved", how })),
    ...init.skipped.map(({ name: n, why }) => ({ n, word: "left", how: why })),
  ];
  return html`<section><h2>Taken over from another model</h2>
<p><bdi>${init.from}</bdi>: ${count(init.matched, "weight")} as they were, ${count(init.adapted.length, "part")} by name, ${integer(init.parameters)} numbers; ${integer(init.skipped.length)} left. ${init.head && `Head: ${init.head}.`}</p>
<details><summary>Every part</summary><div class="scroll"><table class="data"><tbody>${rows
    .slice(0, mostLines)
    .map(
      ({ n, word, how }) => html`<tr><th scope="row">${name(n)}</th><td>${word}</td><td>${how}</td></tr>`,
    )}</tbody></table></div></details></section>`;
}

export function epochs(
  { events }: Pick<TaskReportData, "events">,
  metric = "R² or accuracy",
): Markup | undefined {
  const all = events.filter((e) => e.event === "epoch");
  if (all.length === 0) return undefined;
  return html`<section><h2>Epochs</h2><details><summary>${count(all.length, "epoch")} as a table</summary><div class="scroll"><table class="data"><thead><tr><th scope="col">stage</th>
<th scope="col" class="n">epoch</th><th scope="col" class="n">train loss</th><th scope="col" class="n">validation loss</th><th scope="col" class="n">${metric}</th></tr></thead><tbody>${all.map(
    (
      e,
    ) => html`<tr${e.best ? html` class="best"` : ""}><td>${name(e.stage)}</td><td class="n">${e.epoch}${e.best ? " ★" : ""}</td><td class="n">${decimal(e.train_loss)}</td>
<td class="n">${decimal(e.validation_loss)}</td><td class="n">${decimal(e.validation_metric?.value ?? e.validation_accuracy)}</td></tr>`,
  )}</tbody></table></div></details></section>`;
}

function done(data: TaskReportData): Markup {
  const { result, events } = data;
  const { split } = result;
  const told = events.filter((e) => e.event === "data").at(-1);
  const fact = (term: string, text: string): Markup => html`<dt>${term}</dt><dd>${text}</dd>`;
  const { table } = result;
  return html`<section><h2>What was done</h2><dl class="facts">
${fact("Data", `${integer(split.train)} to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test`)}
${told && fact("Split", told.split_words)}
${table && fact("Learns", table.target.join(", "))}
${table && fact("From numbers", table.numbers.join(", ") || "none")}
${table && fact("From categories", table.categories.join(", ") || "none")}
${table && table.unused.length > 0 && fact("Not used", table.unused.map((u) => `${u.name} (${u.why})`).join(", "))}
${fact("Base", `${result.base.name} · licence ${result.base.license}`)}
${fact("Strategy", [result.strategy.name, ...result.strategy.reasons].join("; "))}
${fact("Trains", `${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters, ${count(result.epochs, "epoch")}, the best is number ${integer(result.best_epoch)}`)}
${fact("Seed", String(split.seed))}${fact("Time", `${duration(result.seconds.total)}, forecast ${duration(result.forecast.seconds)}`)}
${fact("Peak memory", megabytes(result.peak_rss_mb))}${fact("Model", result.model)}
${fact(
  "Versions",
  Object.entries(data.versions)
    .map(([k, v]) => `${k} ${v}`)
    .join(" · "),
)}
</dl><pre><code>${data.command}</code></pre></section>`;
}

export function warned({ events }: Pick<TaskReportData, "events">): Markup | undefined {
  const all = [...new Set(events.flatMap((e) => (e.event === "warning" ? [e.message] : [])))];
  if (all.length === 0) return undefined;
  return html`<section class="notes" aria-label="Warnings"><strong>${count(all.length, "warning")}</strong><ul>${all.map((m) => html`<li>${m}</li>`)}</ul></section>`;
}

/** The report of a finished run of numbers or of a table: one HTML file without scripts. */
export function renderTaskReport(data: TaskReportData): string {
  const { result, title } = data;
  const { test } = result;
  const kind = what(data);
  const v = result.verdict;
  const looks =
    result.test_looks === 0
      ? `These test ${kind}s had not been scored before.`
      : `These test ${kind}s had been scored ${count(result.test_looks, "time")} before: the best of several such results looks better than it is.`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta name="generator" content="Engraft"><title>${title}</title><link rel="icon" href="data:,"><style>${trusted(style)}</style></head>
<body><header class="top"><p class="eyebrow">Engraft report · ${result.task.replace("-", " ")}</p><h1><bdi>${title}</bdi></h1>
<p class="muted">${result.strategy.name} · ${count(result.split.train, `training ${kind}`)}</p></header><main>
${!isNumbers(test) && tooFew(test, kind)}
<section class="headline" aria-label="Result"><div><p class="muted">${isNumbers(test) ? "R²" : "Accuracy"} on the test part</p><p class="figure">${figureOf(test)}</p>
<p>95 % interval ${rangeOf(test)}</p><p class="small muted">${count(test.n, `test ${kind}`)}. ${looks}</p></div></section>
${v && html`<section class="verdict ${v.transfer}" aria-label="Verdict on the transfer"><h2>Transfer: ${v.transfer}</h2><p>${v.words}</p></section>`}
${warned(data)}${comparison(data)}
${isNumbers(test) ? [outputs(test), worst(test, kind)] : confusion(test, "classes" in result ? result.classes : [], kind)}
${taken(result)}${done(data)}${epochs(data)}
</main><footer><p>Intervals: Wilson's for shares, percentile bootstrap over the test ${kind}s for R², MAE and RMSE; one run of one seed.</p></footer></body></html>
`.text;
}

/** The model card, README.md of the model folder. */
export function renderTaskCard(data: TaskReportData): string {
  const { result, title } = data;
  const kind = what(data);
  const tabular = kind === "row";
  const rows = ways(data).map(
    ({ label, test }) => `| ${escapeMarkdown(label)} | ${figureOf(test)} | ${rangeOf(test)} |`,
  );
  const learns = "classes" in result ? result.classes : result.targets.map((t) => t.name);
  const input = tabular
    ? "`features` float32[batch, F] (see table.json)"
    : "`pixel_values` float32[batch, 3, H, W]";
  return `---
license: other
license_name: ${JSON.stringify(result.base.license)}
pipeline_tag: ${result.task}
tags:
  - ${result.task}
  - onnx
  - transfer-learning
  - engraft
---

# ${escapeMarkdown(title)}

Learns ${learns.map(escapeMarkdown).join(", ")} (${result.task}). \`onnx/model.onnx\` uses standard ONNX operators:
${input} in, \`logits\` out${"targets" in result ? ", in the unit of the columns" : ", raw scores"}.

## Results

On ${count(result.test.n, `test ${kind}`)} that took no part in training or choosing:

| | ${isNumbers(result.test) ? "R²" : "accuracy"} | 95 % interval |
|---|---|---|
${rows.join("\n")}

${result.verdict ? `Did the transfer help? **${result.verdict.transfer}**: ${escapeMarkdown(result.verdict.words)}\n` : ""}
## How to use it

\`\`\`sh
engraft predict ./model ${tabular ? "rows.csv" : "picture.jpg"}
\`\`\`

## How it was made

- Base: ${escapeMarkdown(result.base.name.split(/[\\/]/).at(-1) ?? "")}, licence ${escapeMarkdown(result.base.license)}
- Strategy: ${escapeMarkdown(result.strategy.name)}
- Data: ${integer(result.split.train)} to train, ${integer(result.split.validation)} to validate, ${integer(result.split.test)} to test; seed ${result.split.seed}
- Trained: ${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters, ${count(result.epochs, "epoch")}
`;
}
