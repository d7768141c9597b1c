import { formatDuration } from "../../core/duration.js";
import type { LabelScores, LabelsResultEvent } from "../../core/events/events.js";
import { constantBaselines } from "../../core/results/baseline-names.js";
import { groupWords } from "../../core/results/group-words.js";
import { epochsKept } from "./epochs-kept.js";
import { labelled } from "./labelled.js";
import { confidence, percent } from "./percent.js";
import { divergenceLine, formatCount, lastLines, viewsLine } from "./render.js";
import { scratchLines } from "./scratch-lines.js";
import { seedsLines } from "./seeds-lines.js";

/** Of scores that are no share of items, and in columns whose head says no unit. */
const decimal = (x: number): string => x.toFixed(3);
const known = (x: number | null): string => (x === null ? "–" : decimal(x));

/** Micro and macro F1 with their intervals, what of the labels was right, and the worst items. */
export function renderLabelScores(scores: LabelScores, unit: string, part = "test"): string[] {
  const { without_labels: without } = scores;
  const grouped = groupWords(scores, unit);
  return [
    ...labelled(
      part,
      `micro F1 ${percent(scores.micro_f1)} (${confidence(scores.micro_f1_ci95, scores.few_groups)}), precision ${percent(scores.micro_precision)}, recall ${percent(scores.micro_recall)}`,
      ...(grouped === undefined ? [] : [grouped]),
      `macro F1 ${percent(scores.macro_f1)} (${confidence(scores.macro_f1_ci95, scores.few_groups)}), mean average precision ${known(scores.mean_average_precision)}, AUROC ${known(scores.macro_auroc)}`,
      `all labels right for ${percent(scores.subset_accuracy)} of ${formatCount(scores.n)} ${unit}, ${percent(scores.hamming_loss)} of the decisions wrong (Hamming loss)`,
      ...(without.n + without.predicted > 0
        ? [
            `${formatCount(without.n)} ${unit} have no label, none was said of ${formatCount(without.predicted)}`,
          ]
        : []),
    ),
    ...labelled(
      "worst",
      ...scores.worst
        .slice(0, 3)
        .map(
          (w) =>
            `${w.item}: missed ${w.missed.join(", ") || "nothing"}; wrongly ${w.wrong.join(", ") || "nothing"}`,
        ),
    ),
  ];
}

/** One line a label. */
export function renderPerLabel({ per_label: labels }: LabelScores): string[] {
  const width = Math.max(5, ...labels.map((t) => t.label.length));
  return [
    `  ${"label".padEnd(width)}      n   said  precision  recall     F1     AP  AUROC  from`,
    ...labels.map(
      (t) =>
        `  ${t.label.padEnd(width)}${String(t.n).padStart(7)}${String(t.predicted).padStart(7)}${decimal(t.precision).padStart(11)}${decimal(t.recall).padStart(8)}${decimal(t.f1).padStart(7)}${known(t.average_precision).padStart(7)}${known(t.auroc).padStart(7)}${t.threshold.toFixed(2).padStart(6)}`,
    ),
  ];
}

/** The end of a training on items with several labels. */
export function renderLabelsResult(result: LabelsResultEvent): string[] {
  const { seconds, forecast, baselines, unit } = result;
  const lines = labelled(
    "trained",
    ...(result.epochs > 0 ? [epochsKept(result, "validation F1")] : []),
    `${formatDuration(seconds.total)} (features ${formatDuration(seconds.features)}, training ${formatDuration(seconds.training)}; forecast ${formatDuration(forecast.seconds)}), peak memory ${Math.round(result.peak_rss_mb)} MB`,
    ...divergenceLine(result),
  );
  const ofViews = ({ micro_f1, micro_f1_ci95, few_groups }: LabelScores): string =>
    `micro F1 ${percent(micro_f1)} (${confidence(micro_f1_ci95, few_groups)})`;
  lines.push(
    ...renderLabelScores(result.test, unit),
    ...viewsLine(result.tta, ofViews),
    ...renderPerLabel(result.test),
  );
  for (const [name, baseline] of Object.entries(baselines))
    if (baseline)
      lines.push(
        ...labelled(
          name,
          `micro F1 ${percent(baseline.test.micro_f1)}${constantBaselines.has(name) ? "" : ` (${confidence(baseline.test.micro_f1_ci95, baseline.test.few_groups)})`}: ${baseline.recipe}`,
          ...scratchLines(baseline),
        ),
      );
  lines.push(...seedsLines(result.by_seed));
  return [...lines, ...lastLines(result)];
}
