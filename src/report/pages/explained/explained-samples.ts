// Explanations of single predictions: maps on pictures, colours on words.
import type { ExplainedPicture, ExplainedText, HeatMap } from "../../../core/results/insights.js";
import { percent } from "../../charts/numbers.js";
import { html, type Markup, name, trusted } from "../../html.js";
import { recorded } from "../../recorded.js";
import { type SampleData, wholeOf, wordsOf } from "../../report-data.js";

/** Cells with a smaller share are not drawn. */
const faint = 0.06;

/** Properties of a section, in its order. */
const sides = ["left", "top", "width", "height"] as const;

/** Smallest scale of an occlusion map, in nats, so that small differences stay faint. */
export const leastScale = 0.05;

/**
 * Returns a map as a drawing over its picture. The cells are stretched to the section that the model saw.
 * @param how.signed negative values are drawn too
 * @param how.least smallest scale of the map
 */
export function overlay(
  { rows, columns, values, inside }: HeatMap,
  { signed, least = 0 }: { readonly signed: boolean; readonly least?: number },
): Markup {
  const largest = values.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
  if (!(largest > 0)) return html``;
  const scale = Math.max(largest, least);
  const cells = values.flatMap((v, i) => {
    const share = v / scale;
    if (Math.abs(share) < faint || (v < 0 && !signed)) return [];
    const kind = v > 0 ? "for" : "against";
    return [
      `<rect class="${kind}" x="${i % columns}" y="${Math.floor(i / columns)}" width="1" height="1" fill-opacity="${(0.6 * Math.abs(share)).toFixed(2)}"/>`,
    ];
  });
  const percents = (inside ?? []).map((share, i) => `${sides[i]}:${(100 * share).toFixed(2)}%`);
  const place = percents.length > 0 && trusted(` style="${percents.join(";")}"`);
  return html`<svg class="over"${place} viewBox="0 0 ${columns} ${rows}" preserveAspectRatio="none" aria-hidden="true" shape-rendering="crispEdges">${trusted(cells.join(""))}</svg>`;
}

function pictureOf(data: SampleData, sample: ExplainedPicture): Markup {
  const { insights: w } = wordsOf(data);
  const picture = wholeOf(data, sample.item);
  const right = sample.true === sample.predicted;
  const shown = (map: HeatMap | undefined, how: string, signed: boolean): Markup | undefined =>
    map &&
    html`<div class="seen"><div class="under">${
      picture
        ? html`<img src="${picture}" alt="${w.predicted} ${sample.predicted}, ${w.labelled} ${sample.true}; ${how}">`
        : html`<div class="missing">${w.noPreview}</div>`
    }${overlay(map, { signed, least: signed ? leastScale : 0 })}</div><span>${how}</span></div>`;
  return html`<li><figure><div class="seen-row">${shown(sample.grad_cam, w.gradCam, false)}${shown(sample.occlusion, w.occlusion, true)}</div>
<figcaption>${w.predicted} <span class="${right ? "correct" : "mistake"}">${name(sample.predicted)}</span> <span class="muted">${percent(sample.score, 0)}</span><br>${w.labelled} ${name(sample.true)}<span class="file">${name(sample.item)}</span></figcaption></figure></li>`;
}

function textOf(data: SampleData, sample: ExplainedText): Markup {
  const { insights: w, items } = wordsOf(data);
  const right = sample.true === sample.predicted;
  const largest = sample.words.reduce((max, { weight = 0 }) => Math.max(max, Math.abs(weight)), 0);
  const pieces = sample.words.map(({ text, weight }) => {
    const share = weight === undefined || !(largest > 0) ? 0 : weight / largest;
    if (Math.abs(share) < faint) return html`${text}`;
    return html`<span class="${share > 0 ? "for" : "against"}" style="--share:${Math.abs(share).toFixed(2)}" title="${(weight ?? 0).toFixed(2)}">${text}</span>`;
  });
  return html`<li><p class="words" dir="auto">${pieces}</p><p class="small">${w.predicted} <span class="${right ? "correct" : "mistake"}">${name(sample.predicted)}</span>
<span class="muted">${percent(sample.score, 0)}</span> · ${w.labelled} ${name(sample.true)} · <span class="muted">${name(items.item(sample.item))}</span></p></li>`;
}

/** Returns the explanations of single predictions; undefined if there are none. */
export function explanationsPart(data: SampleData): Markup | undefined {
  const { pictures = [], texts = [], left_out = [] } = data.insights ?? {};
  const { insights: w } = wordsOf(data);
  const missing = left_out.filter(({ what }) => what === "grad-cam" || what === "occlusion");
  if (pictures.length + texts.length === 0 && missing.length === 0) return undefined;
  const titles = { worst: w.worstOf, "least-sure": w.leastSureOf, best: w.bestOf } as const;
  const part = (which: keyof typeof titles): Markup | undefined => {
    const title = titles[which];
    const [drawn, read] = [pictures.filter((p) => p.which === which), texts.filter((t) => t.which === which)];
    if (drawn.length + read.length === 0) return undefined;
    return html`<h3>${title}</h3>${drawn.length > 0 && html`<ul class="explained">${drawn.map((p) => pictureOf(data, p))}</ul>`}
${read.length > 0 && html`<ul class="explained-texts">${read.map((t) => textOf(data, t))}</ul>`}`;
  };
  return html`${pictures.length > 0 && html`<p class="muted">${w.looksPictures}</p>`}${texts.length > 0 && html`<p class="muted">${w.looksTexts}</p>`}
${part("worst")}${part("least-sure")}${part("best")}${missing.map(({ what, why, message }) => html`<p class="small muted">${w.leftOut[what](recorded(why, message && [message], wordsOf(data)))}</p>`)}`;
}

export const explanationsStyle = `
.for { --tint: 214 104 10; } .against { --tint: 31 98 173; }
p .for, p .against { background: rgb(var(--tint) / .28); border-radius: 3px; padding: 0 .2em; }
.explained { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: .9rem; margin: 0; padding: 0; list-style: none; }
.explained figure { margin: 0; height: 100%; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; background: var(--panel); }
.seen-row { display: flex; gap: 2px; } .seen { flex: 1; min-width: 0; } .seen > span { display: block; padding: .25rem .6rem 0; color: var(--muted); font-size: .76rem; }
.under { position: relative; overflow: hidden; background: var(--line); } .under img { display: block; width: 100%; height: auto; }
.under .missing { display: grid; place-items: center; aspect-ratio: 1; color: var(--muted); font-size: .8rem; }
.over { position: absolute; inset: 0; width: 100%; height: 100%; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.over .for { fill: #ff7a00; } .over .against { fill: #1f62ff; }
.explained figcaption { padding: .35rem .6rem .6rem; font-size: .84rem; line-height: 1.4; }
.explained .file { display: block; color: var(--muted); font-size: .76rem; overflow-wrap: anywhere; }
.explained-texts { margin: 0; padding: 0; list-style: none; display: grid; gap: .8rem; max-width: 46rem; }
.explained-texts li { padding: .7rem .9rem; border: 1px solid var(--line); border-radius: 8px; } .explained-texts p { margin: 0; overflow-wrap: anywhere; }
.words { white-space: pre-wrap; line-height: 1.9; } .words .for, .words .against { background: rgb(var(--tint) / calc(var(--share) * .55)); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.explained-texts p + p { margin-top: .4rem; } .mistake { color: var(--bad); font-weight: 600; } .correct { color: var(--good); font-weight: 600; }
`;
