/** A diagnosis as one HTML file: which layers' weights help or hurt, and which classes of the source. */
import type { DiagnosisResult, SourceDiagnosis, WorthOfLayers } from "../core/diagnosis.js";
import { html, type Markup, name } from "./html.js";
import { count, decimal, duration, gain, integer, percent } from "./numbers.js";
import { stillPage, titleOf } from "./still-page.js";

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
 * The report of a diagnosis. Everything that comes from outside is escaped; the page loads and runs nothing.
 * @returns a whole HTML document
 */
export function renderDiagnosis(result: DiagnosisResult): string {
  const { base, groups, seeds, split, unit, all, source } = result;
  return stillPage({
    title: titleOf(result.data),
    kind: "layers diagnosed",
    style: own,
    facts: html`<bdi>${base.name}</bdi> · ${count(groups.length, "group")} of layers × ${count(seeds.length, "seed")} · ${integer(split.train)} ${unit} to train, ${integer(split.validation)} to judge by`,
    main: html`<section class="verdict ${moods[all.finding]}" aria-label="What the base's weights are worth"><h2>What the base's weights are worth</h2><p>${result.words}</p></section>
<section class="notes" aria-label="Notes"><strong>What these numbers do not say</strong><ul>${result.notes.map((note) => html`<li>${note}</li>`)}</ul></section>
<section><h2>Group by group, from the input on</h2>${chart(result)}
<p class="small muted">Points of accuracy that keeping the weights of a group brings, against fresh ones; lines: 95 % intervals over seeds and validation ${unit}. Upper dot: with everything behind the group fresh; lower dot: with everything before it fresh. Green helps, red hurts, grey cannot be told.</p>
<ul>${groups.map(({ words }) => html`<li>${words}</li>`)}</ul></section>
${table(result)}
${trainings(result)}
${source && ofSource(source)}
<section><h2>How</h2><dl class="facts"><dt>Recipe</dt><dd>${result.recipe}</dd><dt>Time</dt><dd>${duration(result.seconds)}; forecast ${duration(result.forecast.seconds)}</dd><dt>Base</dt><dd>${name(base.name)} · ${name(base.license)} · <small class="muted">sha256 <code>${base.sha256.slice(0, 12)}…</code></small></dd><dt>Folder</dt><dd><code>${result.diagnosis}</code></dd></dl></section>`,
    footer:
      "Every training has the same split, recipe and head; only which groups begin with fresh weights differs. Differences are paired by seed and validation item, their p corrected (Holm) for all comparisons of the page. The test part was not looked at.",
  });
}

const [width, left, right, rowHeight] = [720, 150, 26, 20];
const at = (x: number): string => x.toFixed(1);

function chart({ groups }: DiagnosisResult): Markup {
  const all = groups.flatMap((g) => [g.from_output, g.from_input]);
  const step = 0.1;
  const low = Math.min(-step, Math.floor(Math.min(...all.map(({ ci95 }) => ci95[0])) / step) * step);
  const high = Math.max(step, Math.ceil(Math.max(...all.map(({ ci95 }) => ci95[1])) / step) * step);
  const x = (value: number): string => at(left + ((value - low) / (high - low)) * (width - left - right));
  const every = high - low > 1 ? 0.2 : step;
  const marks = Array.from({ length: Math.round((high - low) / every) + 1 }, (_, i) => low + i * every);
  const bottom = groups.length * (2 * rowHeight + 8) + 8;
  const row = (one: WorthOfLayers, y: number): Markup =>
    html`<g class="${one.finding === "helps" || one.finding === "hurts" ? one.finding : "other"}"><line class="interval" x1="${x(one.ci95[0])}" x2="${x(one.ci95[1])}" y1="${y}" y2="${y}"/><circle class="mean" cx="${x(one.gain)}" cy="${y}" r="4.5"/></g>`;
  return html`<svg class="chart" viewBox="0 0 ${width} ${bottom + 24}" role="img" aria-label="What the weights of each group are worth, with intervals; the same numbers are in the table">
${marks.map((m) => html`<line x1="${x(m)}" x2="${x(m)}" y1="0" y2="${bottom}"${Math.abs(m) < 1e-9 ? html` class="zero"` : ""}/><text x="${x(m)}" y="${bottom + 16}" text-anchor="middle">${Math.abs(m) < 1e-9 ? "0" : gain(m)}</text>`)}
${groups.map((group, i) => {
  const y = 8 + i * (2 * rowHeight + 8);
  return html`<text class="name" x="0" y="${y + rowHeight + 4}">group ${group.group}</text>${row(group.from_output, y + rowHeight / 2)}${row(group.from_input, y + rowHeight * 1.5)}`;
})}</svg>`;
}

