// From a base value to a prediction as SVG, one bar for each feature.
import { escapeHtml, html, type Markup, trusted } from "../html.js";

/** The effect of a feature. */
export interface WaterfallPart {
  readonly label: string;
  readonly weight: number;
  /** Half width of its 95 % confidence interval. */
  readonly half_width?: number;
}

export interface Waterfall {
  readonly title: string;
  readonly note: string;
  readonly alt: string;
  readonly base: number;
  readonly prediction: number;
  readonly parts: readonly WaterfallPart[];
  readonly words: {
    readonly base: string;
    readonly prediction: string;
    readonly others: (n: number) => string;
  };
}

/** Most bars; the other features share one bar. */
const mostBars = 9;
/** Size of the drawing: full width of a phone. */
const [width, rowHeight, edge] = [340, 34, 6];
/** Most letters of a label beside its number. */
const mostLetters = 38;

const short = (v: number): string => {
  const text = String(Number(Math.abs(v).toPrecision(3)));
  return v < 0 ? `\u2212${text}` : text;
};

/** Returns the largest effects first, and the others as one. */
function barsOf({ parts, words }: Waterfall): WaterfallPart[] {
  const sorted = [...parts].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  if (sorted.length <= mostBars + 1) return sorted;
  const rest = sorted.slice(mostBars);
  const weight = rest.reduce((sum, part) => sum + part.weight, 0);
  return [...sorted.slice(0, mostBars), { label: words.others(rest.length), weight }];
}

/** Draws a waterfall chart. Every label comes from outside and is escaped. */
export function waterfall(chart: Waterfall): Markup {
  const { base, prediction, words } = chart;
  const bars = barsOf(chart);
  let at = base;
  const steps = bars.map((bar) => {
    const from = at;
    at += bar.weight;
    return { ...bar, from, to: at };
  });
  const ends = [base, prediction, ...steps.map(({ to }) => to)].filter(Number.isFinite);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const x = (v: number): number => edge + ((width - 2 * edge) * (v - low)) / (high - low || 1);
  const place = (v: number): string => Math.min(width - 1, Math.max(1, x(v))).toFixed(1);
  const text = (y: number, label: string, value: string): string => {
    const cut = label.length > mostLetters ? `${label.slice(0, mostLetters - 1)}…` : label;
    return `<text x="${edge}" y="${y}">${escapeHtml(cut)}</text><text x="${width - edge}" y="${y}" text-anchor="end" class="value">${value}</text>`;
  };
  const rows = steps.map(({ label, weight, half_width: half, from, to }, i) => {
    const y = (i + 1) * rowHeight;
    const left = Math.min(x(from), x(to));
    const long = Math.max(1, Math.abs(x(to) - x(from)));
    const value = `${weight < 0 ? "" : "+"}${short(weight)}${half === undefined ? "" : ` ± ${short(half)}`}`;
    const interval =
      half === undefined
        ? ""
        : `<path d="M${place(to - half)} ${y + 22}H${place(to + half)}" stroke="var(--ink)" stroke-width="1.5"/>`;
    return `${text(y + 12, label, value)}<rect class="${weight < 0 ? "less" : "more"}" x="${left.toFixed(1)}" y="${y + 17}" width="${long.toFixed(1)}" height="10" rx="1.5"/>${interval}<path d="M${place(to)} ${y + 27}V${y + rowHeight + 17}" stroke="var(--muted)" stroke-dasharray="2 3"/>`;
  });
  const height = (bars.length + 2) * rowHeight;
  const end = (bars.length + 1) * rowHeight;
  const mark = (v: number, y: number): string =>
    `<circle cx="${place(v)}" cy="${y + 22}" r="4" fill="var(--ink)"/>`;
  const drawing = `<path d="M${place(base)} 26V${rowHeight + 17}" stroke="var(--muted)" stroke-dasharray="2 3"/>
${text(12, words.base, short(base))}${mark(base, 0)}${rows.join("")}${text(end + 12, words.prediction, short(prediction))}${mark(prediction, end)}`;
  return html`<figure class="curve"><figcaption>${chart.title} <span>${chart.note}</span></figcaption>
<svg class="waterfall" viewBox="0 0 ${width} ${height}" role="img" aria-label="${chart.alt}">${trusted(drawing)}</svg></figure>`;
}

export const waterfallStyle = `
svg.waterfall, svg.beeswarm { display: block; width: 100%; max-width: 30rem; height: auto; }
svg.waterfall text, svg.beeswarm text { font-size: 12px; fill: var(--ink); paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; } svg.waterfall .value { font-variant-numeric: tabular-nums; fill: var(--muted); }
svg.waterfall .more { fill: var(--curve-2); } svg.waterfall .less { fill: var(--curve-1); }
svg.beeswarm .tick { fill: var(--muted); font-size: 11px; }
`;
