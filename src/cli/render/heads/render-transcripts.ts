import type { EditRates, TranscriptScores } from "../../../core/results/sequences/transcripts.js";
import { labelled } from "../labelled.js";
import { percent, percentRange } from "../percent.js";
import { formatCount } from "../render.js";

/** Names of an error rate, by its unit. */
export const rateNames = { words: "word error rate", characters: "character error rate" } as const;

const errorsLine = ({ substitutions, deletions, insertions, length }: EditRates, unit: string): string =>
  `${formatCount(substitutions)} substitutions, ${formatCount(deletions)} deletions, ${formatCount(insertions)} insertions in ${formatCount(length)} ${unit}`;

/** Returns the error rates with their intervals, and the edits that they are made of. */
export function renderTranscriptScores(
  { n, words, characters, without_error: right }: TranscriptScores,
  unit: "words" | "characters",
): string[] {
  const rate = ({ rate: value, ci95 }: EditRates): string =>
    `${percent(value)}  (${ci95 ? `95 % confidence interval ${percentRange(ci95)}` : "no interval"}, ${formatCount(n)} clips)`;
  return [
    ...labelled(rateNames[unit], rate(words), errorsLine(words, unit)),
    ...(unit === "words" ? labelled(rateNames.characters, rate(characters)) : []),
    ...labelled("without error", `${formatCount(right)} of ${formatCount(n)} clips`),
  ];
}

/** Returns the clips with the most errors: the transcript above what was recognised. */
export function renderWorstClips({ worst }: TranscriptScores): string[] {
  return worst
    .slice(0, 5)
    .flatMap(({ item, reference, hypothesis }) => [item, `  ${reference}`, `  ${hypothesis}`]);
}
