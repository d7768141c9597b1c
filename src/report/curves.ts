/** Loss and accuracy by epoch: drawn by uPlot in the page, and as a table for paper, screen readers and no script. */
import type { EpochEvent, RateFinderEvent } from "../core/events.js";
import { html, jsonForScript, type Markup, name, trusted } from "./html.js";
import { decimal, duration, percent, rate } from "./numbers.js";
import { type ReportData, type Stage, stagesOf } from "./report-data.js";

/** uPlot's own files, read by the caller; without them the report has the table alone. */
export interface ReportAssets {
  /** uPlot.iife.min.js */
  readonly chartScript: string;
  /** uPlot.min.css */
  readonly chartStyle: string;
}

interface Chart {
  readonly id: string;
  readonly percent: boolean;
  readonly x: readonly number[];
  readonly series: readonly {
    readonly label: string;
    readonly curve: number;
    readonly dashed: boolean;
    readonly y: readonly (number | null)[];
  }[];
  /** The x of the epoch whose weights were kept, or of the rate that was chosen. */
  readonly best?: number;
  /** What x is. Default: epochs, whole numbers. */
  readonly axis?: { readonly label: string; readonly logarithmic: boolean };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The run's own stages follow each other on one axis; each run from scratch starts at 1 again. */
function charts(stages: readonly Stage[]): readonly Chart[] {
  const own = stages.filter((s) => !s.scratch).flatMap((s) => s.epochs);
  const scratch = stages.filter((s) => s.scratch);
  const length = Math.max(own.length, ...scratch.map((s) => s.epochs.length));
  const x = Array.from({ length }, (_, i) => i + 1);
  const line = (epochs: readonly EpochEvent[], y: (e: EpochEvent) => number): (number | null)[] =>
    x.map((_, i) => (epochs[i] ? finite(y(epochs[i]!)) : null));
  const marked = own.findLastIndex((e) => e.best);
  const best = marked >= 0 ? { best: marked + 1 } : {};
  const others = (y: (e: EpochEvent) => number): Chart["series"] =>
    scratch.map((s, k) => ({ label: s.name, curve: 3 + (k % 2), dashed: true, y: line(s.epochs, y) }));
  const some = own.length > 0;
  return [
    {
      id: "loss",
      percent: false,
      x,
      ...best,
      series: [
        ...(some ? [{ label: "train", curve: 2, dashed: false, y: line(own, (e) => e.train_loss) }] : []),
        ...(some
          ? [{ label: "validation", curve: 1, dashed: false, y: line(own, (e) => e.validation_loss) }]
          : []),
        ...others((e) => e.validation_loss),
      ],
    },
    {
      id: "accuracy",
      percent: true,
      x,
      ...best,
      series: [
        ...(some
          ? [{ label: "validation", curve: 1, dashed: false, y: line(own, (e) => e.validation_accuracy) }]
          : []),
        ...others((e) => e.validation_accuracy),
      ],
    },
  ];
}

/** What the rate finders of a run saw, a chart each. */
function sweepCharts(data: Pick<ReportData, "events">): readonly (Chart & { readonly title: string })[] {
  const sweeps = new Map<string, RateFinderEvent>();
  for (const event of data.events) if (event.event === "rate_finder") sweeps.set(event.stage, event);
  return [...sweeps.values()].map(({ stage, suggested, rates, losses }, i) => ({
    id: `rate-${i}`,
    title: `Rate finder, ${stage}`,
    percent: false,
    x: rates,
    best: suggested,
    axis: { label: "rate", logarithmic: true },
    series: [{ label: "smoothed loss", curve: 2, dashed: false, y: losses.map(finite) }],
  }));
}

// In the page: reads the charts, draws them in the colours of the style, again when scheme or width change.
const drawing = `
(function () {
  "use strict";
  var charts = JSON.parse(document.getElementById("charts").textContent);
  var still = matchMedia("(prefers-color-scheme: dark)");
  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function show(chart) { return function (u, v) { return v == null ? "–" : chart.percent ? (100 * v).toFixed(1) + " %" : v.toFixed(3); }; }
  function draw(chart, host) {
    host.textContent = "";
    var axis = { stroke: colour("--muted"), font: "12px system-ui, sans-serif", grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
    var log = chart.axis && chart.axis.logarithmic;
    var series = [{ label: chart.axis ? chart.axis.label : "epoch", value: function (u, v) { return v == null ? "–" : log ? v.toExponential(1) : v; } }].concat(chart.series.map(function (s) {
      return { label: s.label, stroke: colour("--curve-" + s.curve), width: 2, dash: s.dashed ? [6, 4] : undefined, spanGaps: true, value: show(chart), points: { show: chart.x.length < 30, size: 5 } };
    }));
    return new uPlot({
      width: Math.max(200, host.clientWidth), height: 240, series: series,
      scales: { x: log ? { time: false, distr: 3 } : { time: false, range: function (u, lo, hi) { return lo === hi ? [lo - 1, hi + 1] : [lo, hi]; } } },
      axes: [
        log ? Object.assign({}, axis, { size: 32, values: function (u, vs) { return vs.map(function (v) { return v == null || !/^1e/.test(v.toExponential()) ? "" : v.toExponential(); }); } }) : Object.assign({}, axis, { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000], space: 36, size: 32 }),
        Object.assign({}, axis, { size: 52, values: function (u, vs) { return vs.map(function (v) { return chart.percent ? Math.round(100 * v) + " %" : +v.toFixed(3); }); } })
      ],
      cursor: { drag: { x: false, y: false }, points: { size: 7 } },
      hooks: { ready: [function (u) { u.setLegend({ idx: log ? Math.max(0, chart.x.indexOf(chart.best)) : (chart.best || chart.x.length) - 1 }); }], draw: [function (u) {
        if (chart.best == null) return;
        var x = Math.round(u.valToPos(chart.best, "x", true)), c = u.ctx;
        c.save(); c.strokeStyle = colour("--good"); c.lineWidth = devicePixelRatio; c.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
        c.beginPath(); c.moveTo(x, u.bbox.top); c.lineTo(x, u.bbox.top + u.bbox.height); c.stroke(); c.restore();
      }] }
    }, [chart.x].concat(chart.series.map(function (s) { return s.y; })), host);
  }
  var plots = charts.map(function (chart) {
    var host = document.getElementById("plot-" + chart.id), plot = draw(chart, host), width = host.clientWidth;
    new ResizeObserver(function () {
      if (Math.abs(host.clientWidth - width) < 2) return;
      width = host.clientWidth; plot.setSize({ width: Math.max(200, width), height: 240 });
    }).observe(host);
    return { redraw: function () { plot.destroy(); plot = draw(chart, host); } };
  });
  function again() { plots.forEach(function (p) { p.redraw(); }); }
  still.addEventListener("change", again); addEventListener("beforeprint", again); addEventListener("afterprint", again);
})();
`;

function inlined(script: string): Markup {
  // A script cannot hold its own end tag; uPlot's does not, another version might in a string.
  return trusted(`<script>${script.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--")}</script>`);
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
<th scope="col" class="n">validation loss</th><th scope="col" class="n">accuracy</th><th scope="col" class="n">rate</th><th scope="col" class="n">time</th></tr></thead>
<tbody>${stages.flatMap((s) =>
    s.epochs.map(
      (
        e,
      ) => html`<tr${e.best ? html` class="best"` : ""}><td>${name(s.name)}</td><td class="n">${e.epoch}${e.best ? " ★" : ""}</td>
<td class="n">${decimal(e.train_loss)}${otherTerms(e)}</td><td class="n">${decimal(e.validation_loss)}</td>
<td class="n">${percent(e.validation_accuracy)}</td><td class="n">${rate(e.rate)}</td><td class="n">${duration(e.seconds)}</td></tr>`,
    ),
  )}</tbody></table></div><p class="small muted">★ the best so far on validation, in its stage.</p></details>`;
}

/** The curves, or undefined for a run without epochs. */
export function curves(
  data: Pick<ReportData, "events">,
  assets: ReportAssets | undefined,
): Markup | undefined {
  const stages = stagesOf(data);
  if (stages.length === 0) return undefined;
  const sweeps = sweepCharts(data);
  const all = [...charts(stages), ...sweeps];
  const figure = (chart: Chart, title: string, note: string): Markup => html`<figure class="curve">
<figcaption>${title} <span>${note}</span></figcaption>
<div class="plot" id="plot-${chart.id}" role="img" aria-label="${title} by ${chart.axis?.label ?? "epoch; the same numbers are in the table below"}"></div></figure>`;
  return html`<section><h2>Curves</h2>
${
  assets &&
  html`<div class="curves">${figure(all[0]!, "Loss", "by epoch, nats; lower is better")}${figure(all[1]!, "Accuracy", "by epoch; higher is better")}${sweeps.map((sweep) => figure(sweep, sweep.title, `by rate; ${rate(sweep.best!)} was chosen`))}</div>
<p class="small muted">The dotted line marks the epoch whose weights were kept. Dashed: the same network from scratch, on its own epochs.</p>`
}
${table(stages)}
${
  assets &&
  html`<script type="application/json" id="charts">${jsonForScript(all)}</script>${inlined(assets.chartScript)}${inlined(drawing)}`
}</section>`;
}
