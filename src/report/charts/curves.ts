// Learning curves: drawn by uPlot in the page, and as a table for paper, screen readers and pages without scripts.
import type { EpochEvent } from "../../core/events/events.js";
import { methodOfModel } from "../../core/results/common-result.js";
import { html, jsonForScript, type Markup, name } from "../html.js";
import { type ReportAssets, type ReportData, type Stage, stagesOf, wordsOf } from "../report-data.js";
import { type Words, wordsIn } from "../words/index.js";
import {
  type Chart,
  epochCharts,
  epochLines,
  metricOf,
  stepCharts,
  sweepCharts,
  writtenMetric,
} from "./charts.js";
import { drawing, drawOnce, inlined } from "./drawing.js";
import { type KeptCurve, keptCurve } from "./kept-curve.js";
import { lineChart } from "./line-chart.js";
import { decimal, duration, rate } from "./numbers.js";

/** Returns the terms of the loss beside the cross-entropy. */
function otherTerms({ terms = {} }: EpochEvent, { charts: w }: Words): Markup | string {
  const others = Object.entries(terms).filter(([term]) => term !== "classification");
  if (others.length === 0) return "";
  return html`<br><small class="muted">${others.map(([term, value]) => `+ ${decimal(value)} ${w.lossTerms[term] ?? term}`).join(", ")}</small>`;
}

function table(stages: readonly Stage[], words: Words): Markup {
  const { details: w } = words;
  return html`<details><summary>${w.everyEpoch}</summary><div class="scroll" role="region" aria-label="${w.epochsLabel}" tabindex="0"><table class="data">
<thead><tr><th scope="col">${w.stage}</th><th scope="col" class="n">${w.epoch}</th><th scope="col" class="n">${w.trainLoss}</th>
<th scope="col" class="n">${w.validationLoss}</th><th scope="col" class="n">${metricOf(stages, words)}</th><th scope="col" class="n">${w.rateColumn}</th><th scope="col" class="n">${w.forecastTime}</th></tr></thead>
<tbody>${stages.flatMap((s) =>
    s.epochs.map(
      (
        e,
      ) => html`<tr${e.best ? html` class="best"` : ""}><td>${name(s.name)}</td><td class="n">${e.epoch}${e.best ? " ★" : ""}</td>
<td class="n">${decimal(e.train_loss)}${otherTerms(e, words)}</td><td class="n">${decimal(e.validation_loss)}</td>
<td class="n">${writtenMetric(e)}</td><td class="n">${rate(e.rate)}</td><td class="n">${duration(e.seconds)}</td></tr>`,
    ),
  )}</tbody></table></div><p class="small muted">${w.bestSoFar}</p></details>`;
}

/** Returns the place that the script draws a chart in. */
export function figure(
  { id, title, note, axis, epoch }: Chart,
  { details: w }: Words = wordsIn("en"),
): Markup {
  const same = axis ? "" : w.inTable;
  return html`<figure class="curve"><figcaption>${title} <span>${note}</span></figcaption>
<div class="plot" id="plot-${id}" role="img" aria-label="${w.chartAlt(title, axis?.label ?? epoch ?? w.epoch)}${same}"></div></figure>`;
}

/** The model that a run kept: its curve, and its name in a sentence. */
export interface KeptModel extends KeptCurve {
  readonly name: string;
}

/** Returns the model that a finished run kept. */
export function keptModel(
  result: Parameters<typeof keptCurve>[0] & Parameters<typeof methodOfModel>[0],
  { page }: Words,
): KeptModel {
  return { ...keptCurve(result), name: page.methodName(methodOfModel(result)) };
}

/** Returns the sentences on the dotted line and the dashed curves, and on a kept model without a curve. */
function legend(
  stages: readonly Stage[],
  kept: KeptModel | undefined,
  { details: w, page: { gap } }: Words,
): string {
  const { marked, dashed } = epochLines(stages, kept);
  return [
    ...(kept?.training === "none" ? [w.noCurve(kept.name)] : []),
    ...(marked ? [kept ? w.keptEpoch : w.bestEpoch] : []),
    ...(dashed === "none" ? [] : [dashed === "scratch" ? w.dashedScratch : w.dashedOthers]),
  ].join(gap);
}

/**
 * Returns the learning curves; undefined for a run without epochs. Without `assets` they are SVG.
 * @param kept missing while the run goes on
 */
export function curves(
  data: Pick<ReportData, "events" | "lang">,
  assets: ReportAssets | undefined,
  kept?: KeptModel,
): Markup | undefined {
  const words = wordsOf(data);
  const w = words.details;
  const stages = stagesOf(data);
  const steps = stepCharts(data);
  if (stages.length === 0 && steps.length === 0) return undefined;
  const figures = (charts: readonly Chart[]): Markup =>
    html`<div class="curves">${charts.map((chart) => (assets ? figure(chart, words) : lineChart(chart)))}</div>`;
  const sweeps = sweepCharts(data);
  const lines = legend(stages, kept, words);
  return html`${figures(epochCharts(stages, words, kept))}
${lines !== "" && html`<p class="small muted">${lines}</p>`}
${
  assets &&
  html`${sweeps.length > 0 && html`<details><summary>${w.sweeps}</summary>${figures(sweeps)}</details>`}
${steps.length > 0 && html`<details><summary>${w.steps}</summary>${figures(steps)}</details>`}`
}
${stages.length > 0 && table(stages, words)}`;
}

/** Returns the numbers of all charts of the page, and the scripts that draw them. */
export function chartMarkup(charts: readonly Chart[], { chartScript }: ReportAssets): Markup {
  return html`<script type="application/json" id="charts">${jsonForScript(charts)}</script>${inlined(chartScript)}${inlined(drawing + drawOnce)}`;
}
