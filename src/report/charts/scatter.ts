// Predicted against true values as SVG.
import type { PredictionBand } from "../../core/results/task.js";
import { escapeHtml, html, type Markup, trusted } from "../html.js";

/** Labels of the chart. */
interface ScatterWords {
  readonly truth: string;
  readonly predicted: string;
  readonly scatterNote: string;
  readonly scatterAlt: (name: string) => string;
}

const [side, margin] = [260, 44];

/** Returns a number with four digits. */
const short = (v: number): string => String(Number(v.toPrecision(4)));

/**
 * Returns a square chart of [true, predicted]. The points of a perfect model lie on the line, the prediction intervals between the dashed
 * lines.
 * @param bands widths of the prediction intervals by predicted value, in the unit of the values
 */
export function scatter(
  name: string,
  points: readonly (readonly [number, number])[],
  bands: readonly PredictionBand[],
  w: ScatterWords,
): Markup {
  const all = points.flat().filter(Number.isFinite);
  // Not Math.min(...all): thousands of arguments.
  const [low, high] = all.reduce(
    ([a, b], v) => [Math.min(a, v), Math.max(b, v)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  if (!(low <= high)) return html``;
  const room = (high - low || 1) * 0.04;
  const [from, to] = [low - room, high + room];
  const x = (v: number): number => margin + (side * (v - from)) / (to - from);
  const y = (v: number): number => 8 + side - (side * (v - from)) / (to - from);
  const at = (v: number): string => v.toFixed(1);
  const line = `M${at(x(from))} ${at(y(from))}L${at(x(to))} ${at(y(to))}`;
  // At each prediction, the interval reaches from the prediction minus the half width to the prediction plus it.
  const edge = (side: 1 | -1): string =>
    bands
      .map(({ up_to = to, half_width }, b) => {
        const [low, high] = [bands[b - 1]?.up_to ?? from, up_to].map((v) => Math.min(Math.max(v, from), to));
        const shift = side * half_width;
        return `${b === 0 ? "M" : "L"}${at(x(low! + shift))} ${at(y(low!))}L${at(x(high! + shift))} ${at(y(high!))}`;
      })
      .join("");
  const dots = points
    .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b))
    .map(([a, b]) => `<circle cx="${at(x(a))}" cy="${at(y(b))}" r="2.4"/>`)
    .join("");
  const band =
    bands.length === 0 || bands.every(({ half_width }) => half_width > to - from)
      ? ""
      : `<path d="${edge(1)}${edge(-1)}" stroke="var(--muted)" stroke-dasharray="3 4" fill="none"/>`;
  const [bottom, right] = [8 + side, margin + side];
  const text = (tx: number, ty: number, anchor: string, value: number): string =>
    `<text x="${at(tx)}" y="${at(ty)}" text-anchor="${anchor}" font-size="11" fill="var(--muted)">${short(value)}</text>`;
  const drawing = `<clipPath id="frame"><rect x="${margin}" y="8" width="${side}" height="${side}"/></clipPath>
<rect x="${margin}" y="8" width="${side}" height="${side}" fill="none" stroke="var(--line)"/>
<g clip-path="url(#frame)"><path d="${line}" stroke="var(--good)" fill="none"/>${band}
<g fill="var(--accent)" fill-opacity=".55">${dots}</g></g>
${text(margin, bottom + 16, "start", low)}${text(right, bottom + 16, "end", high)}
${text(margin - 6, bottom, "end", low)}${text(margin - 6, 18, "end", high)}
<text x="${margin + side / 2}" y="${bottom + 30}" text-anchor="middle" font-size="12" fill="var(--muted)">${escapeHtml(w.truth)}</text>
<text x="12" y="${8 + side / 2}" text-anchor="middle" font-size="12" fill="var(--muted)" transform="rotate(-90 12 ${8 + side / 2})">${escapeHtml(w.predicted)}</text>`;
  return html`<figure class="curve"><figcaption>${name} <span>${w.scatterNote}</span></figcaption>
<svg viewBox="0 0 ${margin + side + 8} ${side + 44}" role="img" aria-label="${w.scatterAlt(name)}" style="width:100%;max-width:26rem">${trusted(drawing)}</svg></figure>`;
}
