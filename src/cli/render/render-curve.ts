import { formatDuration } from "../../core/duration.js";
import type { CurveResult } from "../../core/results/curve.js";
import { labelled } from "./labelled.js";
import { metricFormat, scoreWithHalf } from "./metric-format.js";
import { formatCount } from "./render.js";
import { tableLines } from "./table-lines.js";

/** Returns the curve as a table, with its conclusions. */
export function renderCurveResult(result: CurveResult): string[] {
  const { sizes, seeds, strategy, base, data, words, notes, curve } = result;
  const format = metricFormat(result.metric);
  const header = [result.unit, strategy, "from scratch", "gain", "time", "time from scratch"];
  const cells = sizes.map(({ size, transfer, scratch, gain, seconds }) => [
    formatCount(size),
    scoreWithHalf(format, transfer),
    scoreWithHalf(format, scratch),
    format.gain(gain.mean),
    formatDuration(seconds.transfer),
    formatDuration(seconds.scratch),
  ]);
  return [
    ...labelled(
      "measured",
      `${sizes.length} sizes × ${seeds.length} seed${seeds.length === 1 ? "" : "s"} on ${data}, base ${base.name}`,
    ),
    ...tableLines(header, cells, { left: 0 }),
    ...labelled("saved", words),
    ...notes.flatMap((note) => labelled("note", note)),
    ...labelled("report", `${curve}/report.html`),
    ...labelled("folder", curve),
  ];
}
