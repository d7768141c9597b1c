// The shown score of a run as text. The rule is the library's.
import type { TrainedResult } from "../../src/core/events/events.js";
import type { ShownScore } from "../../src/core/results/shown-score.js";
import { type ShownResult, shownScoreOf } from "../../src/evaluate/shown-score.js";
import type { Words } from "../words/en/index.js";
import { writtenInterval, writtenValue } from "./written-value.js";

/** Returns the test score of a run; undefined if it has none. */
export function scoreOf(result: TrainedResult | undefined): ShownScore | undefined {
  if (!result?.test?.metric || result.no_score) return undefined;
  const shown = shownScoreOf(result as ShownResult);
  return shown.n === 0 ? undefined : shown;
}

/** Writes a score on one line; without digits, how many samples or recordings there are of those that it needs. */
export const writtenScore = (shown: ShownScore, words: Words["result"]): string =>
  shown.value === null
    ? fewText(shown, words)
    : `${writtenValue(shown.metric, shown.value)} ${words.metrics[shown.metric] ?? shown.metric}`;

/** Writes a score and its interval on one line. */
export const scoreWithInterval = (shown: ShownScore, words: Words["result"]): string =>
  shown.value !== null && shown.ci95
    ? words.scoreWith(
        writtenScore(shown, words),
        words.interval(...writtenInterval(shown.metric, shown.ci95)),
      )
    : writtenScore(shown, words);

/** Says that the samples or recordings are too few for a number, and how many would do. */
export const fewText = ({ needed, groups = 0, n }: ShownScore, words: Words["result"]): string =>
  needed?.of === "groups"
    ? words.fewRecordings(groups, needed.about)
    : words.fewSamples(n, needed?.about ?? n);
