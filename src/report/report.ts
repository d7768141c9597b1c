// The report of a classification of pictures or texts.

import { choseEpoch } from "../core/results/common-result.js";
import { epochCharts, stepCharts, sweepCharts } from "./charts/charts.js";
import { classScores, confusionMatrix } from "./charts/confusion.js";
import { orderScript } from "./charts/confusion-order.js";
import { chartMarkup, curves, figure, keptModel, type ReportAssets } from "./charts/curves.js";
import { featureMap, mapStyle } from "./charts/feature-map.js";
import { html } from "./html.js";
import { renderPage } from "./layout/layout.js";
import { runSections } from "./layout/run-sections.js";
import { classResult } from "./pages/class-result.js";
import { dataFacts, reproduce, skipped, trainingSettings, warnings } from "./pages/details.js";
import { explanationsPart, explanationsStyle } from "./pages/explained/explained-samples.js";
import { explainedSounds, soundMapsStyle } from "./pages/explained/explained-sounds.js";
import { layerCharts, layerPart } from "./pages/layers.js";
import { leakage } from "./pages/leaks.js";
import { otherTest } from "./pages/other-test-set.js";
import { initWeights } from "./pages/training-facts.js";
import { calibrationPart, setsPart, tooFew, trustCharts } from "./pages/trust.js";
import { worstSamples } from "./pages/worst.js";
import { itemOf, type ReportData, samplesIn, stagesOf, wordsOf } from "./report-data.js";

/**
 * Returns the report of a finished run as one HTML document. Text from outside (class names, file names, messages) is escaped; the
 * page forbids itself every request. Without `assets` it has no drawn curves, only their table.
 * @example await writeAtomic("runs/x/report.html", renderReport(data, await loadReportAssets(platform.files)))
 */
export function renderReport(data: ReportData, assets?: ReportAssets): string {
  const { result, lang = "en" } = data;
  const { test, trust, classes } = result;
  const words = wordsOf(data);
  const { page: w, items } = words;
  const item = itemOf(data);
  const kept = keptModel(result, words);
  const trustFigures = trust && assets ? trustCharts(trust, words) : [];
  const layerFigures = assets ? layerCharts(data) : [];
  const charts = assets
    ? [
        ...epochCharts(stagesOf(data), words, kept),
        ...sweepCharts(data),
        ...stepCharts(data),
        ...trustFigures,
        ...layerFigures,
      ]
    : [];
  return renderPage({
    title: data.title,
    kind: w.kind(item),
    lang,
    assets,
    style: data.insights
      ? mapStyle + explanationsStyle
      : data.explained
        ? explanationsStyle + soundMapsStyle
        : "",
    facts: html`<bdi>${result.base.name}</bdi> · ${result.strategy.name} · ${items.classCount(classes.length)} · ${items.trainingCount(result.split.train, item)}`,
    lead: html`${tooFew(test, item, words)}${classResult(data)}${warnings(data)}`,
    sections: runSections(
      {
        confusion: confusionMatrix(test, classes, item, true, words),
        worst: worstSamples(data),
        scores: classScores(test, item, words),
        otherTest: otherTest(result.elsewhere, words),
        curves: curves(data, assets, kept),
        calibration:
          trust &&
          calibrationPart(
            trust,
            {
              what: item,
              figures: html`<div class="curves">${trustFigures.map((chart) => figure(chart, words))}</div>`,
            },
            words,
          ),
        sets: trust && setsPart(trust, item, words),
        explanations:
          explanationsPart(data) ??
          (data.explained && explainedSounds(data.explained.samples, { ...data.explained, lang })),
        features: featureMap(data),
        layers: layerPart(data, layerFigures),
        leaks: leakage(data),
        data: dataFacts(data),
        skipped: skipped(data),
        init: initWeights(result, lang),
        settings: trainingSettings(data),
        reproduce: reproduce(data),
      },
      lang,
    ),
    scripts: html`${orderScript}${assets && charts.length > 0 && chartMarkup(charts, assets)}`,
    footer: `${w.footer(items.many(item), choseEpoch(result))}${w.gap}${w.contains(samplesIn(data), items.many(item))}`,
  });
}
