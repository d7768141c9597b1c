// Effects of features on many predictions as SVG, one point for each sample.
import { escapeHtml, html, type Markup, trusted } from "../html.js";

/** A feature over all samples. */
export interface SwarmFeature {
  readonly name: string;
  readonly points: readonly {
    readonly weight: number;
    /** Rank of the value in its column, 0 … 1; missing without an order. */
    readonly rank?: number;
  }[];
}

export interface Swarm {
  readonly title: string;
  readonly alt: string;
  readonly features: readonly SwarmFeature[];
}

/** Most features; others are left out. */
const mostFeatures = 10;
const [width, rowHeight, edge] = [340, 46, 10];
const mostLetters = 44;
/** Points closer than this are stacked. */
const near = 4;

/** Returns a colour from blue to orange. */
function colorOf(rank: number | undefined): string {
  if (rank === undefined) return "var(--curve-3)";
  const [low, high] = [
    [31, 98, 173],
    [214, 104, 10],
  ] as const;
  return `rgb(${low.map((v, i) => Math.round(v + rank * (high[i]! - v))).join(" ")})`;
}

const meanSize = ({ points }: SwarmFeature): number =>
  points.reduce((sum, { weight }) => sum + Math.abs(weight), 0) / Math.max(1, points.length);

const short = (v: number): string => String(Number(v.toPrecision(2))).replace("-", "\u2212");

/** Draws a beeswarm chart. Every name comes from outside and is escaped. */
export function beeswarm({ title, alt, features }: Swarm): Markup {
  const shown = [...features].sort((a, b) => meanSize(b) - meanSize(a)).slice(0, mostFeatures);
  // Not Math.min(...all): thousands of arguments.
  const [low, high] = shown
    .flatMap(({ points }) => points.map(({ weight }) => weight))
    .filter(Number.isFinite)
    .reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [0, 0]);
  const x = (v: number): number => edge + ((width - 2 * edge) * (v - low)) / (high - low || 1);
  const rows = shown.map(({ name, points }, row) => {
    const top = row * rowHeight;
    const middle = top + 31;
    const levels = new Map<number, number>();
    const dots = points
      .filter(({ weight }) => Number.isFinite(weight))
      .map(({ weight, rank }) => {
        const column = Math.round(x(weight) / near);
        const level = levels.get(column) ?? 0;
        levels.set(column, level + 1);
        // Alternately above and below the line, within the row.
        const away = Math.min(12, Math.ceil(level / 2) * 2.5) * (level % 2 === 0 ? 1 : -1);
        return `<circle cx="${x(weight).toFixed(1)}" cy="${(middle + away).toFixed(1)}" r="2.6" fill="${colorOf(rank)}" fill-opacity=".75"/>`;
      });
    const label = name.length > mostLetters ? `${name.slice(0, mostLetters - 1)}…` : name;
    return `<path d="M${edge} ${middle}H${width - edge}" stroke="var(--line)"/><text x="${edge}" y="${top + 12}">${escapeHtml(label)}</text>${dots.join("")}`;
  });
  const bottom = shown.length * rowHeight;
  const tick = (v: number, anchor: string): string =>
    `<text class="tick" x="${x(v).toFixed(1)}" y="${bottom + 14}" text-anchor="${anchor}">${short(v)}</text>`;
  const clear = (v: number): boolean => Math.abs(x(v) - x(0)) > 40;
  const drawing = `<path d="M${x(0).toFixed(1)} 0V${bottom}" stroke="var(--muted)" stroke-dasharray="3 3"/>${rows.join("")}
${tick(0, "middle")}${clear(low) ? tick(low, "start") : ""}${clear(high) ? tick(high, "end") : ""}`;
  return html`<figure class="curve"><figcaption>${title}</figcaption>
<svg class="beeswarm" viewBox="0 0 ${width} ${bottom + 20}" role="img" aria-label="${alt}">${trusted(drawing)}</svg></figure>`;
}
