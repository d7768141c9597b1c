/** A comparison of strategies as one HTML file: the winner, a chart with intervals, the table, what each did. */
import {
  type ComparedMetric,
  type ComparedRow,
  type ComparisonResult,
  type Difference,
  scoreIn,
  scoreOver,
} from "../core/comparison.js";
import { againstTime, withIntervals } from "./comparison-chart.js";
import { html, type Markup, name } from "./html.js";
import {
  count,
  decimal,
  duration,
  gain,
  integer,
  megabytes,
  percent,
  percentRange,
  rate as significant,
} from "./numbers.js";
import { stillPage, titleOf } from "./still-page.js";

const own = `
.chart { display: block; width: 100%; height: auto; max-width: 46rem; font: 12px system-ui, sans-serif; }
.chart text { fill: var(--muted); } .chart .name { fill: var(--ink); font-weight: 600; } .chart line, .chart path { stroke: var(--line); fill: none; }
.chart .interval { stroke: var(--curve-3); stroke-width: 2; } .chart .mean { fill: var(--curve-3); } .chart .seed { fill: var(--curve-3); opacity: .45; }
.chart .won .interval { stroke: var(--accent); } .chart .won .mean, .chart .won .seed { fill: var(--accent); }
table.many { font-size: .9rem; } table.many th, table.many td { padding-right: .6rem; }
table.data td.finding-better, table.data td.finding-worse { font-weight: 650; }
table.data td.finding-better { color: var(--good); } table.data td.finding-worse { color: var(--bad); }`;

/** How a measure is written. */
const writtenAs: Readonly<
  Record<
    ComparedMetric,
    {
      readonly name: string;
      readonly score: (v: number) => string;
      readonly range: (ci95: readonly [number, number]) => string;
      readonly gain: (v: number) => string;
      readonly half: (v: number) => string;
    }
  >
> = {
  accuracy: {
    name: "accuracy",
    score: percent,
    range: percentRange,
    gain,
    half: (v) => decimal(100 * v, 1),
  },
  f1: {
    name: "F1",
    score: decimal,
    range: ([low, high]) => `${decimal(low)} to ${decimal(high)}`,
    gain: (v) => `${v > 0 ? "+" : ""}${decimal(v)}`,
    half: decimal,
  },
  r2: {
    name: "R²",
    score: decimal,
    range: ([low, high]) => `${decimal(low)} to ${decimal(high)}`,
    gain: (v) => `${v > 0 ? "+" : ""}${decimal(v)}`,
    half: decimal,
  },
};

/**
 * The report of a comparison. Everything that comes from outside is escaped; the page loads and runs nothing.
 * @returns a whole HTML document
 */
