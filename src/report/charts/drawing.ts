// The script that draws the charts of a page.
import { type Markup, trusted } from "../html.js";

/**
 * `engraftCharts.show(charts)` draws each {@link Chart} into its `plot-ID`, in the colours of the style, again when
 * scheme or width change.
 */
export const drawing = `
var engraftCharts = (function () {
  "use strict";
  var shown = {};
  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function short(v) { return v !== 0 && Math.abs(v) < 1e-3 ? (+v.toPrecision(3)).toExponential() : String(+v.toPrecision(3)); }
  function percents(u, lo, hi) {
    if (lo == null) return [0, 1];
    var room = Math.max(0.02, (hi - lo) / 10);
    return [Math.max(0, lo - room), Math.min(1, hi + room)];
  }
  function format(chart, v) { return v == null ? "" : chart.percent ? (100 * v).toFixed(1) + " %" : chart.short ? short(v) : v.toFixed(3); }
  function mark(chart, v) { return v == null ? "" : chart.percent ? Math.round(100 * v) + " %" : chart.short ? short(v) : +v.toFixed(3); }
  function data(chart) { return [chart.x].concat(chart.series.map(function (s) { return s.y; })); }
  function legend(u, chart) {
    if (chart.axis) return;
    var last = chart.x.length - 1, at = chart.best == null ? last : chart.x.indexOf(chart.best);
    u.setLegend({ idx: at < 0 ? last : at });
  }
  function draw(entry) {
    var chart = entry.chart, host = entry.host;
    host.textContent = "";
    var axis = { stroke: colour("--muted"), font: "12px system-ui, sans-serif", grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
    var log = chart.axis && chart.axis.logarithmic, share = chart.axis && chart.axis.share;
    var series = [{ label: chart.axis ? chart.axis.label : chart.epoch || "epoch", value: function (u, v) { return v == null ? "" : log ? v.toExponential(1) : share ? (100 * v).toFixed(1) + " %" : v; } }].concat(chart.series.map(function (s) {
      return { label: s.label, stroke: colour("--curve-" + s.curve), width: 2, dash: s.dash || (s.dashed ? [6, 4] : undefined), spanGaps: true, value: function (u, v) { return format(chart, v); }, points: { show: chart.x.length < 30, size: 5 } };
    }));
    entry.plot = new uPlot({
      width: Math.max(200, host.clientWidth), height: 240, series: series,
      scales: { x: log ? { time: false, distr: 3 } : share ? { time: false, range: [0, 1] } : { time: false, range: function (u, lo, hi) { return lo === hi ? [lo - 1, hi + 1] : [lo, hi]; } }, y: chart.percent ? { range: percents } : {} },
      axes: [
        log ? Object.assign({}, axis, { size: 32, values: function (u, vs) { return vs.map(function (v) { return v == null || !/^1e/.test(v.toExponential()) ? "" : v.toExponential(); }); } }) : share ? Object.assign({}, axis, { size: 32, values: function (u, vs) { return vs.map(function (v) { return v == null ? "" : Math.round(100 * v) + " %"; }); } }) : Object.assign({}, axis, { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7], space: chart.axis ? 60 : 36, size: 32 }),
        Object.assign({}, axis, { size: 56, values: function (u, vs) { return vs.map(function (v) { return mark(chart, v); }); } })
      ],
      cursor: { drag: { x: false, y: false }, points: { size: 7 } },
      hooks: { ready: [function (u) { legend(u, entry.chart); }], draw: [function (u) {
        var best = entry.chart.best;
        if (best == null) return;
        var x = Math.round(u.valToPos(best, "x", true)), c = u.ctx;
        c.save(); c.strokeStyle = colour("--good"); c.lineWidth = devicePixelRatio; c.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
        c.beginPath(); c.moveTo(x, u.bbox.top); c.lineTo(x, u.bbox.top + u.bbox.height); c.stroke(); c.restore();
      }] }
    }, data(chart), host);
  }
  function show(charts) {
    charts.forEach(function (chart) {
      var host = document.getElementById("plot-" + chart.id);
      var entry = shown[chart.id] = { chart: chart, host: host };
      draw(entry);
      var width = host.clientWidth;
      new ResizeObserver(function () {
        if (Math.abs(host.clientWidth - width) < 2) return;
        width = host.clientWidth; entry.plot.setSize({ width: Math.max(200, width), height: 240 });
      }).observe(host);
    });
  }
  function again() { Object.keys(shown).forEach(function (id) { shown[id].plot.destroy(); draw(shown[id]); }); }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  addEventListener("beforeprint", again); addEventListener("afterprint", again);
  return { show: show };
})();
`;

/** Draws the charts of the element `charts`. */
export const drawOnce = `
engraftCharts.show(JSON.parse(document.getElementById("charts").textContent));
`;

/** Returns the text of a script without end tags, so that it can stand in a page. */
export function scriptText(script: string): string {
  return script.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "<\\!--");
}

/** Returns a script element. */
export function inlined(script: string): Markup {
  return trusted(`<script>${scriptText(script)}</script>`);
}
