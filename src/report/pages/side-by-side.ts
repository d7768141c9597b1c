// The report of several runs side by side: a chart with intervals, the table, the curves, and the options that differ.

import { metrics } from "../../core/results/metric.js";
import type { RunsReport, SideRun } from "../../core/results/side-by-side.js";
import type { Chart } from "../charts/charts.js";
import { chartMarkup, figure } from "../charts/curves.js";
import { duration, integer, megabytes } from "../charts/numbers.js";
import { formatOf } from "../charts/score-format.js";
import { html, type Markup, name } from "../html.js";
import { renderPage, type Section, titleOf } from "../layout/layout.js";
import { recorded, translate } from "../recorded.js";
import type { ReportAssets } from "../report-data.js";
import { type Lang, type Words, wordsIn } from "../words/index.js";
import { baseText } from "./details.js";
import { testScores } from "./test-scores.js";

// Four further colours. From the ninth run on, colours repeat and curves are dashed.
const more = (five: string, six: string, seven: string, eight: string): string =>
  `--curve-5: ${five}; --curve-6: ${six}; --curve-7: ${seven}; --curve-8: ${eight};`;
const own = `
:root { ${more("#7b4bb3", "#0f7f8c", "#a3337a", "#7a6a00")} }
@media screen and (prefers-color-scheme: dark) { :root { ${more("#b796e8", "#5fc3cf", "#e58bc4", "#cdbb4a")} } }
.chart { display: block; width: 100%; height: auto; max-width: 46rem; font: 12px system-ui, sans-serif; }
.chart text { fill: var(--muted); } .chart .name { fill: var(--ink); font-weight: 600; } .chart line { stroke: var(--line); }
.chart .interval { stroke-width: 2; stroke: var(--this); } .chart .mean { fill: var(--this); }
.key { display: inline-block; width: .7rem; height: .7rem; margin-right: .45rem; border-radius: 50%; background: var(--this); }
table.many { font-size: .9rem; } table.many th, table.many td { padding-right: .6rem; } table.many tbody th { min-width: 8rem; } table.many tbody th bdi { max-width: 11rem; }
table.data td.finding-better, table.data td.finding-worse { font-weight: 650; }
table.data td.finding-better { color: var(--good); } table.data td.finding-worse { color: var(--bad); }`;

const colours = 8;
const colourOf = (i: number): number => (i % colours) + 1;
const key = (i: number): Markup =>
  html`<i class="key" style="--this: var(--curve-${colourOf(i)})" aria-hidden="true"></i>`;

/**
 * Returns the report of several runs as one HTML document. Everything from outside is escaped; the page loads nothing. Without
 * `assets` it has no curves.
 */
export function renderSideBySide(result: RunsReport, assets?: ReportAssets, lang: Lang = "en"): string {
  const words = wordsIn(lang);
  const { sideBySide: w } = words;
  const metric = words.metrics.names[result.metric];
  const charts = assets ? chartsOf(result, words) : [];
  const titles = new Set(result.runs.map(({ data }) => titleOf(data)));
  return renderPage({
    title: titles.size <= 3 ? [...titles].join(", ") : `${[...titles].slice(0, 3).join(", ")}, …`,
    kind: w.kind,
    style: own,
    facts: html`${w.facts(result.runs.length, result.learns)}`,
    lang,
    ...(charts.length > 0 && assets && { assets, scripts: chartMarkup(charts, assets) }),
    lead: notes(result, words) ?? html``,
    sections: [
      {
        id: "scores",
        title: w.scores(metric),
        body: html`${testScores(result, words, colourOf)}
<p class="small muted">${w.scoresNote}</p>`,
      },
      { id: "table", title: w.table, body: table(result, words) },
      ...differences(result, words),
      ...(charts.length > 0
        ? [
            {
              id: "curves",
              title: w.curves,
              body: html`<div class="curves">${charts.map((chart) => figure(chart, words))}</div>
<p class="small muted">${w.curvesNote}</p>`,
            },
          ]
        : []),
      { id: "options", title: w.differing, body: differing(result, words) },
      { id: "runs", title: w.what, body: runFacts(result, words), folded: true },
    ],
    footer: w.footer,
  });
}

