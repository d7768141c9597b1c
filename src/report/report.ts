/** A run as one HTML file: it needs no network, no fonts and no folder beside it. */

import { confusion } from "./charts/confusion.js";
import { curves, figure, type ReportAssets } from "./charts/curves.js";
import { featureMap, mapStyle } from "./charts/feature-map.js";
import { headline } from "./headline.js";
import { html } from "./html.js";
import { pageHead } from "./page-head.js";
import { reproduce, runDetails, skipped, warnings } from "./pages/details.js";
import { elsewhereSection } from "./pages/elsewhere.js";
import { looksStyle, whereItLooks } from "./pages/explained-samples.js";
import { layerCharts, layerSection } from "./pages/layers.js";
import { leakage } from "./pages/leaks.js";
import { taken } from "./pages/training-facts.js";
import { tooFew, trustCharts, trustSection } from "./pages/trust.js";
import { worstExamples } from "./pages/worst.js";
import { itemOf, type ReportData, samplesIn, wordsOf } from "./report-data.js";
import { chineseStyle } from "./style.js";

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
  const words = wordsOf(data);
  const { page: w, items, tag } = words;
  const item = itemOf(data);
  const charts = result.trust ? trustCharts(result.trust, words) : [];
  const moved = assets ? layerCharts(data) : [];
  return html`${pageHead({
    tag,
    title: data.title,
    assets,
    style: (data.insights ? mapStyle + looksStyle : "") + (data.lang === "zh" ? chineseStyle : ""),
    scripts: true,
  })}
<body>
<header class="top">
<p class="eyebrow">${w.kind(item)}</p>
<h1><bdi>${data.title}</bdi></h1>
<p class="muted"><bdi>${result.base.name}</bdi> · ${result.strategy.name} · ${items.classCount(result.classes.length)} · ${items.trainingCount(result.split.train, item)}</p>
</header>
<main>
${tooFew(result.test, item, words)}
${headline(data)}
${warnings(data)}
${elsewhereSection(result.elsewhere, words)}
${confusion(result.test, result.classes, item, true, words)}
${trustSection(result.trust, item, html`${assets && html`<div class="curves">${charts.map((chart) => figure(chart, words))}</div>`}`, words)}
${worstExamples(data)}
${whereItLooks(data)}
${featureMap(data)}
${layerSection(data, moved)}
${leakage(data)}
${taken(result, data.lang ?? "en")}
${runDetails(data)}
${curves(data, assets, [...charts, ...moved])}
${skipped(data)}
${reproduce(data)}
</main>
<footer><p>${w.footer(items.many(item))} ${w.contains(samplesIn(data), items.many(item))}</p></footer>
</body>
</html>
`.text;
}
