// The model card of a live session, in English.
import type { WarningText } from "../../core/messages/message.js";
import type { ClassificationScores } from "../../core/results/counts.js";
import { count, percent, percentRange } from "../charts/numbers.js";
import { baseLine, escapeMarkdown, licenceSection, versionsLine } from "../markdown.js";
import { cardHead, cardText, cardUse } from "../sheet/sheet-card.js";
import { type ClassifierFacts, classifierUsage } from "./card-usage.js";

/** What the card of a session says. */
export interface SessionCardFacts extends Omit<ClassifierFacts, "strategy" | "adapterOnly"> {
  readonly title: string;
  /** Number of samples that the classifier learned from, and their name: "pictures". */
  readonly samples: number;
  readonly unit: string;
  readonly score: ClassificationScores | null;
  readonly folds: number;
  readonly reason?: WarningText | undefined;
  readonly versions: Readonly<Record<string, string>>;
}

/** Returns the model card as Markdown. */
export function sessionCard(facts: SessionCardFacts): string {
  const { title, base, samples, unit, versions } = facts;
  const usage = classifierUsage({ ...facts, strategy: "probe" });
  return `${cardHead(usage, base)}

# ${escapeMarkdown(title)}

${cardText(usage.does)}

## Results

${resultOf(facts)}

${cardUse(usage)}## How it was made

${baseLine(base)}
- Made in a live session: a linear probe on ${samples} ${unit}
${versionsLine(versions)}

${licenceSection(base, unit)}
`;
}

function resultOf({ score, folds, reason, unit }: SessionCardFacts): string {
  if (score === null) return `It was not scored: ${escapeMarkdown(reason?.message ?? "")}.`;
  const groups = score.groups === undefined ? "" : ` of ${count(score.groups, "group")}`;
  return `Accuracy **${percent(score.accuracy)}** (95 % confidence interval ${percentRange(score.accuracy_ci95)}), on ${score.n} ${unit}${groups}. It comes from
cross-validation with ${folds} folds. Each prediction is by a classifier that did not learn from the ${unit} of its fold. No other test set was
scored.`;
}
