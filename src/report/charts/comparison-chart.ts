// Charts of a comparison as SVG.
import { type ComparisonResult, scoreIn, scoreOver } from "../../core/results/comparison.js";
import { html, type Markup } from "../html.js";
import { duration } from "./numbers.js";
import { formatOf, lowestOf } from "./score-format.js";

interface Drawn {
  readonly label: string;
  readonly won: boolean;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly each: readonly number[];
  readonly seconds: number;
}

function drawn({ rows, runs, winner, metric }: ComparisonResult): readonly Drawn[] {
  const least = lowestOf(metric);
  return rows.flatMap((row) => {
    const { label, seconds } = row;
    const score = scoreOver(row);
    if (!score) return [];
    const one = {
      label,
      won: label === winner?.label,
      mean: score.mean,
      low: Math.max(least, score.ci95?.[0] ?? score.mean),
      high: Math.min(1, score.ci95?.[1] ?? score.mean),
      each: runs.filter((run) => run.label === label).map(({ test }) => scoreIn(test)),
      seconds: seconds?.own ?? Number.NaN,
    };
    return [one];
  });
}

/** Returns an axis that holds all values, in whole steps, with its ticks. */
export function axis(
  all: readonly number[],
  least: number,
): { low: number; high: number; marks: readonly number[] } {
  const values = all.map((v) => Math.max(least, v));
  const span = Math.max(...values) - Math.min(...values);
  const step = span > 0.5 ? 0.2 : span > 0.2 ? 0.1 : span > 0.08 ? 0.05 : 0.02;
  const low = Math.max(least, Math.floor(Math.min(...values) / step) * step);
  const high = Math.min(1, Math.max(low + step, Math.ceil(Math.max(...values) / step) * step));
  const marks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => low + i * step);
  return { low, high, marks };
}

const at = (x: number): string => x.toFixed(1);

const width = 720;
const left = 170;
const right = 26;
const rowHeight = 26;

/** Returns a chart with a line for each strategy: mean, interval, and each seed. */
export function withIntervals(result: ComparisonResult, alternative: string): Markup | undefined {
  const all = drawn(result).filter(({ seconds }) => !Number.isNaN(seconds));
  if (all.length === 0) return undefined;
  const least = lowestOf(result.metric);
  const { mark } = formatOf(result.metric);
  const { low, high, marks } = axis(
    all.flatMap((d) => [d.low, d.high, ...d.each]),
    least,
  );
  const x = (share: number): string =>
    at(left + ((Math.max(least, share) - low) / (high - low)) * (width - left - right));
  const bottom = all.length * rowHeight + 8;
  return html`<svg class="chart" viewBox="0 0 ${width} ${bottom + 24}" role="img" aria-label="${alternative}">
${marks.map((m) => html`<line x1="${x(m)}" x2="${x(m)}" y1="0" y2="${bottom}"/><text x="${x(m)}" y="${bottom + 16}" text-anchor="middle">${mark(m)}</text>`)}
${all.map((d, i) => {
  const y = i * rowHeight + rowHeight / 2 + 4;
  return html`<g class="${d.won ? "won" : "other"}"><text class="name" x="0" y="${y + 4}">${shortened(d.label)}</text>
<line class="interval" x1="${x(d.low)}" x2="${x(d.high)}" y1="${y}" y2="${y}"/>${d.each.map(
    (share) => html`<circle class="seed" cx="${x(share)}" cy="${y}" r="2.5"/>`,
  )}<circle class="mean" cx="${x(d.mean)}" cy="${y}" r="5"/></g>`;
})}</svg>`;
}

/** Returns a label that fits left of the chart. */
export function shortened(label: string): string {
  return label.length > 24 ? `${label.slice(0, 23)}…` : label;
}

const height = 300;

/** Returns the heights of labels. A label that would cover another moves down a line. */
function places(
  dots: readonly { readonly x: number; readonly y: number; readonly label: string }[],
): number[] {
  const line = 13;
  const letter = 7;
  const taken: { x: number; end: number; y: number }[] = [];
  const found = new Map<number, number>();
  for (const [i, dot] of [...dots.entries()].sort(([, a], [, b]) => a.y - b.y)) {
    const end = dot.x + dot.label.length * letter;
    let y = dot.y;
    const covers = (o: { x: number; end: number; y: number }): boolean =>
      o.x < end && dot.x < o.end && Math.abs(o.y - y) < line;
    while (taken.some(covers)) y += line;
    taken.push({ x: dot.x, end, y });
    found.set(i, y);
  }
  return dots.map((_, i) => found.get(i)!);
}

/** Returns a chart of the mean score over the time of a training; up and left is better. */
export function againstTime(result: ComparisonResult, alternative: string): Markup | undefined {
  const all = drawn(result).filter(({ seconds }) => !Number.isNaN(seconds));
  if (all.length === 0) return undefined;
  const least = lowestOf(result.metric);
  const { mark } = formatOf(result.metric);
  const { low, high, marks } = axis(
    all.map((d) => d.mean),
    least,
  );
  const log = (s: number): number => Math.log10(Math.max(0.1, s));
  const first = Math.floor(Math.min(...all.map((d) => log(d.seconds))));
  const last = Math.max(first + 1, Math.ceil(Math.max(...all.map((d) => log(d.seconds)))));
  const edge = 52;
  const x = (s: number): number => edge + ((log(s) - first) / (last - first)) * (width - edge - 130);
  const y = (share: number): number => 10 + ((high - Math.max(least, share)) / (high - low)) * (height - 40);
  const labels = places(all.map((d) => ({ x: x(d.seconds), y: y(d.mean), label: shortened(d.label) })));
  const decades = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${alternative}">
${marks.map((m) => html`<line x1="${edge}" x2="${width}" y1="${at(y(m))}" y2="${at(y(m))}"/><text x="${edge - 6}" y="${at(y(m) + 4)}" text-anchor="end">${mark(m)}</text>`)}
${decades.map((s) => html`<line x1="${at(x(s))}" x2="${at(x(s))}" y1="10" y2="${height - 30}"/><text x="${at(x(s))}" y="${height - 12}" text-anchor="middle">${duration(s)}</text>`)}
${all.map((d, i) => html`<g class="${d.won ? "won" : "other"}"><circle class="mean" cx="${at(x(d.seconds))}" cy="${at(y(d.mean))}" r="4.5"/><text class="name" x="${at(x(d.seconds) + 8)}" y="${at(labels[i]! + 4)}">${shortened(d.label)}</text></g>`)}</svg>`;
}
