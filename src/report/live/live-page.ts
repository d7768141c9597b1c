// The page that follows a run: it fetches the run's state from the program that serves it, and draws it.

import { drawing, scriptText } from "../charts/drawing.js";
import { html, jsonForScript, trusted } from "../html.js";
import { pageHead } from "../layout/page-head.js";
import { asRecorded } from "../recorded.js";
import type { ReportAssets } from "../report-data.js";
import { type Lang, wordsIn } from "../words/index.js";
import { liveWords } from "./live-state.js";

const liveStyle = `
progress { width: 100%; height: .8rem; accent-color: var(--accent); }
.state { margin: 1rem 0; padding: .8rem 1.1rem; border: 1px solid var(--line); border-left: 5px solid var(--accent); border-radius: 8px; overflow-wrap: anywhere; }
.state.done { border-left-color: var(--good); } .state.stopped, .state.lost { border-left-color: var(--warn); }
[hidden] { display: none !important; }
`;

// Everything from the run is set as text, so no name can become markup.
const following = (lang: Lang): string => `
(function () {
  "use strict";
  var known = "", misses = 0;
  function $(id) { return document.getElementById(id); }
  function make(tag, text, name) { var e = document.createElement(tag); if (text != null) e.textContent = text; if (name) e.className = name; return e; }
  function fill(host, children) { host.replaceChildren.apply(host, children); }
  function say(words, kind) { $("says").textContent = words; $("state").className = "state " + kind; }
  function places(charts) {
    charts.forEach(function (chart) {
      if ($("plot-" + chart.id)) return;
      var figure = make("figure", null, "curve"), caption = make("figcaption", chart.title + " "), plot = make("div", null, "plot");
      caption.append(make("span", chart.note));
      plot.id = "plot-" + chart.id; plot.setAttribute("role", "img"); plot.setAttribute("aria-label", chart.title);
      figure.append(caption, plot); $("curves").append(figure);
    });
  }
  function show(s) {
    document.title = s.title; $("title").textContent = s.title;
    say(s.summary, s.status);
    $("progress").hidden = !s.progress;
    if (s.progress) { $("at").textContent = s.progress.words; $("bar").value = s.progress.share; }
    $("warnings").hidden = s.warnings.length === 0;
    fill($("warned"), s.warnings.map(function (w) { return make("li", w); }));
    $("drawn").hidden = s.charts.length === 0;
    places(s.charts); engraftCharts.show(s.charts);
    $("epochs").hidden = s.epochs.rows.length === 0;
    fill($("head"), s.epochs.head.map(function (h, i) { var th = make("th", h, i > 0 ? "n" : ""); th.scope = "col"; return th; }));
    fill($("rows"), s.epochs.rows.map(function (r) {
      var tr = make("tr", null, r.best ? "best" : "");
      r.cells.forEach(function (c, i) { tr.append(make("td", i === 1 && r.best ? c + " ★" : c, i > 0 ? "n" : "")); });
      return tr;
    }));
    $("before").textContent = s.epochs.before > 0 ? s.epochs.before + ${jsonForScript(liveWords[lang].before).text} : "";
    fill($("facts"), s.facts.flatMap(function (f) { return [make("dt", f[0]), make("dd", f[1])]; }));
  }
  function ask() {
    fetch("state" + (known ? "?known=" + known : ""), { cache: "no-store" }).then(function (answer) {
      if (!answer.ok) throw new Error(answer.status);
      misses = 0;
      if (answer.status === 204) return true;
      return answer.json().then(function (s) { known = s.version; show(s.state); return !s.last; });
    }).then(function (more) {
      if (more) setTimeout(ask, 1000);
    }).catch(function () {
      if (++misses < 5) setTimeout(ask, 1000 * misses);
      else say(${jsonForScript(liveWords[lang].lost).text}, "lost");
    });
  }
  ask();
})();
`;

/** Returns the scripts of the page, for a policy that allows nothing else. */
export function liveScripts({ chartScript }: ReportAssets, lang: Lang = "en"): readonly string[] {
  return [chartScript, drawing, following(lang)].map(scriptText);
}

/** Returns the page as one HTML document. It fetches `state`. @param lang of its sentences, default "en" */
export function renderLivePage(assets: ReportAssets, lang: Lang = "en"): string {
  const w = liveWords[lang];
  const words = wordsIn(lang);
  return html`${pageHead({ tag: words.tag, title: "Engraft", assets, style: liveStyle, scripts: undefined })}
<body><header class="top"><p class="eyebrow">${w.following}</p><h1><bdi id="title">…</bdi></h1></header><main>
<section id="state" class="state" aria-live="polite"><strong id="says">${w.asking}</strong>
<div id="progress" hidden><p id="at"></p><progress id="bar" max="1" value="0" aria-label="${w.howFar}"></progress></div></section>
<section id="warnings" class="notes" aria-label="${w.warnings}" hidden><ul id="warned"${asRecorded(words)}></ul></section>
<section id="drawn" hidden><h2>${w.curves}</h2><div id="curves" class="curves"></div></section>
<section id="epochs" hidden><h2>${w.epochsTitle}</h2><p id="before" class="small muted"></p><div class="scroll" role="region" aria-label="${w.epochsTitle}" tabindex="0"><table class="data"><thead><tr id="head"></tr></thead><tbody id="rows"></tbody></table></div></section>
<section><h2>${w.theRun}</h2><dl id="facts" class="facts"></dl></section>
</main>
${liveScripts(assets, lang).map((script) => html`<script>${trusted(script)}</script>`)}
</body></html>
`.text;
}
