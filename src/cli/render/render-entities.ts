import type { EntityScores } from "../../core/events/events.js";
import { groupWords } from "../../core/results/group-words.js";
import { labelled } from "./labelled.js";
import { confidence, percent } from "./percent.js";
import { formatCount } from "./render.js";

/** F1 with its interval, what was said of nothing, and the worst sentences. */
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

/** In columns whose head says no unit. */
const inTable = (x: number): string => x.toFixed(3);

/** One line a type. */
export function renderPerType({ per_type: types }: EntityScores): string[] {
  const width = Math.max(5, ...types.map((t) => t.type.length));
  return [
    `  ${"type".padEnd(width)}      n   said  precision  recall     F1`,
    ...types.map(
      (t) =>
        `  ${t.type.padEnd(width)}${String(t.n).padStart(7)}${String(t.predicted).padStart(7)}${inTable(t.precision).padStart(11)}${inTable(t.recall).padStart(8)}${inTable(t.f1).padStart(7)}`,
    ),
  ];
}
