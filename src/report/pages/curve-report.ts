// The report of a learning curve: the result in a sentence, the chart with both power laws, the table.
import { type CurveLaw, type CurveResult, type CurveSize, extrapolatedTo } from "../../core/results/curve.js";
import { metrics } from "../../core/results/metric.js";
import { decimal, duration, gain, integer, percent } from "../charts/numbers.js";
import { formatOf } from "../charts/score-format.js";
import { html, type Markup } from "../html.js";
import { renderPage, titleOf } from "../layout/layout.js";
import { curveEn } from "../words/en/curve.js";
import { type Lang, wordsIn } from "../words/index.js";
import { curveZh } from "../words/zh/curve.js";

const wordsOfCurve: Readonly<Record<Lang, typeof curveEn>> = { en: curveEn, zh: curveZh };

const own = `
.chart { display: block; width: 100%; height: auto; max-width: 46rem; font: 12px system-ui, sans-serif; }
.chart text { fill: var(--muted); } .chart line, .chart path { stroke: var(--line); fill: none; }
.chart .transfer { --this: var(--accent); } .chart .scratch { --this: var(--curve-3); }
.chart g path { stroke: var(--this); stroke-width: 2; } .chart g path.beyond { stroke-dasharray: 4 4; } .chart g line { stroke: var(--this); stroke-width: 2; }
.chart circle { fill: var(--this); } .chart .name { fill: var(--this); font-weight: 600; } .chart .target { stroke: var(--good); stroke-dasharray: 2 3; }`;

/**
 * Returns the report of a learning curve as one HTML document. Everything from outside is escaped; the page loads and runs nothing.
 * @param lang of the page's own sentences, default "en"
 */
export function renderCurve(result: CurveResult, lang: Lang = "en"): string {
  const { seeds, base, classes, sizes, strategy, unit, test_items: tests } = result;
  const w = wordsOfCurve[lang];
  const { items } = wordsIn(lang);
  const { classCount } = items;
  const learnt = {
    accuracy: classCount,
    f1: w.labels,
    r2: w.numbers,
    map: classCount,
    miou: classCount,
    word_accuracy: classCount,
  };
  return renderPage({
    title: titleOf(result.data),
    kind: w.kind,
    lang,
    style: own,
    facts: html`<bdi>${base.name}</bdi> · ${strategy} · ${w.sizes(sizes.length)} × ${w.seeds(seeds.length)} · ${unit === "sentences" ? w.types(classes.length) : learnt[result.metric](classes.length)} · ${items.testCount(tests, unit.slice(0, -1))}`,
    lead: html`<section class="verdict inconclusive" aria-label="${w.saved}"><p><strong>${w.saved}</strong></p><p>${w.words(result)}</p></section>
<section class="notes" aria-label="${w.notesLabel}"><strong>${w.notesTitle}</strong><ul>${w.notes(result).map((note) => html`<li>${note}</li>`)}</ul></section>`,
    sections: [
      {
        id: "curve",
        title: w.scoreBy(unit, result.metric),
        body: html`${chart(result, lang)}
<p class="small muted">${w.chartNote(unit, result.metric)}</p>`,
      },
      { id: "table", title: w.table, body: table(result, lang) },
      { id: "laws", title: w.laws, body: laws(result, lang), folded: true },
    ],
    footer: w.footer,
  });
}

const [width, height, edge, side] = [720, 320, 52, 104];
const at = (x: number): string => x.toFixed(1);

