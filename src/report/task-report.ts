/** The report and the card of a run that learns numbers, or classes of rows. */
import type {
  ClassificationScores,
  Interval,
  RegressionResultEvent,
  TableResultEvent,
} from "../core/events.js";
import type { RegressionScores } from "../core/task.js";
import { confusion } from "./confusion.js";
import { html, type Markup, name } from "./html.js";
import { escapeMarkdown } from "./model-card.js";
import { count, decimal, integer, percent, percentRange } from "./numbers.js";
import { fact, type RunPageData, runPage, splitWords } from "./run-page.js";
import { scatter } from "./scatter.js";
import { tooFew } from "./trust.js";

export type TaskReportData = RunPageData<RegressionResultEvent | TableResultEvent>;

type Scores = ClassificationScores | RegressionScores;

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

function facts(data: TaskReportData): Markup {
  const { split, table } = data.result;
  const told = splitWords(data);
  return html`${fact("Data", `${integer(split.train)} to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test`)}
${told && fact("Split", told)}
${table && fact("Learns", table.target.join(", "))}
${table && fact("From numbers", table.numbers.join(", ") || "none")}
${table && fact("From categories", table.categories.join(", ") || "none")}
${table && table.unused.length > 0 && fact("Not used", table.unused.map((u) => `${u.name} (${u.why})`).join(", "))}`;
}

/** The report of a finished run of numbers or of a table: one HTML file without scripts. */
export function renderTaskReport(data: TaskReportData): string {
  const { result } = data;
  const { test } = result;
  const kind = what(data);
  const numbers = isNumbers(test);
  return runPage({
    data,
    kind: result.task.replace("-", " "),
    unit: kind,
    first: !numbers && tooFew(test, kind),
    figure: {
      of: numbers ? "R²" : "Accuracy",
      value: figureOf(test),
      ci95: rangeOf(test),
      more: html`${count(test.n, `test ${kind}`)}.`,
    },
    facts: facts(data),
    main: html`${comparison(data)}
${numbers ? [outputs(test), worst(test, kind)] : confusion(test, "classes" in result ? result.classes : [], kind)}
${taken(result)}`,
    footer: `Intervals: Wilson's for shares, percentile bootstrap over the test ${kind}s for R², MAE and RMSE; one run of one seed.`,
  });
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
