import { EngraftError } from "../../core/errors.js";
import type { AlignedWord, EditRates, TranscriptScores } from "../../core/results/sequences/transcripts.js";
import { ratioShares } from "../../statistics/index.js";
import { estimateOf, groupFacts } from "../share-interval.js";
import {
  alignEdits,
  charactersOf,
  countEdits,
  type Edit,
  type EditCounts,
  errorsOf,
  sumEdits,
  wordsOf,
} from "./edits.js";

/** A clip with its transcript and what was recognised, both normalised. */
export interface RecognisedClip {
  readonly item: string;
  readonly reference: string;
  readonly hypothesis: string;
  /** Start and end of each word, or character, of the hypothesis, in seconds. */
  readonly times?: readonly (readonly [start: number, end: number] | null)[] | undefined;
}

/** Options of {@link scoreTranscripts}. */
export interface TranscriptScoring {
  /** Group of each clip: its speaker or its recording. Clips of a group are similar. Default: each is its own. */
  readonly groups?: readonly string[] | undefined;
  /** Unit of the first error rate: characters for scripts without spaces. Default words. */
  readonly unit?: TranscriptUnit;
}

/** Clips in the list of the worst, and most groups in the table by group. */
const [mostWorst, mostGroups] = [10, 30];

/**
 * Scores what was recognised: error rates of words and characters, each the sum of all edits over the sum of all lengths.
 *
 * rate = Σ (substitutions + deletions + insertions) / Σ length
 *
 * Intervals are over the groups, or over the clips without groups, by shares; `intervalRules` has the smallest test set.
 * @throws DataError for no clips
 * @example scoreTranscripts([{ item: "a.wav", reference: "up down", hypothesis: "up" }]).words.rate // 0.5
 */
export function scoreTranscripts(
  clips: readonly RecognisedClip[],
  { groups, unit = "words" }: TranscriptScoring = {},
): TranscriptScores {
  if (clips.length === 0) throw new EngraftError("DataError", "there are no clips to score");
  const split = unitsOf(unit);
  const alignments = clips.map(({ reference, hypothesis }) =>
    alignEdits(split(reference), split(hypothesis)),
  );
  const words = alignments.map(countEdits);
  const characters = editsOfClips(clips, "characters");
  const wordRates = editRates(words, groups);
  const { ci95 } = wordRates;
  return {
    n: clips.length,
    metric: {
      name: "word_accuracy",
      value: 1 - wordRates.rate,
      higher_is_better: true,
      ci95: ci95 && [1 - ci95[1], 1 - ci95[0]],
    },
    words: wordRates,
    characters: editRates(characters, groups),
    without_error: words.filter((one) => errorsOf(one) === 0).length,
    ...groupFacts(estimateRate(words, groups), groups),
    scores: accuracySums(words),
    worst: worstOf(clips, alignments, words),
    ...byGroup(words, groups),
  };
}

/** Errors and lengths of clips as sums of the word accuracy. */
export const accuracySums = (counts: readonly EditCounts[]) => ({
  ...({ metric: "word_accuracy", k: 2 } as const),
  values: counts.flatMap((one) => [errorsOf(one), one.length]),
});

/** Unit of an error rate. */
export type TranscriptUnit = "words" | "characters";

/** Returns how a text is divided into units. */
export const unitsOf = (unit: TranscriptUnit) => (unit === "words" ? wordsOf : charactersOf);

/** Counts the edits of each clip. */
export const editsOfClips = (
  clips: readonly Pick<RecognisedClip, "reference" | "hypothesis">[],
  unit: TranscriptUnit,
): EditCounts[] =>
  clips.map(({ reference, hypothesis }) =>
    countEdits(alignEdits(unitsOf(unit)(reference), unitsOf(unit)(hypothesis))),
  );

/** Errors over length; without a reference each insertion is one error of one. */
export const rateOf = (sum: EditCounts): number =>
  sum.length === 0 ? Math.min(1, sum.insertions) : errorsOf(sum) / sum.length;

/** Returns the shares of texts in an error rate. */
export const editShares = (counts: readonly EditCounts[]): Float64Array =>
  ratioShares(
    counts.map(errorsOf),
    counts.map(({ length }) => length),
  );

/** Adds up edits, with their rate and its interval. */
export function editRates(counts: readonly EditCounts[], groups: readonly string[] | undefined): EditRates {
  const sum = sumEdits(counts);
  return {
    ...sum,
    rate: rateOf(sum),
    ci95: sum.length === 0 ? null : estimateRate(counts, groups).interval,
  };
}

/** Estimates an error rate. Insertions can make it exceed 1: then it is an error without an upper bound. */
function estimateRate(counts: readonly EditCounts[], groups: readonly string[] | undefined) {
  const measure = rateOf(sumEdits(counts)) <= 1 ? "word_error" : "error";
  return estimateOf(measure, editShares(counts), groups);
}

function worstOf(
  clips: readonly RecognisedClip[],
  alignments: readonly (readonly Edit[])[],
  counts: readonly EditCounts[],
): TranscriptScores["worst"] {
  return clips
    .map((clip, i) => ({ clip, errors: errorsOf(counts[i]!), edits: alignments[i]! }))
    .filter(({ errors }) => errors > 0)
    .sort((a, b) => b.errors - a.errors)
    .slice(0, mostWorst)
    .map(({ clip: { times, ...clip }, errors, edits }) => ({
      ...clip,
      errors,
      words: edits.map(
        ({ kind, reference = "", hypothesis = "" }): AlignedWord => [kind, reference, hypothesis],
      ),
      ...(times && { times: timesOfEdits(edits, times) }),
    }));
}

/** Returns the time of each step of an alignment. A deletion has none. */
function timesOfEdits(edits: readonly Edit[], times: NonNullable<RecognisedClip["times"]>) {
  let next = 0;
  return edits.map(({ kind }) => (kind === "deletion" ? null : (times[next++] ?? null)));
}

function byGroup(
  counts: readonly EditCounts[],
  groups: readonly string[] | undefined,
): Pick<TranscriptScores, "by_group"> {
  if (!groups) return {};
  const members = new Map<string, EditCounts[]>();
  for (const [i, group] of groups.entries()) {
    const own = members.get(group);
    if (own) own.push(counts[i]!);
    else members.set(group, [counts[i]!]);
  }
  if (members.size >= mostGroups) return {};
  const rows = [...members].map(([name, own]) => ({
    name: name.replace(/^(group|item) /, ""),
    clips: own.length,
    rate: rateOf(sumEdits(own)),
  }));
  return { by_group: rows.sort((a, b) => b.rate - a.rate || (a.name < b.name ? -1 : 1)) };
}
