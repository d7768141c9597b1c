import type { LabelScores } from "../../core/events/events.js";
import { groupWords } from "../../core/results/group-words.js";
import { labelled } from "./labelled.js";
import { confidence, percent } from "./percent.js";
import { formatCount } from "./render.js";
import { tableLines } from "./table-lines.js";

/** Of scores that are no share of items, and without a unit for columns. */
const decimal = (x: number): string => x.toFixed(3);
const known = (x: number | null): string => (x === null ? "–" : decimal(x));

/** Returns micro and macro F1 with their intervals, the share of correct labels, and the worst items. */
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

/** Returns one line per label. */
export function renderPerLabel({ per_label: labels }: LabelScores): string[] {
  return tableLines(
    ["label", "n", "said", "precision", "recall", "F1", "AP", "AUROC", "from"],
    labels.map((t) => [
      t.label,
      String(t.n),
      String(t.predicted),
      ...[t.precision, t.recall, t.f1].map(decimal),
      ...[t.average_precision, t.auroc].map(known),
      t.threshold.toFixed(2),
    ]),
    { left: 1, least: [5, 5, 5, 9, 6, 5, 5, 5, 4], indent: 2 },
  );
}
