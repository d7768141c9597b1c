/** A comparison of strategies as one HTML file: the winner, a chart with intervals, the table, what each did. */
import type { ComparedRow, ComparisonResult, Difference } from "../core/comparison.js";
import { againstTime, withIntervals } from "./comparison-chart.js";
import { html, type Markup, name } from "./html.js";
import { count, decimal, duration, gain, integer, megabytes, percent, percentRange } from "./numbers.js";
import { stillPage, titleOf } from "./still-page.js";

const own = `
.chart { display: block; width: 100%; height: auto; max-width: 46rem; font: 12px system-ui, sans-serif; }
.chart text { fill: var(--muted); } .chart .name { fill: var(--ink); font-weight: 600; } .chart line, .chart path { stroke: var(--line); fill: none; }
.chart .interval { stroke: var(--curve-3); stroke-width: 2; } .chart .mean { fill: var(--curve-3); } .chart .seed { fill: var(--curve-3); opacity: .45; }
.chart .won .interval { stroke: var(--accent); } .chart .won .mean, .chart .won .seed { fill: var(--accent); }
table.many { font-size: .9rem; } table.many th, table.many td { padding-right: .6rem; }
table.data td.finding-better, table.data td.finding-worse { font-weight: 650; }
table.data td.finding-better { color: var(--good); } table.data td.finding-worse { color: var(--bad); }`;

/**
 * The report of a comparison. Everything that comes from outside is escaped; the page loads and runs nothing.
 * @returns a whole HTML document
 */
export function renderComparison(result: ComparisonResult): string {
  const { seeds, base, split, classes } = result;
  return stillPage({
    title: titleOf(result.data),
    kind: "strategies compared",
    style: own,
    facts: html`<bdi>${base.name}</bdi> · ${count(result.rows.length, "strategy", "strategies")} × ${count(seeds.length, "seed")} · ${count(classes.length, "class", "classes")} · ${integer(split.train)} to train, ${integer(split.validation)} to choose by, ${integer(split.test)} to test`,
    main: html`${winner(result)}
${notes(result)}
<section><h2>Accuracy on the test part</h2>${withIntervals(result)}
<p class="small muted">Large dots: means over the seeds; lines: their 95 % intervals (t, K − 1 degrees of freedom); small dots: each seed. In the order of the validation accuracy.</p></section>
${table(result)}
<section><h2>Accuracy against time</h2>${againstTime(result)}
<p class="small muted">Seconds of a training without the features of the frozen body, which all strategies share; logarithmic.</p></section>
${recipes(result)}
${failures(result)}
${everyRun(result)}`,
    footer:
      "The winner was chosen by validation; every test part was scored once a run and chose nothing. Differences are paired by seed and test item, and their p is corrected (Holm) for the number of rows.",
  });
}

function winner({ winner: w, rows }: ComparisonResult): Markup | undefined {
  if (!w) return undefined;
  const row = rows.find(({ label }) => label === w.label)!;
  const mood = w.difference?.finding === "better" ? "positive" : "inconclusive";
  return html`<section class="verdict ${mood}" aria-label="Winner">
<h2>${w.label} wins by validation</h2><p>${w.words}</p>
<p class="small muted">Test accuracy ${percent(row.accuracy!.mean)}${row.accuracy!.ci95 !== null && html`, 95 % interval over seeds ${percentRange(row.accuracy!.ci95)}`}. Of its seeds, ${w.seed} is the best by validation: <code>${w.model}</code></p></section>`;
}

function notes({ notes: all }: ComparisonResult): Markup | undefined {
  if (all.length === 0) return undefined;
  return html`<section class="notes" aria-label="Notes"><strong>What these numbers do not say</strong>
<ul>${all.map((note) => html`<li>${note}</li>`)}</ul></section>`;
}

const findings = { better: "better", worse: "worse", same: "no difference", undecided: "chance" } as const;

function differenceCell(difference: Difference | undefined): Markup {
  if (!difference) return html`<td class="n muted">–</td>`;
  const { gain: by, finding, words } = difference;
  return html`<td class="n finding-${finding}" title="${words}">${gain(by)} <small>${findings[finding]}</small></td>`;
}