function notes({ notes: all, note_messages: messages }: RunsReport, words: Words): Markup | undefined {
  if (all.length === 0) return undefined;
  const { sideBySide: w } = words;
  return html`<section class="notes" aria-label="${w.notes}"><strong>${w.notes}</strong>
<ul>${all.map((note, i) => html`<li>${recorded(note, messages && [messages[i]!], words)}</li>`)}</ul></section>`;
}

function table(result: RunsReport, words: Words): Markup {
  const { runs, metric, against, best } = result;
  const { sideBySide: w, metrics: m } = words;
  const { score: scoreText, range } = formatOf(metric);
  const columns = [
    ...[w.test(m.names[metric]), w.validation],
    ...(against === null ? [] : [w.to(against)]),
    ...[w.time, w.memory, w.file, w.trained, w.epochs],
  ];
  const cells = (run: SideRun): Markup => {
    const { test, validation, seconds, trainable, by_seed: seeds } = run;
    const score = test
      ? html`${scoreText(test.value)} ${test.ci95 !== null && html`<small>${range(test.ci95, words.page)}</small>`}${seeds && html`<br><small class="muted">${w.overSeeds(seeds.seeds, scoreText(seeds.mean))}</small>`}`
      : html`<span class="muted">${w.state[run.status]}</span>`;
    return html`<td class="n">${score}</td><td class="n">${validation ? scoreText(validation.value) : "–"}</td>
${against !== null && differenceCell(run, result, words)}<td class="n">${seconds ? duration(seconds.total) : "–"}</td><td class="n">${run.peak_rss_mb === undefined ? "–" : megabytes(run.peak_rss_mb)}</td>
<td class="n">${files(run, words)}</td><td class="n">${trainable ? integer(trainable.parameters) : "–"}</td><td class="n">${integer(run.epochs)}</td>`;
  };
  return html`<div class="scroll" role="region" aria-label="${w.table}" tabindex="0"><table class="data many">
<thead><tr><th scope="col">${w.run}</th>${columns.map((c) => html`<th scope="col" class="n">${c}</th>`)}</tr></thead>
<tbody>${runs.map((run, i) => html`<tr><th scope="row">${key(i)}${name(run.label)}${run.label === best && html` <span title="${w.best}">★</span>`}</th>${cells(run)}</tr>`)}</tbody></table></div>
${best !== null && html`<p class="small muted">${w.bestMark}</p>`}`;
}

function differenceCell(run: SideRun, result: RunsReport, words: Words): Markup {
  const { sideBySide: w, tag } = words;
  const { against, metric } = result;
  if (run.label === against) return html`<td class="n muted" title="${w.itself}">–</td>`;
  const { difference: d, difference_message: message } = run;
  if (typeof d !== "object") {
    const why = tag === "en" ? d : (translate(message && [message], words) ?? d);
    return html`<td class="n muted" title="${why ?? ""}">${w.notPaired}</td>`;
  }
  const { gain } = formatOf(metric);
  return html`<td class="n finding-${d.finding}" title="${w.differenceWords(d, run.label, result)}">${gain(d.gain)} <small>${d.ci95 === null ? "" : `${gain(d.ci95[0])} … ${gain(d.ci95[1])}, `}${w.findings[d.finding]}</small></td>`;
}

function files(
  { model_bytes: model = 0, adapter_bytes: adapter }: SideRun,
  { sideBySide: w }: Words,
): string {
  const bytes = (n: number): string =>
    n < 1e6 ? `${Math.max(1, Math.round(n / 1e3))}\u00a0KB` : megabytes(n / 1e6);
  const parts = [
    ...(model > 0 ? [bytes(model)] : []),
    ...(adapter === undefined ? [] : [`${bytes(adapter)} ${w.adapter}`]),
  ];
  return parts.length > 0 ? parts.join(" + ") : "–";
}

