import { html, type Markup, name, trusted } from "../html.js";
import type { Chart } from "./charts.js";
import { decimal } from "./numbers.js";

const [width, height, left, right, top, bottom] = [420, 230, 46, 12, 10, 28];

/** Returns at most `most` round numbers between two bounds: multiples of 1, 2 or 5 times a power of ten. */
function ticks(low: number, high: number, most: number): number[] {
  const least = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= least * (1 - 1e-9))!;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step);
}

/** Returns a path in the colour and with the dashes of a line. */
const linePath = (
  path: string,
  { curve, dashed, dash }: Omit<Chart["series"][number], "label" | "y">,
): string => {
  const dashes = dash ?? (dashed ? [6, 4] : []);
  const pattern = dashes.length > 0 ? ` stroke-dasharray="${dashes.map(Number).join(" ")}"` : "";
  return `<path d="${path}" fill="none" stroke="var(--curve-${Number(curve)})" stroke-width="2"${pattern}/>`;
};

/** Draws curves as SVG, for pages that run no script. */
export function lineChart(chart: Chart): Markup {
  const { title, note, series, x, best } = chart;
  const values = series.flatMap(({ y }) => y.filter((v) => v !== null && Number.isFinite(v)) as number[]);
  if (values.length === 0) return html``;
  const [least, most] = values.reduce(
    ([a, b], v) => [Math.min(a, v), Math.max(b, v)],
    [values[0]!, values[0]!],
  );
  const room = (most - least || Math.abs(most) || 1) * 0.06;
  const low = chart.percent ? Math.max(0, least - room) : least - room;
  const high = chart.percent ? Math.min(1, most + room) : most + room;
  const [first, last] = [x[0]!, x.at(-1)!];
  const at = (v: number): string => v.toFixed(1);
  const px = (v: number): number =>
    first === last
      ? (left + width - right) / 2
      : left + ((width - left - right) * (v - first)) / (last - first);
  const py = (v: number): number => top + ((height - top - bottom) * (high - v)) / (high - low || 1);
  const yTicks = ticks(low, high, 5).map((v) => {
    const label = chart.percent
      ? `${Number((100 * v).toFixed(1))}\u00a0%`
      : String(Number(decimal(v, 4).replace("\u2212", "-")));
    return `<path d="M${left} ${at(py(v))}H${width - right}" stroke="var(--line)"/><text x="${left - 6}" y="${at(py(v) + 4)}" text-anchor="end">${label}</text>`;
  });
  const marks = chart.axis?.share
    ? ticks(first, last, 5).map((v) => [v, `${Math.round(100 * v)}\u00a0%`] as const)
    : ticks(first, Math.max(last, first + 1), 8)
        .filter((v) => Number.isInteger(v) && v <= last)
        .map((v) => [v, v] as const);
  const xTicks = marks.map(
    // Beyond the drawing a label would be cut off.
    ([v, label]) =>
      `<text x="${at(px(v))}" y="${height - 8}" text-anchor="${chart.axis?.share && v === last ? "end" : "middle"}">${label}</text>`,
  );
  const mark =
    best === undefined
      ? ""
      : `<path d="M${at(px(best))} ${top}V${height - bottom}" stroke="var(--good)" stroke-dasharray="2 3"/>`;
  const lines = series.map(({ y, ...look }) => {
    const points = x.flatMap((v, i) => (y[i] == null ? [] : [[px(v), py(y[i]!)] as const]));
    const path = points.map(([a, b], i) => `${i === 0 ? "M" : "L"}${at(a)} ${at(b)}`).join("");
    const dots =
      points.length < 30
        ? points
            .map(
              ([a, b]) => `<circle cx="${at(a)}" cy="${at(b)}" r="2.5" fill="var(--curve-${look.curve})"/>`,
            )
            .join("")
        : "";
    return linePath(path, look) + dots;
  });
  const keys = series.map(
    ({ label, ...look }) =>
      html`<span><svg class="key" viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">${trusted(linePath("M0 4H28", look))}</svg>${name(label)}</span> `,
  );
  return html`<figure class="curve"><figcaption>${title} <span>${note}</span></figcaption>
<svg class="lines" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${trusted([...yTicks, ...xTicks, mark, ...lines].join(""))}</svg><p class="legend">${keys}</p></figure>`;
}