function cell(one: WorthOfLayers): Markup {
  return html`<td class="n ${one.finding === "helps" || one.finding === "hurts" ? one.finding : ""}">${gain(one.gain)} <small>${gain(one.ci95[0])} to ${gain(one.ci95[1])}, p ${decimal(one.p_adjusted)}, ${one.finding}</small></td>`;
}

function table({ groups, all }: DiagnosisResult): Markup {
  return html`<section><h2>The table</h2><div class="scroll" role="region" aria-label="Groups" tabindex="0"><table class="data">
<thead><tr><th scope="col">group</th><th scope="col">first and last weight</th><th scope="col" class="n">numbers</th><th scope="col" class="n">what is behind fresh</th><th scope="col" class="n">what is before fresh</th></tr></thead>
<tbody>${groups.map((g) => html`<tr><th scope="row">${g.group}</th><td>${name(g.from)} … ${name(g.to)}</td><td class="n">${integer(g.parameters)}</td>${cell(g.from_output)}${cell(g.from_input)}</tr>`)}
<tr><th scope="row">all</th><td></td><td class="n">${integer(groups.reduce((n, g) => n + g.parameters, 0))}</td>${cell(all)}<td></td></tr></tbody></table></div></section>`;
}

function trainings({ variants, unit }: DiagnosisResult): Markup {
  return html`<section><h2>The trainings</h2><div class="scroll" role="region" aria-label="Trainings" tabindex="0"><table class="data">
<thead><tr><th scope="col">begins with</th><th scope="col" class="n">accuracy on validation ${unit}</th></tr></thead>
<tbody>${variants.map(({ label, accuracy: a }) => html`<tr><th scope="row">${label}</th><td class="n">${percent(a.mean)}${a.plus_minus !== null && html` <small>± ${decimal(100 * a.plus_minus, 1)}</small>`}</td></tr>`)}</tbody></table></div></section>`;
}

function ofSource({ classes, words, data, n, effective }: SourceDiagnosis): Markup {
  const worth = classes.some((one) => one.worth);
  return html`<section><h2>Classes of the source</h2><p>${words}</p><p class="small muted"><bdi>${data}</bdi>: ${integer(n)} examples, worth ${integer(effective)} when weighted. Weight: how much denser the data are than the source at its examples, 1 on average.</p>
<div class="scroll" role="region" aria-label="Classes of the source" tabindex="0"><table class="data"><thead><tr><th scope="col">class</th><th scope="col" class="n">examples</th><th scope="col" class="n">weight</th>${worth && html`<th scope="col" class="n">worth to a probe</th>`}</tr></thead>
<tbody>${classes.map((c) => html`<tr><th scope="row">${name(c.label)}</th><td class="n">${integer(c.n)}</td><td class="n">${decimal(c.weight, 2)} <small>${decimal(c.weight_ci95[0], 2)} to ${decimal(c.weight_ci95[1], 2)}</small></td>${worth && (c.worth ? cell(c.worth) : html`<td class="n muted">–</td>`)}</tr>`)}</tbody></table></div></section>`;
}