export function renderComparison(result: ComparisonResult): string {
  const { seeds, base, split, classes, targets } = result;
  const { name: measure } = writtenAs[result.metric];
  return stillPage({
    title: titleOf(result.data),
    kind: "strategies compared",
    style: own,
    facts: html`<bdi>${base.name}</bdi> · ${count(result.rows.length, "strategy", "strategies")} × ${count(seeds.length, "seed")} · ${targets ? count(targets.length, "number") : count(classes.length, "class", "classes")} · ${integer(split.train)} to train, ${integer(split.validation)} to choose by, ${integer(split.test)} to test`,
    main: html`${winner(result)}
${notes(result)}
<section><h2>${capital(measure)} on the test part</h2>${withIntervals(result)}
<p class="small muted">Large dots: means over the seeds; lines: their 95 % intervals (t, K − 1 degrees of freedom); small dots: each seed. In the order of the validation ${measure}.</p></section>
${table(result)}
<section><h2>${capital(measure)} against time</h2>${againstTime(result)}
<p class="small muted">Seconds of a training without the features of the frozen body, which all strategies share; logarithmic.</p></section>
${recipes(result)}
${failures(result)}
${everyRun(result)}`,
    footer:
      "The winner was chosen by validation; every test part was scored once a run and chose nothing. Differences are paired by seed and test item, and their p is corrected (Holm) for the number of rows.",
  });
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function winner({ winner: w, rows, metric }: ComparisonResult): Markup | undefined {
  if (!w) return undefined;
  const score = scoreOver(rows.find(({ label }) => label === w.label)!)!;
  const { name: measure, score: written, range } = writtenAs[metric];
  const mood = w.difference?.finding === "better" ? "positive" : "inconclusive";
  return html`<section class="verdict ${mood}" aria-label="Winner">
<h2>${w.label} wins by validation</h2><p>${w.words}</p>
<p class="small muted">Test ${measure} ${written(score.mean)}${score.ci95 !== null && html`, 95 % interval over seeds ${range(score.ci95)}`}. Of its seeds, ${w.seed} is the best by validation: <code>${w.model}</code></p></section>`;
}

function notes({ notes: all }: ComparisonResult): Markup | undefined {
  if (all.length === 0) return undefined;
  return html`<section class="notes" aria-label="Notes"><strong>What these numbers do not say</strong>
<ul>${all.map((note) => html`<li>${note}</li>`)}</ul></section>`;
}

const findings = { better: "better", worse: "worse", same: "no difference", undecided: "chance" } as const;

function differenceCell(difference: Difference | undefined, metric: ComparedMetric): Markup {
  if (!difference) return html`<td class="n muted">–</td>`;
  const { gain: by, finding, words } = difference;
  return html`<td class="n finding-${finding}" title="${words}">${writtenAs[metric].gain(by)} <small>${findings[finding]}</small></td>`;
}

function table({ rows, baseline, winner: w, metric, targets }: ComparisonResult): Markup {
  const { name: measure, score: written, half } = writtenAs[metric];
  const errors = rows.some(({ mae }) => mae !== undefined);
  const bytes = (n: number): string => megabytes(n / 1e6);
  const small = (n: number): string => (n < 1e6 ? `${Math.max(1, Math.round(n / 1e3))}\u00a0KB` : bytes(n));
  const both = w?.label !== baseline;
  const line = (row: ComparedRow): Markup => {
    const { validation, seconds, trainable, mae } = row;
    const score = scoreOver(row);
    const first = html`<th scope="row">${name(row.label)}</th>`;
    if (!score || !validation || !seconds || !trainable)
      return html`<tr>${first}<td colspan="${errors ? 10 : 9}" class="muted">failed with every seed</td></tr>`;
    return html`<tr${row.label === w?.label ? html` class="best"` : ""}>${first}
<td class="n">${written(scoreIn(validation))}</td>
<td class="n">${written(score.mean)}${score.plus_minus !== null && html` <small>± ${half(score.plus_minus)}</small>`}</td>
${errors && html`<td class="n">${mae === undefined ? "–" : significant(mae)}</td>`}${differenceCell(row.to_winner, metric)}${both && differenceCell(row.to_baseline, metric)}
<td class="n">${duration(seconds.own)}</td><td class="n">${megabytes(row.peak_rss_mb!)}</td>
<td class="n">${row.model_bytes! > 0 ? bytes(row.model_bytes!) : "–"}${row.adapter_bytes !== undefined && html` <small>+ ${small(row.adapter_bytes)} adapter</small>`}</td>
<td class="n">${integer(trainable.parameters)}</td><td class="n">${integer(row.seeds.length)}</td></tr>`;
  };
  return html`<section><h2>The table</h2><div class="scroll" role="region" aria-label="Strategies" tabindex="0"><table class="data many">
<thead><tr><th scope="col">strategy</th><th scope="col" class="n">validation</th><th scope="col" class="n">test ${measure}</th>
${errors && html`<th scope="col" class="n">mean error of ${targets?.[0] ?? "it"}</th>`}
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

function everyRun({ runs, metric }: ComparisonResult): Markup {
  const { score: written } = writtenAs[metric];
  const classes = metric === "accuracy";
  return html`<section><h2>Every training</h2><div class="scroll" role="region" aria-label="Every training" tabindex="0"><table class="data">
<thead><tr><th scope="col">strategy</th><th scope="col" class="n">seed</th><th scope="col" class="n">validation</th><th scope="col" class="n">test</th>
${classes && html`<th scope="col" class="n">macro F1</th>`}<th scope="col" class="n">loss</th><th scope="col" class="n">epochs</th><th scope="col" class="n">best</th><th scope="col" class="n">time</th>
<th scope="col" class="n">features</th><th scope="col" class="n">peak memory</th></tr></thead><tbody>${runs.map(
    (
      r,
    ) => html`<tr><th scope="row">${name(r.label)}</th><td class="n">${r.seed}</td><td class="n">${written(scoreIn(r.validation))}</td>
<td class="n">${written(scoreIn(r.test))}</td>${classes && html`<td class="n">${decimal(r.test.macro_f1)}</td>`}<td class="n">${decimal(r.test.loss)}</td><td class="n">${r.epochs}</td><td class="n">${r.best_epoch}</td>
<td class="n">${duration(r.seconds.total)}</td><td class="n">${duration(r.seconds.features)}</td><td class="n">${megabytes(r.peak_rss_mb)}</td></tr>`,
  )}</tbody></table></div></section>`;
}
