import { formatDuration } from "../../core/duration.js";
import { signedText } from "../../core/messages/metric-en.js";
import type { DiagnosisResult, WorthOfLayers } from "../../core/results/diagnosis.js";
import { labelled } from "./labelled.js";
import { formatCount } from "./render.js";
import { tableLines } from "./table-lines.js";

const signed = (share: number): string => signedText(share, "share");
const gainText = ({ gain, ci95, finding, beside }: WorthOfLayers): string =>
  `${signed(gain)} ${ci95 ? `[${signed(ci95[0])}, ${signed(ci95[1])}] ` : ""}${finding}${beside === undefined ? "" : ` beside ${beside}`}`;

/** Returns the gain of each group of layers, and of each class of the source. */
export function renderDiagnosisResult(result: DiagnosisResult): string[] {
  const { groups, variants, seeds, split, unit, base, words, source, notes, diagnosis } = result;
  const table = aligned([
    ["group", "weights", "numbers", "kept, behind it fresh", "kept, before it fresh"],
    ...groups.map((g) => [
      String(g.group),
      `${g.from} … ${g.to}`,
      formatCount(g.parameters),
      gainText(g.from_output),
      gainText(g.from_input),
    ]),
  ]);
  return [
    ...labelled(
      "diagnosed",
      `${base.name} on ${result.data}: ${variants.length} ways to begin × ${seeds.length} seed${seeds.length === 1 ? "" : "s"}, judged on ${split.validation} validation ${unit}`,
    ),
    ...table,
    ...aligned([
      ["begins with", "valid."],
      ...variants.map(({ label, accuracy: { mean, plus_minus: half } }) => [
        label,
        `${mean.toFixed(3)}${half === null ? "" : ` ± ${half.toFixed(3)}`}`,
      ]),
    ]),
    ...labelled("weights", words),
    ...(source
      ? [
          ...aligned([
            ["source class", "examples", "weight", "worth to a probe"],
            ...source.classes.map((c) => [
              c.label,
              formatCount(c.n),
              `${c.weight.toFixed(2)} [${c.weight_ci95[0].toFixed(2)}, ${c.weight_ci95[1].toFixed(2)}]`,
              c.worth ? gainText(c.worth) : "",
            ]),
          ]),
          ...labelled("source", source.words),
        ]
      : []),
    ...labelled("recipe", result.recipe),
    ...labelled(
      "time",
      `${formatDuration(result.seconds)} (forecast ${formatDuration(result.forecast.seconds)})`,
    ),
    ...notes.flatMap((note) => labelled("note", note)),
    ...labelled("report", `${diagnosis}/report.html`),
    ...labelled("folder", diagnosis),
  ];
}

const aligned = ([header = [], ...rows]: readonly (readonly string[])[]): string[] =>
  tableLines(header, rows, { left: header.length, indent: 3 });