function chart({ sizes, laws: both, target, unit, metric }: CurveResult, lang: Lang): Markup {
  const w = wordsOfCurve[lang];
  const first = sizes[0]!.size;
  const last = sizes.at(-1)!.size;
  const end = extrapolatedTo * last;
  const values = sizes.flatMap(({ transfer, scratch }) =>
    [transfer, scratch].flatMap(({ mean, ci95 }) => [mean, ...(ci95 ?? [])]),
  );
  const low = Math.max(0, Math.floor(10 * Math.min(...values)) / 10);
  const x = (n: number): number =>
    edge + (Math.log(n / first) / Math.log(end / first)) * (width - edge - side);
  const y = (a: number): number => 10 + ((1 - Math.min(1, Math.max(low, a))) / (1 - low)) * (height - 44);
  const marks = Array.from({ length: Math.round(10 * (1 - low)) + 1 }, (_, i) => low + i / 10);
  const way = (name: "transfer" | "scratch", word: string): Markup => {
    const law = both[name];
    const final = law?.follows ? accuracyOf(law, end) : sizes.at(-1)![name].mean;
    return html`<g class="${name}">${law?.follows && html`<path d="${line(law, first, last, x, y)}"/><path class="beyond" d="${line(law, last, end, x, y)}"/>`}
${sizes.map((s) => dot(s, name, x, y))}<text class="name" x="${at(x(law?.follows ? end : last) + 8)}" y="${at(y(final) + 4)}">${word}</text></g>`;
  };
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${w.chartAlt(unit, metric)}">
${marks.map((m) => html`<line x1="${edge}" x2="${width - side}" y1="${at(y(m))}" y2="${at(y(m))}"/><text x="${edge - 6}" y="${at(y(m) + 4)}" text-anchor="end">${metrics[metric].scale === "share" ? percent(m, 0) : decimal(m, 1)}</text>`)}
${sizes.map(({ size }) => html`<text x="${at(x(size))}" y="${height - 12}" text-anchor="middle">${integer(size)}</text>`)}
<line class="target" x1="${edge}" x2="${width - side}" y1="${at(y(target))}" y2="${at(y(target))}"/>
${way("transfer", w.transfer)}${way("scratch", w.scratch)}</svg>`;
}

const accuracyOf = ({ floor, scale, rate }: CurveLaw, n: number): number => 1 - floor - scale * n ** -rate;

type Axis = (value: number) => number;

function line(law: CurveLaw, from: number, to: number, x: Axis, y: Axis): string {
  const steps = 24;
  return Array.from({ length: steps + 1 }, (_, i) => from * (to / from) ** (i / steps))
    .map((n, i) => `${i === 0 ? "M" : "L"}${at(x(n))} ${at(y(accuracyOf(law, n)))}`)
    .join("");
}

function dot(size: CurveSize, way: "transfer" | "scratch", x: Axis, y: Axis): Markup {
  const { mean, ci95 } = size[way];
  const place = at(x(size.size));
  return html`${ci95 !== null && html`<line x1="${place}" x2="${place}" y1="${at(y(ci95[0]))}" y2="${at(y(ci95[1]))}"/>`}<circle cx="${place}" cy="${at(y(mean))}" r="4.5"/>`;
}

function table({ sizes, unit, metric }: CurveResult, lang: Lang): Markup {
  const w = wordsOfCurve[lang];
  const { page } = wordsIn(lang);
  const { score, half } = formatOf(metric);
  const cell = ({ mean, plus_minus }: CurveSize["transfer"]): Markup =>
    html`<td class="n">${score(mean)}${plus_minus !== null && html` <small>± ${half(plus_minus)}</small>`}</td>`;
  return html`<div class="scroll" role="region" aria-label="${w.sizesLabel}" tabindex="0"><table class="data">
<thead><tr><th scope="col" class="n">${w.unit(unit)}</th><th scope="col" class="n">${w.transfer}</th><th scope="col" class="n">${w.scratch}</th><th scope="col" class="n">${w.gain}</th><th scope="col" class="n">${w.time}</th><th scope="col" class="n">${w.scratchTime}</th></tr></thead>
<tbody>${sizes.map(
    ({
      size,
      transfer,
      scratch,
      gain: g,
      seconds,
    }) => html`<tr><th scope="row" class="n">${integer(size)}</th>${cell(transfer)}${cell(scratch)}
<td class="n">${gain(g.mean)}${g.ci95 !== null && html` <small>${page.to(gain(g.ci95[0]), gain(g.ci95[1]))}</small>`}</td><td class="n">${duration(seconds.transfer)}</td><td class="n">${duration(seconds.scratch)}</td></tr>`,
  )}</tbody></table></div>`;
}

function laws({ laws: both }: CurveResult, lang: Lang): Markup {
  const w = wordsOfCurve[lang];
  const lawLine = (word: string, law: CurveLaw | null): Markup =>
    html`<dt>${word}</dt><dd>${
      law === null
        ? w.noLaw
        : w.law(
            decimal(law.floor, 3),
            decimal(law.scale, 3),
            decimal(law.rate, 2),
            percent(Math.max(0, law.explained)),
            law.follows,
          )
    }</dd>`;
  return html`<dl class="facts">${lawLine(w.ofTransfer, both.transfer)}${lawLine(w.ofScratch, both.scratch)}</dl>`;
}
