// The report of a comparison of strategies: the winner, a chart with intervals, the table, and each strategy's settings.
import {
  type ComparedRow,
  type ComparisonResult,
  type Difference,
  scoreIn,
  scoreOver,
} from "../../core/results/comparison.js";
import type { ScoreName } from "../../core/results/metric.js";
import { againstTime, withIntervals } from "../charts/comparison-chart.js";
import { decimal, duration, integer, megabytes, rate as significant } from "../charts/numbers.js";
import { formatOf } from "../charts/score-format.js";
import { html, type Markup, name } from "../html.js";
import { renderPage, type Section, titleOf } from "../layout/layout.js";
import { recorded } from "../recorded.js";
import { comparisonEn } from "../words/en/comparison.js";
import { type Lang, wordsIn } from "../words/index.js";
import { comparisonZh } from "../words/zh/comparison.js";

const wordsOfComparison: Readonly<Record<Lang, typeof comparisonEn>> = { en: comparisonEn, zh: comparisonZh };

const own = `
.chart { display: block; width: 100%; height: auto; max-width: 46rem; font: 12px system-ui, sans-serif; }
.chart text { fill: var(--muted); } .chart .name { fill: var(--ink); font-weight: 600; } .chart line, .chart path { stroke: var(--line); fill: none; }
.chart .interval { stroke: var(--curve-3); stroke-width: 2; } .chart .mean { fill: var(--curve-3); } .chart .seed { fill: var(--curve-3); opacity: .45; }
.chart .won .interval { stroke: var(--accent); } .chart .won .mean, .chart .won .seed { fill: var(--accent); }
table.many { font-size: .9rem; } table.many th, table.many td { padding-right: .6rem; }
table.data td.finding-better, table.data td.finding-worse { font-weight: 650; }
table.data td.finding-better { color: var(--good); } table.data td.finding-worse { color: var(--bad); }`;

/**
 * Returns the report of a comparison as one HTML document. Everything from outside is escaped; the page loads and runs nothing.
 * @param lang of the page's own sentences, default "en"
 */
export function renderComparison(result: ComparisonResult, lang: Lang = "en"): string {
  const { seeds, base, split, classes, targets } = result;
  const w = wordsOfComparison[lang];
  const { items, metrics } = wordsIn(lang);
  const { names, titles } = metrics;
  const [measure, title] = [names[result.metric], titles[result.metric]];
  return renderPage({
    title: titleOf(result.data),
    kind: w.kind,
    lang,
    style: own,
    facts: html`<bdi>${base.name}</bdi> · ${w.strategies(result.rows.length)} × ${w.seeds(seeds.length)} · ${targets ? w.numbers(targets.length) : items.classCount(classes.length)} · ${w.parts(integer(split.train), integer(split.validation), integer(split.test))}`,
    lead: html`${winner(result, lang)}
${notes(w.sentences.notes(result), lang)}`,
    sections: [
      {
        id: "scores",
        title: w.onTest(title),
        body: html`${withIntervals(result, (metric) => w.onTestAlt(names[metric]))}
<p class="small muted">${w.onTestNote(measure)}</p>`,
      },
      { id: "table", title: w.table, body: table(result, lang) },
      {
        id: "time",
        title: w.againstTime(title),
        body: html`${againstTime(result, (metric) => w.againstTimeAlt(names[metric]))}
<p class="small muted">${w.againstTimeNote}</p>`,
      },
      ...failures(result, lang),
      { id: "settings", title: w.recipes, body: recipes(result, lang), folded: true },
      { id: "runs", title: w.everyRun, body: everyRun(result, lang), folded: true },
    ],
    footer: w.footer,
  });
}

function winner(result: ComparisonResult, lang: Lang): Markup | undefined {
  const { winner: won, rows, metric } = result;
  if (!won) return undefined;
  const w = wordsOfComparison[lang];
  const words = wordsIn(lang);
  const score = scoreOver(rows.find(({ label }) => label === won.label)!)!;
  const { score: written, range } = formatOf(metric);
  const mood = won.difference?.finding === "better" ? "positive" : "inconclusive";
  return html`<section class="verdict ${mood}" aria-label="${w.winner}">
<p><strong>${w.wins(won.label)}</strong></p><p>${w.sentences.winner(result)}</p>
<p class="small muted">${w.testScore(words.metrics.names[metric], written(score.mean))}${score.ci95 !== null && w.overSeeds(range(score.ci95, words.page))}${w.bestSeed(won.seed)}<code>${won.model}</code></p></section>`;
}

function notes(all: readonly string[], lang: Lang): Markup | undefined {
  if (all.length === 0) return undefined;
  const w = wordsOfComparison[lang];
  return html`<section class="notes" aria-label="${w.notes}"><strong>${w.notesTitle}</strong>
<ul>${all.map((note) => html`<li>${note}</li>`)}</ul></section>`;
}

function differenceCell(
  difference: Difference | undefined,
  label: string,
  metric: ScoreName,
  lang: Lang,
): Markup {
  if (!difference) return html`<td class="n muted">–</td>`;
  const { gain: by, finding, p_adjusted: p } = difference;
  const w = wordsOfComparison[lang];
  return html`<td class="n finding-${finding}" title="${w.sentences.difference(difference, label, metric)} ${finding !== "same" && w.p(finding === "undecided" ? null : p)}">${formatOf(metric).gain(by)} <small>${w.findings[finding]}</small></td>`;
}

