import type { RunsReport } from "../../core/results/side-by-side.js";
import { html, type Markup } from "../html.js";
import { axis, shortened } from "./comparison-chart.js";
import { formatOf, lowestOf } from "./score-format.js";

const [width, left, right, rowHeight] = [720, 200, 26, 26];
const at = (x: number): string => x.toFixed(1);

/**
 * Returns a chart of the test score of each run with its interval; undefined if no run has a test score.
 * @param alternative text of the chart for readers who do not see it
 * @param colourOf returns the number of a run's colour
 */
export function testScores(
  { runs, metric }: RunsReport,
  alternative: string,
  colourOf: (run: number) => number,
): Markup | undefined {
  const all = runs.flatMap(({ label, test }, i) => (test ? [{ label, i, ...test }] : []));
  if (all.length === 0) return undefined;
  const least = lowestOf(metric);
  const { low, high, marks } = axis(
    all.flatMap(({ value, ci95 }) => [value, ...(ci95 ?? [])]),
    least,
  );
  const x = (score: number): string => {
    const inside = Math.min(high, Math.max(low, score));
    return at(left + ((inside - low) / (high - low)) * (width - left - right));
  };
  const bottom = all.length * rowHeight + 8;
  const { mark } = formatOf(metric);
  return html`<svg class="chart" viewBox="0 0 ${width} ${bottom + 24}" role="img" aria-label="${alternative}">
${marks.map((m) => html`<line x1="${x(m)}" x2="${x(m)}" y1="0" y2="${bottom}"/><text x="${x(m)}" y="${bottom + 16}" text-anchor="middle">${mark(m)}</text>`)}
${all.map(({ label, i, value, ci95 }, row) => {
  const y = row * rowHeight + rowHeight / 2 + 4;
  return html`<g style="--this: var(--curve-${colourOf(i)})"><text class="name" x="0" y="${y + 4}">${shortened(label)}</text>
${ci95 !== null && html`<line class="interval" x1="${x(ci95[0])}" x2="${x(ci95[1])}" y1="${y}" y2="${y}"/>`}<circle class="mean" cx="${x(value)}" cy="${y}" r="5"/></g>`;
})}</svg>`;
}
