/** The report of a run that is not done: what is known so far, and how it goes on. */
import { curves, type ReportAssets } from "./curves.js";
import { html, trusted } from "./html.js";
import { liveState, type RunNow } from "./live-state.js";
import { style } from "./style.js";

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** @returns a whole HTML document, which needs no network */
export function renderUnfinished(now: RunNow, assets?: ReportAssets): string {
  const state = liveState(now);
  const chartStyle = assets ? assets.chartStyle.replace(/<\//g, "<\\/") : "";
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta name="generator" content="Engraft"><title>${state.title}</title><link rel="icon" href="data:,"><style>${trusted(chartStyle + style)}</style></head>
<body><header class="top"><p class="eyebrow">Engraft report · not finished</p><h1><bdi>${state.title}</bdi></h1></header><main>
<section class="notes" aria-label="State"><strong>${state.says}</strong>${state.progress && html`<p>${state.progress.words}</p>`}</section>
${
  state.warnings.length > 0 &&
  html`<section class="notes" aria-label="Warnings"><ul>${state.warnings.map((m) => html`<li>${m}</li>`)}</ul></section>`
}
${curves(now, assets)}
<section><h2>What is known so far</h2><dl class="facts">${state.facts.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl></section>
</main><footer><p>Nothing was measured on the test part yet.</p></footer></body></html>
`.text;
}
