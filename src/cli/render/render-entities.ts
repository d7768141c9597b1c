import type { EntityScores } from "../../core/events/events.js";
import { groupWords } from "../../core/results/group-words.js";
import { labelled } from "./labelled.js";
import { confidence, percent } from "./percent.js";
import { formatCount } from "./render.js";
import { tableLines } from "./table-lines.js";

/** Returns F1 with its interval, predictions without an entity, and the worst sentences. */
export function renderEntityScores(scores: EntityScores, part = "test"): string[] {
  const { repaired, unseen_words: unseen } = scores;
  const grouped = groupWords({ ...scores, n: scores.sentences }, "sentences");
  return [
    ...labelled(
      part,
      `F1 ${percent(scores.f1)} (${confidence(scores.f1_ci95, scores.few_groups)}), precision ${percent(scores.precision)}, recall ${percent(scores.recall)}`,
      ...(grouped === undefined ? [] : [grouped]),
      `${formatCount(scores.correct)} of ${formatCount(scores.n)} entities in ${formatCount(scores.sentences)} sentences found, ${formatCount(scores.predicted)} said; ${(100 * scores.word_accuracy).toFixed(1)} % of words right`,
      ...(repaired.tags > 0
        ? [`${repaired.tags} answered tags repaired in ${repaired.sentences} sentences`]
        : []),
      ...(unseen > 0 ? [`${formatCount(unseen)} words cut off, counted as O`] : []),
    ),
    ...labelled(
      "worst",
      ...scores.worst
        .slice(0, 3)
        .map(
          (w) =>
            `${w.item}: ${w.mistakes} mistakes; there ${w.true.join(", ") || "nothing"}; said ${w.predicted.join(", ") || "nothing"}`,
        ),
    ),
  ];
}

/** Without a unit, for columns. */
const inTable = (x: number): string => x.toFixed(3);

/** Returns one line per type. */
export function renderPerType({ per_type: types }: EntityScores): string[] {
  return tableLines(
    ["type", "n", "said", "precision", "recall", "F1"],
    types.map((t) => [
      t.type,
      String(t.n),
      String(t.predicted),
      ...[t.precision, t.recall, t.f1].map(inTable),
    ]),
    { left: 1, least: [5, 5, 5, 9, 6, 5], indent: 2 },
  );
}
