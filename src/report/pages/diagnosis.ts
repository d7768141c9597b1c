// The report of a diagnosis: which layers' weights help or hurt, and which classes of the source.

import type { Interval } from "../../core/events/events.js";
import type { DiagnosisResult, SourceDiagnosis, WorthOfLayers } from "../../core/results/diagnosis.js";
import { decimal, duration, gain, integer, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { renderPage, titleOf } from "../layout/layout.js";
import { recordedRecipe } from "../recorded.js";
import { diagnosisEn } from "../words/en/diagnosis.js";
import { type Lang, wordsIn } from "../words/index.js";
import { diagnosisZh } from "../words/zh/diagnosis.js";

const wordsOfDiagnosis: Readonly<Record<Lang, typeof diagnosisEn>> = { en: diagnosisEn, zh: diagnosisZh };

const own = `
.chart { display: block; width: 100%; height: auto; max-width: 46rem; font: 12px system-ui, sans-serif; }
.chart text { fill: var(--muted); } .chart .name { fill: var(--ink); font-weight: 600; } .chart line { stroke: var(--line); }
.chart .interval { stroke: var(--curve-3); stroke-width: 2; } .chart .mean { fill: var(--curve-3); } .chart .zero { stroke: var(--muted); }
.chart .helps .interval { stroke: var(--good); } .chart .helps .mean { fill: var(--good); }
.chart .hurts .interval { stroke: var(--bad); } .chart .hurts .mean { fill: var(--bad); }
table.data td.helps { color: var(--good); font-weight: 650; } table.data td.hurts { color: var(--bad); font-weight: 650; }`;

const moods = {
  helps: "positive",
  hurts: "negative",
  "no difference": "neutral",
  undecided: "inconclusive",
} as const;

/**
 * Returns the report of a diagnosis as one HTML document. Everything from outside is escaped; the page loads and runs nothing.
 * @param lang of the page's own sentences, default "en"
 */
export function renderDiagnosis(result: DiagnosisResult, lang: Lang = "en"): string {
  const { base, groups, seeds, split, unit, all, source } = result;
  const w = wordsOfDiagnosis[lang];
  return renderPage({
    title: titleOf(result.data),
    kind: w.kind,
    lang,
    style: own,
    facts: html`<bdi>${base.name}</bdi> · ${w.groups(groups.length)} × ${w.seeds(seeds.length)} · ${w.parts(integer(split.train), integer(split.validation), unit)}`,
    lead: html`<section class="verdict ${moods[all.finding]}" aria-label="${w.worthTitle}"><p><strong>${w.worthTitle}</strong></p><p>${w.words(result)}</p></section>
<section class="notes" aria-label="${w.notesLabel}"><strong>${w.notesTitle}</strong><ul>${w.notes(result).map((note) => html`<li>${note}</li>`)}</ul></section>`,
    sections: [
      {
        id: "groups",
        title: w.byGroup,
        body: html`${chart(result, lang)}
<p class="small muted">${w.chartNote(unit)}</p>
<ul>${groups.map((group) => html`<li>${w.groupWords(group, groups.length)}</li>`)}</ul>`,
      },
      { id: "table", title: w.table, body: table(result, lang) },
      ...(source ? [{ id: "source", title: w.source, body: ofSource(source, lang) }] : []),
      { id: "trainings", title: w.trainings, body: trainings(result, lang), folded: true },
      {
        id: "settings",
        title: w.how,
        folded: true,
        body: html`<dl class="facts"><dt>${w.recipe}</dt><dd>${recordedRecipe(result, wordsIn(lang))}</dd><dt>${w.time}</dt><dd>${w.timeWords(duration(result.seconds), duration(result.forecast.seconds))}</dd><dt>${w.base}</dt><dd>${name(base.name)} · ${name(base.license)} · <small class="muted">sha256 <code>${base.sha256.slice(0, 12)}…</code></small></dd><dt>${w.folder}</dt><dd><code>${result.diagnosis}</code></dd></dl>`,
      },
    ],
    footer: w.footer,
  });
}

const [width, left, right, rowHeight] = [720, 150, 26, 20];
const at = (x: number): string => x.toFixed(1);

function chart({ groups }: DiagnosisResult, lang: Lang): Markup {
  const w = wordsOfDiagnosis[lang];
  const all = groups.flatMap((g) => [g.from_output, g.from_input]).map(endsOf);
  const step = 0.1;
  const low = Math.min(-step, Math.floor(Math.min(...all.map(([low]) => low)) / step) * step);
  const high = Math.max(step, Math.ceil(Math.max(...all.map(([, high]) => high)) / step) * step);
  const x = (value: number): string => at(left + ((value - low) / (high - low)) * (width - left - right));
  const every = high - low > 1 ? 0.2 : step;
  const marks = Array.from({ length: Math.round((high - low) / every) + 1 }, (_, i) => low + i * every);
  const bottom = groups.length * (2 * rowHeight + 8) + 8;
  const row = (one: WorthOfLayers, y: number): Markup =>
    html`<g class="${isSure(one) ? one.finding : "other"}"><line class="interval" x1="${x(endsOf(one)[0])}" x2="${x(endsOf(one)[1])}" y1="${y}" y2="${y}"/><circle class="mean" cx="${x(one.gain)}" cy="${y}" r="4.5"/></g>`;
  return html`<svg class="chart" viewBox="0 0 ${width} ${bottom + 24}" role="img" aria-label="${w.chartAlt}">
${marks.map((m) => html`<line x1="${x(m)}" x2="${x(m)}" y1="0" y2="${bottom}"${Math.abs(m) < 1e-9 ? html` class="zero"` : ""}/><text x="${x(m)}" y="${bottom + 16}" text-anchor="middle">${Math.abs(m) < 1e-9 ? "0" : gain(m)}</text>`)}
${groups.map((group, i) => {
  const y = 8 + i * (2 * rowHeight + 8);
  return html`<text class="name" x="0" y="${y + rowHeight + 4}">${w.groupNumber(group.group)}</text>${row(group.from_output, y + rowHeight / 2)}${row(group.from_input, y + rowHeight * 1.5)}`;
})}</svg>`;
}

const isSure = ({ finding }: WorthOfLayers): boolean => finding === "helps" || finding === "hurts";

/** Returns the ends of the interval; the gain alone if both are right on the same samples. */
const endsOf = ({ ci95, gain: only }: WorthOfLayers): Interval => ci95 ?? [only, only];

function cell(one: WorthOfLayers, lang: Lang): Markup {
  const w = wordsOfDiagnosis[lang];
  const gainText = one.ci95
    ? w.worth(
        gain(one.ci95[0]),
        gain(one.ci95[1]),
        w.p(isSure(one) ? one.p_adjusted : null),
        w.findings[one.finding],
      )
    : w.alike;
  return html`<td class="n ${isSure(one) ? one.finding : ""}">${gain(one.gain)}<br><small>${gainText}</small></td>`;
}

function table({ groups, all }: DiagnosisResult, lang: Lang): Markup {
  const w = wordsOfDiagnosis[lang];
  return html`<div class="scroll" role="region" aria-label="${w.tableLabel}" tabindex="0"><table class="data">
<thead><tr><th scope="col">${w.group}</th><th scope="col">${w.weights}</th><th scope="col" class="n">${w.numbers}</th><th scope="col" class="n">${w.behind}</th><th scope="col" class="n">${w.before}</th></tr></thead>
<tbody>${groups.map((g) => html`<tr><th scope="row">${g.group}</th><td>${name(g.from)} … ${name(g.to)}</td><td class="n">${integer(g.parameters)}</td>${cell(g.from_output, lang)}${cell(g.from_input, lang)}</tr>`)}
<tr><th scope="row">${w.all}</th><td></td><td class="n">${integer(groups.reduce((n, g) => n + g.parameters, 0))}</td>${cell(all, lang)}<td></td></tr></tbody></table></div>`;
}

function trainings({ variants, groups, unit }: DiagnosisResult, lang: Lang): Markup {
  const w = wordsOfDiagnosis[lang];
  return html`<div class="scroll" role="region" aria-label="${w.trainingsLabel}" tabindex="0"><table class="data">
<thead><tr><th scope="col">${w.beginsWith}</th><th scope="col" class="n">${w.accuracyOn(unit)}</th></tr></thead>
<tbody>${variants.map((one) => html`<tr><th scope="row">${w.variant(one, groups.length)}</th><td class="n">${percent(one.accuracy.mean)}${one.accuracy.plus_minus !== null && html` <small>± ${decimal(100 * one.accuracy.plus_minus, 1)}</small>`}</td></tr>`)}</tbody></table></div>`;
}

function ofSource(source: SourceDiagnosis, lang: Lang): Markup {
  const { classes, data, n, effective } = source;
  const w = wordsOfDiagnosis[lang];
  const { page } = wordsIn(lang);
  const worth = classes.some((one) => one.worth);
  return html`<p>${w.sourceWords(source)}</p><p class="small muted"><bdi>${data}</bdi>${w.examples(integer(n), integer(effective))}</p>
<div class="scroll" role="region" aria-label="${w.source}" tabindex="0"><table class="data"><thead><tr><th scope="col">${w.class}</th><th scope="col" class="n">${w.exampleCount}</th><th scope="col" class="n">${w.weight}</th>${worth && html`<th scope="col" class="n">${w.toProbe}</th>`}</tr></thead>
<tbody>${classes.map((c) => html`<tr><th scope="row">${name(c.label)}</th><td class="n">${integer(c.n)}</td><td class="n">${decimal(c.weight, 2)} <small>${page.to(decimal(c.weight_ci95[0], 2), decimal(c.weight_ci95[1], 2))}</small></td>${worth && (c.worth ? cell(c.worth, lang) : html`<td class="n muted">–</td>`)}</tr>`)}</tbody></table></div>`;
}
