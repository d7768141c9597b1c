/** Loss and accuracy by epoch: drawn by uPlot in the page, and as a table for paper, screen readers and no script. */
import type { EpochEvent } from "../core/events.js";
import { type Chart, epochCharts, judged, metricOf, stepCharts, sweepCharts } from "./charts.js";
import { drawing, drawOnce, inlined } from "./drawing.js";
import { html, jsonForScript, type Markup, name } from "./html.js";
import { decimal, duration, percent, rate } from "./numbers.js";
import { type ReportData, type Stage, stagesOf } from "./report-data.js";

/** uPlot's own files, read by the caller; without them the report has the table alone. */
export interface ReportAssets {
  /** uPlot.iife.min.js */
  readonly chartScript: string;
  /** uPlot.min.css */
  readonly chartStyle: string;
}

/** What was minimised beside the cross-entropy. */
function otherTerms({ terms = {} }: EpochEvent): Markup | string {
  const others = Object.entries(terms).filter(([term]) => term !== "classification");
  if (others.length === 0) return "";
  return html`<br><small class="muted">${others.map(([term, value]) => `+ ${decimal(value)} ${term}`).join(", ")}</small>`;
}

function table(stages: readonly Stage[]): Markup {
  return html`<details><summary>Every epoch as a table</summary><div class="scroll" role="region" aria-label="Epochs" tabindex="0"><table class="data">
<thead><tr><th scope="col">stage</th><th scope="col" class="n">epoch</th><th scope="col" class="n">train loss</th>
<th scope="col" class="n">validation loss</th><th scope="col" class="n">${metricOf(stages) ?? "accuracy"}</th><th scope="col" class="n">rate</th><th scope="col" class="n">time</th></tr></thead>
<tbody>${stages.flatMap((s) =>
    s.epochs.map(
      (
        e,
      ) => html`<tr${e.best ? html` class="best"` : ""}><td>${name(s.name)}</td><td class="n">${e.epoch}${e.best ? " ★" : ""}</td>
<td class="n">${decimal(e.train_loss)}${otherTerms(e)}</td><td class="n">${decimal(e.validation_loss)}</td>
<td class="n">${e.validation_metric ? decimal(judged(e)) : percent(judged(e))}</td><td class="n">${rate(e.rate)}</td><td class="n">${duration(e.seconds)}</td></tr>`,
    ),
  )}</tbody></table></div><p class="small muted">★ the best so far on validation, in its stage.</p></details>`;
}

/** A place to draw a chart in. */
export function figure({ id, title, note, axis }: Chart): Markup {
  const same = axis ? "" : "; the same numbers are in the table below";
  return html`<figure class="curve"><figcaption>${title} <span>${note}</span></figcaption>
<div class="plot" id="plot-${id}" role="img" aria-label="${title} by ${axis?.label ?? "epoch"}${same}"></div></figure>`;
}

/** The curves, or undefined for a run without epochs. @param elsewhere charts whose figures stand before them on the page */
export function curves(
  data: Pick<ReportData, "events">,
  assets: ReportAssets | undefined,
  elsewhere: readonly Chart[] = [],
): Markup | undefined {
  const stages = stagesOf(data);
  const steps = stepCharts(data);
  if (stages.length === 0 && steps.length === 0)
    return assets && elsewhere.length > 0 ? drawn(elsewhere, assets) : undefined;
  const epochs = [...epochCharts(stages), ...sweepCharts(data)];
  return html`<section><h2>Curves</h2>
${
  assets &&
  html`<div class="curves">${epochs.map(figure)}</div>
<p class="small muted">The dotted line marks the epoch whose weights were kept. Dashed: the same network from scratch, on its own epochs.</p>
${steps.length > 0 && html`<h3>Step by step</h3><div class="curves">${steps.map(figure)}</div>`}`
}
${stages.length > 0 && table(stages)}
${assets && drawn([...epochs, ...steps, ...elsewhere], assets)}</section>`;
}

/** The numbers of all charts of the page, and what draws them. */
function drawn(charts: readonly Chart[], { chartScript }: ReportAssets): Markup {
  return html`<script type="application/json" id="charts">${jsonForScript(charts)}</script>${inlined(chartScript)}${inlined(drawing + drawOnce)}`;
}
