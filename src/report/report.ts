/** A run as one HTML file: it needs no network, no fonts and no folder beside it. */
import { confusion } from "./confusion.js";
import { curves, figure, type ReportAssets } from "./curves.js";
import { elsewhereSection } from "./elsewhere.js";
import { headline } from "./headline.js";
import { html, trusted } from "./html.js";
import { leakage } from "./leaks.js";
import { count } from "./numbers.js";
import { itemOf, type ReportData } from "./report-data.js";
import { style } from "./style.js";
import { tooFew, trustCharts, trustSection } from "./trust.js";
import { reproduce, skipped, warnings, whatWasDone } from "./what-was-done.js";
import { worstExamples } from "./worst.js";

// Nothing may be fetched, whatever got into the page; style and script are in the file itself.
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * The report of a finished run.
 *
 * Everything that comes from outside (class names, file names, messages) is escaped; the page forbids itself
 * every request. Without `assets` it has no drawn curves, only their table.
 *
 * @returns a whole HTML document
 * @example await writeAtomic("runs/x/report.html", renderReport(data, await loadReportAssets(platform.files)))
 */
export function renderReport(data: ReportData, assets?: ReportAssets): string {
  const { result } = data;
  const charts = result.trust ? trustCharts(result.trust) : [];
  const chartStyle = assets ? assets.chartStyle.replace(/<\//g, "<\\/") : "";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Engraft">
<title>${data.title}</title>
<link rel="icon" href="data:,">
<style>${trusted(chartStyle + style)}</style>
</head>
<body>
<header class="top">
<p class="eyebrow">Engraft report · ${itemOf(data) === "text" ? "text" : "image"} classification</p>
<h1><bdi>${data.title}</bdi></h1>
<p class="muted"><bdi>${result.base.name}</bdi> · ${result.strategy.name} · ${count(result.classes.length, "class", "classes")} · ${count(result.split.train, `training ${itemOf(data)}`)}</p>
</header>
<main>
${tooFew(result.test, itemOf(data))}
${headline(data)}
${warnings(data)}
${elsewhereSection(result.elsewhere)}
${confusion(result.test, result.classes, itemOf(data), true)}
${trustSection(result.trust, itemOf(data), html`${assets && html`<div class="curves">${charts.map(figure)}</div>`}`)}
${worstExamples(data)}
${leakage(data)}
${whatWasDone(data)}
${curves(data, assets, charts)}
${skipped(data)}
${reproduce(data)}
</main>
<footer><p>Intervals of accuracies are Wilson's at 95 %, over the test ${itemOf(data)}s of one run: they do not hold the
luck of the seed. Validation ${itemOf(data)}s chose the epoch; test ${itemOf(data)}s chose nothing.</p></footer>
</body>
</html>
`.text;
}
