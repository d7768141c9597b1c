// How much training changed each block of the backbone, and how similar its output is before and after.
import type { LayersMoved } from "../../core/results/insights.js";
import type { Chart } from "../charts/charts.js";
import { lineChart } from "../charts/line-chart.js";
import { decimal, integer } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { recorded } from "../recorded.js";
import { itemOf, type SampleData, wordsOf } from "../report-data.js";

/** A smaller change counts as none. */
const still = 1e-9;
/** From this CKA on, features count as the same. */
const same = 0.9;

/** Returns a share with two significant digits: 12 %, 0.34 %. */
function shareMoved(share: number): string {
  if (!(share > 0)) return "0\u00a0%";
  return `${Number((100 * share).toPrecision(2))}\u00a0%`;
}

/** Returns the mean of ‖w − w₀‖ / ‖w₀‖ over blocks, weighted by their parameters. */
function mean(blocks: LayersMoved["blocks"]): number {
  const all = blocks.reduce((sum, b) => sum + b.parameters, 0);
  return all === 0 ? 0 : blocks.reduce((sum, b) => sum + b.moved * b.parameters, 0) / all;
}

/** Returns what training changed, in up to four sentences; undefined if it was not measured. */
export function layersWords(data: SampleData): string | undefined {
  const { layers } = data.insights ?? {};
  if (!layers || layers.blocks.length === 0) return undefined;
  const w = wordsOf(data).insights;
  const { blocks } = layers;
  if (blocks.every(({ moved }) => moved <= still)) return w.layersStayed;
  const third = Math.max(1, Math.floor(blocks.length / 3));
  const [first, last] = [mean(blocks.slice(0, third)), mean(blocks.slice(-third))];
  const most = blocks.reduce((a, b) => (b.moved > a.moved ? b : a));
  const { cka } = blocks.at(-1)!;
  return [
    first <= still ? w.firstStayed : w.firstMoved(shareMoved(first)),
    w.lastMoved(shareMoved(last)),
    ...(blocks.length > 2 ? [w.mostMoved(most.name, shareMoved(most.moved))] : []),
    ...(cka === null
      ? []
      : [cka >= same ? w.sameFeatures(decimal(cka, 2)) : w.otherFeatures(decimal(cka, 2))]),
  ].join(" ");
}

/** Returns the charts of the layers; none if nothing changed. */
function layerCharts(data: SampleData): readonly Chart[] {
  const { blocks = [] } = data.insights?.layers ?? {};
  if (blocks.length < 3 || blocks.every(({ moved }) => moved <= still)) return [];
  const w = wordsOf(data).insights;
  const x = blocks.map((_, i) => i + 1);
  const axis = { label: w.blockNumber, logarithmic: false };
  const compared = blocks.some(({ cka }) => cka !== null);
  return [
    {
      id: "moved",
      title: w.movedTitle,
      note: w.movedNote,
      percent: false,
      short: true,
      x,
      axis,
      series: [{ label: w.moved, curve: 2, dashed: false, y: blocks.map((b) => 100 * b.moved) }],
    },
    ...(compared
      ? [
          {
            id: "cka",
            title: w.ckaTitle,
            note: w.ckaNote,
            percent: false,
            x,
            axis,
            series: [{ label: w.cka, curve: 1, dashed: false, y: blocks.map((b) => b.cka) }],
          },
        ]
      : []),
  ];
}

/** Returns what training changed; undefined if it was not measured. */
export function layerPart(data: SampleData): Markup | undefined {
  const { layers, left_out = [] } = data.insights ?? {};
  const words = layersWords(data);
  if (!layers || words === undefined) return undefined;
  const w = wordsOf(data).insights;
  const charts = layerCharts(data);
  const { items } = wordsOf(data);
  const missing = left_out.find(({ what }) => what === "layers");
  const on = items.testCount(layers.items, itemOf(data));
  return html`<p>${words}</p>
${charts.length > 0 && html`<div class="curves">${charts.map(lineChart)}</div>`}
${missing && html`<p class="small muted">${w.leftOut.layers(recorded(missing.why, missing.message && [missing.message], wordsOf(data)))}</p>`}
<details><summary>${w.everyBlock}</summary><div class="scroll" role="region" aria-label="${w.everyBlock}" tabindex="0"><table class="data"><thead><tr><th scope="col" class="n">#</th><th scope="col">${w.block}</th>
<th scope="col" class="n">${w.parameters}</th><th scope="col" class="n">${w.moved}</th><th scope="col" class="n">${w.cka}</th></tr></thead><tbody>${layers.blocks.map(
    (
      b,
      i,
    ) => html`<tr><td class="n">${i + 1}</td><th scope="row">${name(b.name)}</th><td class="n">${integer(b.parameters)}</td>
<td class="n">${shareMoved(b.moved)}</td><td class="n">${b.cka === null ? "–" : decimal(b.cka)}</td></tr>`,
  )}</tbody></table></div></details>
<p class="small muted">${w.layersNote} ${layers.items > 0 && w.ckaLong(on)}</p>`;
}