function table({ rows, baseline, winner: w }: ComparisonResult): Markup {
  const bytes = (n: number): string => megabytes(n / 1e6);
  const small = (n: number): string => (n < 1e6 ? `${Math.max(1, Math.round(n / 1e3))}\u00a0KB` : bytes(n));
  const both = w?.label !== baseline;
  const line = (row: ComparedRow): Markup => {
    const { accuracy, validation, seconds, trainable } = row;
    const first = html`<th scope="row">${name(row.label)}</th>`;
    if (!accuracy || !validation || !seconds || !trainable)
      return html`<tr>${first}<td colspan="9" class="muted">failed with every seed</td></tr>`;
    return html`<tr${row.label === w?.label ? html` class="best"` : ""}>${first}
<td class="n">${percent(validation.accuracy)}</td>
<td class="n">${percent(accuracy.mean)}${accuracy.plus_minus !== null && html` <small>± ${decimal(100 * accuracy.plus_minus, 1)}</small>`}</td>
${differenceCell(row.to_winner)}${both && differenceCell(row.to_baseline)}
<td class="n">${duration(seconds.own)}</td><td class="n">${megabytes(row.peak_rss_mb!)}</td>
<td class="n">${row.model_bytes! > 0 ? bytes(row.model_bytes!) : "–"}${row.adapter_bytes !== undefined && html` <small>+ ${small(row.adapter_bytes)} adapter</small>`}</td>
<td class="n">${integer(trainable.parameters)}</td><td class="n">${integer(row.seeds.length)}</td></tr>`;
  };
  return html`<section><h2>The table</h2><div class="scroll" role="region" aria-label="Strategies" tabindex="0"><table class="data many">
<thead><tr><th scope="col">strategy</th><th scope="col" class="n">validation</th><th scope="col" class="n">test accuracy</th>
<th scope="col" class="n">to ${w?.label ?? "the winner"}</th>${both && html`<th scope="col" class="n">to ${baseline}</th>`}<th scope="col" class="n">time</th><th scope="col" class="n">peak memory</th>
<th scope="col" class="n">model file</th><th scope="col" class="n">trained numbers</th><th scope="col" class="n">seeds</th></tr></thead>
<tbody>${rows.map(line)}</tbody></table></div></section>`;
}

function recipes({ rows, runs }: ComparisonResult): Markup {
  return html`<section><h2>What each did</h2>${rows.map((row) => {
    const run = runs.find(({ label }) => label === row.label);
    return html`<details><summary>${name(row.label)}</summary>
<ul>${row.recipe.map((line) => html`<li>${line}</li>`)}</ul>${run && html`<pre><code>${run.command}</code></pre>`}</details>`;
  })}</section>`;
}

function failures({ failures: all }: ComparisonResult): Markup | undefined {
  if (all.length === 0) return undefined;
  return html`<section><h2>What failed</h2><ul>${all.map(
    (f) => html`<li><strong>${name(f.label)}</strong>, seed ${f.seed}: ${f.kind}: ${f.message}</li>`,
  )}</ul></section>`;
}

function everyRun({ runs }: ComparisonResult): Markup {
  return html`<section><h2>Every training</h2><div class="scroll" role="region" aria-label="Every training" tabindex="0"><table class="data">
<thead><tr><th scope="col">strategy</th><th scope="col" class="n">seed</th><th scope="col" class="n">validation</th><th scope="col" class="n">test</th>
<th scope="col" class="n">macro F1</th><th scope="col" class="n">loss</th><th scope="col" class="n">epochs</th><th scope="col" class="n">best</th><th scope="col" class="n">time</th>
<th scope="col" class="n">features</th><th scope="col" class="n">peak memory</th></tr></thead><tbody>${runs.map(
    (
      r,
    ) => html`<tr><th scope="row">${name(r.label)}</th><td class="n">${r.seed}</td><td class="n">${percent(r.validation.accuracy)}</td>
<td class="n">${percent(r.test.accuracy)}</td><td class="n">${decimal(r.test.macro_f1)}</td><td class="n">${decimal(r.test.loss)}</td><td class="n">${r.epochs}</td><td class="n">${r.best_epoch}</td>
<td class="n">${duration(r.seconds.total)}</td><td class="n">${duration(r.seconds.features)}</td><td class="n">${megabytes(r.peak_rss_mb)}</td></tr>`,
  )}</tbody></table></div></section>`;
}