function differences(result: RunsReport, words: Words): readonly Section[] {
  const { runs, against } = result;
  const { sideBySide: w } = words;
  const paired = runs.flatMap(({ label, difference: d }) => (typeof d === "object" ? [{ label, d }] : []));
  const not = runs.filter(({ difference }) => typeof difference === "string");
  if (paired.length === 0 && not.length === 0) return [];
  const body = html`${paired.length > 0 && html`<ul>${paired.map(({ label, d }) => html`<li>${w.differenceWords(d, label, result)}</li>`)}</ul>`}
${not.length > 0 && html`<h3>${w.whyNot(against ?? "")}</h3><ul>${not.map(({ label, difference, difference_message: message }) => html`<li>${name(label)}${words.page.colon}${recorded(difference as string, message && [message], words)}</li>`)}</ul>`}`;
  return [{ id: "differences", title: w.differences, body }];
}

/** Returns the charts, with a curve for each run. */
function chartsOf(
  { runs, metric }: RunsReport,
  { sideBySide: w, charts: c, metrics: m }: Words,
): readonly Chart[] {
  const length = Math.max(0, ...runs.map(({ curve }) => curve.length));
  if (length === 0) return [];
  const x = Array.from({ length }, (_, i) => i + 1);
  const chart = (
    id: string,
    title: string,
    note: string,
    y: (epoch: SideRun["curve"][number]) => number,
    share = false,
  ): Chart => ({
    ...{ id, title, note, percent: share, x, epoch: c.epoch },
    series: runs.flatMap(({ label, curve }, i) =>
      curve.length === 0
        ? []
        : [
            {
              ...{ label, curve: colourOf(i), dashed: i >= colours },
              y: x.map((_, e) => (Number.isFinite(curve[e] && y(curve[e])) ? y(curve[e]!) : null)),
            },
          ],
    ),
  });
  const share = metrics[metric].scale === "share";
  const lossNote = share ? c.lossNote : c.lossNoteNumbers;
  return [
    chart("side-score", w.validationScore(m.names[metric]), c.accuracyNote, (e) => e.validation, share),
    chart("side-loss", w.validationLoss, lossNote, (e) => e.validation_loss),
    chart("side-train", w.trainLoss, lossNote, (e) => e.train_loss),
  ];
}

function differing({ runs, differing: all }: RunsReport, { sideBySide: w }: Words): Markup {
  if (all.length === 0) return html`<p class="muted">${w.same}</p>`;
  return html`<div class="scroll" role="region" aria-label="${w.differing}" tabindex="0"><table class="data many">
<thead><tr><th scope="col">${w.option}</th>${runs.map(({ label }) => html`<th scope="col">${name(label)}</th>`)}</tr></thead>
<tbody>${all.map(
    ({ option, values }) =>
      html`<tr><th scope="row"><code>${option}</code></th>${values.map((value) => (value === null ? html`<td class="muted">${w.unset}</td>` : html`<td>${value}</td>`))}</tr>`,
  )}</tbody></table></div>`;
}

function runFacts({ runs }: RunsReport, words: Words): Markup {
  const { sideBySide: w } = words;
  const fact = (term: string, ...what: readonly (Markup | string)[]): Markup =>
    html`<dt>${term}</dt><dd>${what}</dd>`;
  return html`${runs.map((run, i) => {
    const { base, split, strategy, verdict } = run;
    return html`<h3>${key(i)}${name(run.label)}${run.status !== "done" && html` <small class="muted">${w.state[run.status]}</small>`}</h3><dl class="facts">${fact(w.data, name(titleOf(run.data)), split ? html` · ${w.parts(integer(split.train), integer(split.validation), integer(split.test))}` : "")}
${base && fact(w.base, html`${baseText(base.name, words)} · ${baseText(base.license, words)} · <small class="muted">sha256 <code>${base.sha256.slice(0, 12)}…</code></small>`)}
${strategy !== undefined && fact(w.strategy, html`<strong>${strategy}</strong>`)}${fact(w.seed, String(run.seed))}
${verdict !== undefined && fact(w.verdict, words.verdict.transfer[verdict as keyof typeof words.verdict.transfer] ?? verdict)}${fact(w.machine, run.machine)}
${fact(w.command, html`<code>${run.command}</code>`)}${fact(w.folder, html`<code>${run.run}</code>`)}</dl>`;
  })}`;
}
