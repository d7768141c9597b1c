// The report of a run that is not done.

import { curves } from "../charts/curves.js";
import { html } from "../html.js";
import { pageHead } from "../layout/page-head.js";
import { liveState, liveWords, type RunNow } from "../live/live-state.js";
import { asRecorded } from "../recorded.js";
import type { ReportAssets } from "../report-data.js";
import { type Lang, wordsIn } from "../words/index.js";

/** Returns the report as one HTML document that needs no network. @param lang of its sentences, default "en" */
export function renderUnfinished(now: RunNow, assets?: ReportAssets, lang: Lang = "en"): string {
  const state = liveState(now, lang);
  const w = liveWords[lang];
  const words = wordsIn(lang);
  return html`${pageHead({ tag: words.tag, title: state.title, assets, scripts: true })}
<body><header class="top"><p class="eyebrow">${w.notFinished}</p><h1><bdi>${state.title}</bdi></h1></header><main>
<section class="notes" aria-label="${w.state}"><strong>${state.summary}</strong>${state.progress && html`<p>${state.progress.words}</p>`}</section>
${
  state.warnings.length > 0 &&
  html`<section class="notes" aria-label="${w.warnings}"><ul>${state.warnings.map((m, i) => html`<li${i < state.recorded ? asRecorded(words) : ""}>${m}</li>`)}</ul></section>`
}
${curves({ ...now, lang }, assets)}
<section><h2>${w.knownSoFar}</h2><dl class="facts">${state.facts.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>`)}</dl></section>
</main><footer><p>${w.nothingMeasured}</p></footer></body></html>
`.text;
}
