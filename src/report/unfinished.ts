/** The report of a run that is not done: what is known so far, and how it goes on. */
import { curves, type ReportAssets } from "./curves.js";
import { html, trusted } from "./html.js";
import { liveState, liveWords, type RunNow } from "./live-state.js";
import { asRecorded } from "./recorded.js";
import { style } from "./style.js";
import { type Lang, wordsIn } from "./words/index.js";

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * @param lang of the page's own sentences, default "en"
 * @returns a whole HTML document, which needs no network
 */
export function renderUnfinished(now: RunNow, assets?: ReportAssets, lang: Lang = "en"): string {
  const state = liveState(now, lang);
  const w = liveWords[lang];
  const words = wordsIn(lang);
  const chartStyle = assets ? assets.chartStyle.replace(/<\//g, "<\\/") : "";
  return html`<!doctype html>
<html lang="${words.tag}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta name="generator" content="Engraft"><title>${state.title}</title><link rel="icon" href="data:,"><style>${trusted(chartStyle + style)}</style></head>
<body><header class="top"><p class="eyebrow">${w.notFinished}</p><h1><bdi>${state.title}</bdi></h1></header><main>
<section class="notes" aria-label="${w.state}"><strong>${state.says}</strong>${state.progress && html`<p>${state.progress.words}</p>`}</section>
${
  state.warnings.length > 0 &&
  html`<section class="notes" aria-label="${w.warnings}"><ul>${state.warnings.map((m, i) => html`<li${i < state.recorded ? asRecorded(words) : ""}>${m}</li>`)}</ul></section>`
}
${curves({ ...now, lang }, assets)}
<section><h2>${w.knownSoFar}</h2><dl class="facts">${state.facts.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl></section>
</main><footer><p>${w.nothingMeasured}</p></footer></body></html>
`.text;
}