function table({ rows, baseline, winner: won, metric, targets }: ComparisonResult, lang: Lang): Markup {
  const w = wordsOfComparison[lang];
  const { score: written, half } = formatOf(metric);
  const errors = rows.some(({ mae }) => mae !== undefined);
  const bytes = (n: number): string => megabytes(n / 1e6);
  const small = (n: number): string => (n < 1e6 ? `${Math.max(1, Math.round(n / 1e3))}\u00a0KB` : bytes(n));
  const both = won?.label !== baseline;
  const line = (row: ComparedRow): Markup => {
    const { label, validation, seconds, trainable, mae } = row;
    const score = scoreOver(row);
    const first = html`<th scope="row">${name(label)}</th>`;
    if (!score || !validation || !seconds || !trainable)
      return html`<tr>${first}<td colspan="${errors ? 10 : 9}" class="muted">${w.failedAll}</td></tr>`;
    return html`<tr${label === won?.label ? html` class="best"` : ""}>${first}
<td class="n">${written(scoreIn(validation))}</td>
<td class="n">${written(score.mean)}${score.plus_minus !== null && html` <small>± ${half(score.plus_minus)}</small>`}</td>
${errors && html`<td class="n">${mae === undefined ? "–" : significant(mae)}</td>`}${differenceCell(row.to_winner, label, metric, lang)}${both && differenceCell(row.to_baseline, label, metric, lang)}
<td class="n">${duration(seconds.own)}</td><td class="n">${megabytes(row.peak_rss_mb!)}</td>
<td class="n">${row.model_bytes! > 0 ? bytes(row.model_bytes!) : "–"}${row.adapter_bytes !== undefined && html` <small>+ ${small(row.adapter_bytes)} ${w.adapter}</small>`}</td>
<td class="n">${integer(trainable.parameters)}</td><td class="n">${integer(row.seeds.length)}</td></tr>`;
  };
  return html`<div class="scroll" role="region" aria-label="${w.tableLabel}" tabindex="0"><table class="data many">
<thead><tr><th scope="col">${w.strategy}</th><th scope="col" class="n">${w.validation}</th><th scope="col" class="n">${w.testMeasure(wordsIn(lang).metrics.names[metric])}</th>
${errors && html`<th scope="col" class="n">${w.meanError(targets?.[0])}</th>`}
<th scope="col" class="n">${w.to(won?.label)}</th>${both && html`<th scope="col" class="n">${w.to(baseline)}</th>`}<th scope="col" class="n">${w.time}</th><th scope="col" class="n">${w.memory}</th>
<th scope="col" class="n">${w.file}</th><th scope="col" class="n">${w.trained}</th><th scope="col" class="n">${w.seedsColumn}</th></tr></thead>
<tbody>${rows.map(line)}</tbody></table></div>`;
}

function recipes({ rows, runs }: ComparisonResult, lang: Lang): Markup {
  return html`${rows.map((row) => {
    const run = runs.find(({ label }) => label === row.label);
    return html`<details><summary>${name(row.label)}</summary>
<ul>${row.recipe.map((line, i) => html`<li>${recorded(line, row.recipe_messages?.[i], wordsIn(lang))}</li>`)}</ul>${run && html`<pre><code>${run.command}</code></pre>`}</details>`;
  })}`;
}

function failures({ failures: all }: ComparisonResult, lang: Lang): readonly Section[] {
  if (all.length === 0) return [];
  const w = wordsOfComparison[lang];
  const body = html`<ul>${all.map(
    (f) =>
      html`<li><strong>${name(f.label)}</strong>${w.failed(f.seed, f.kind)}${recorded(f.message, undefined, wordsIn(lang))}</li>`,
  )}</ul>`;
  return [{ id: "failures", title: w.failures, body }];
}

function everyRun({ runs, metric }: ComparisonResult, lang: Lang): Markup {
  const w = wordsOfComparison[lang];
  const { score: written } = formatOf(metric);
  const classes = metric === "accuracy";
  return html`<div class="scroll" role="region" aria-label="${w.everyRun}" tabindex="0"><table class="data">
<thead><tr><th scope="col">${w.strategy}</th><th scope="col" class="n">${w.seed}</th><th scope="col" class="n">${w.validation}</th><th scope="col" class="n">${w.test}</th>
${classes && html`<th scope="col" class="n">${w.macroF1}</th>`}<th scope="col" class="n">${w.loss}</th><th scope="col" class="n">${w.epochs}</th><th scope="col" class="n">${w.best}</th><th scope="col" class="n">${w.time}</th>
<th scope="col" class="n">${w.features}</th><th scope="col" class="n">${w.memory}</th></tr></thead><tbody>${runs.map(
    (
      r,
    ) => html`<tr><th scope="row">${name(r.label)}</th><td class="n">${r.seed}</td><td class="n">${written(scoreIn(r.validation))}</td>
<td class="n">${written(scoreIn(r.test))}</td>${classes && html`<td class="n">${decimal(r.test.macro_f1)}</td>`}<td class="n">${decimal(r.test.loss)}</td><td class="n">${r.epochs}</td><td class="n">${r.best_epoch}</td>
<td class="n">${duration(r.seconds.total)}</td><td class="n">${duration(r.seconds.features)}</td><td class="n">${megabytes(r.peak_rss_mb)}</td></tr>`,
  )}</tbody></table></div>`;
}
