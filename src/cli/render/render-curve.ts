import { formatDuration } from "../../core/duration.js";
import type { CurveResult, CurveSize } from "../../core/results/curve.js";
import { labelled } from "./labelled.js";
import { formatCount } from "./render.js";

const fraction = (x: number): string => x.toFixed(3);
const told = ({ mean, plus_minus }: CurveSize["transfer"]): string =>
  `${fraction(mean)}${plus_minus === null ? "" : ` ± ${fraction(plus_minus)}`}`;

/** The curve as a table, and what it says. */
export function renderCurveResult(result: CurveResult): string[] {
  const { sizes, seeds, strategy, base, data, words, notes, curve } = result;
  const header = [result.unit, strategy, "from scratch", "gain", "time", "time from scratch"];
  const cells = sizes.map(({ size, transfer, scratch, gain, seconds }) => [
    formatCount(size),
    told(transfer),
    told(scratch),
    `${gain.mean < 0 ? "−" : "+"}${(100 * Math.abs(gain.mean)).toFixed(1)}`,
    formatDuration(seconds.transfer),
    formatDuration(seconds.scratch),
  ]);
  const widths = header.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string => row.map((cell, i) => cell.padStart(widths[i]!)).join("  ");
  return [
    ...labelled(
      "measured",
      `${sizes.length} sizes × ${seeds.length} seed${seeds.length === 1 ? "" : "s"} on ${data}, base ${base.name}`,
    ),
    line(header),
    ...cells.map(line),
    ...labelled("saved", words),
    ...notes.flatMap((note) => labelled("note", note)),
    ...labelled("report", `${curve}/report.html`),
    ...labelled("folder", curve),
  ];
}
