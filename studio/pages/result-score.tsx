import type { TrainedResult } from "../../src/core/events/events.js";
import type { ShownScore } from "../../src/core/results/shown-score.js";
import { type ShownResult, shownScoreOf } from "../../src/evaluate/shown-score.js";
import { currentWords } from "../app/studio.js";
import type { Words } from "../words/en/index.js";
import { writtenInterval, writtenValue } from "./written-value.js";

/** Below this number of test samples the quick model's cross-validation says more. */
export const fewTestSamples = 50;

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

/** What guessing would give, and whether the model is better. Nothing if that is not known. */
export function Guessing({ shown }: { readonly shown: ShownScore }) {
  const { result } = currentWords();
  const { guessing, better_than_guessing: better, metric } = shown;
  if (!guessing) return null;
  const words = better === null ? result.guessing : better ? result.betterThanGuessing : result.asGuessing;
  return <p>{words(metric, writtenValue(metric, guessing.value))}</p>;
}

/** The number a person came for, with its interval and what guessing would give; a sentence if there are too few samples. */
export function ScoreNumber({ score, help }: { readonly score: ShownScore; readonly help: string }) {
  const { result } = currentWords();
  const { metric, value, ci95 } = score;
  return (
    <div class="score">
      {value === null ? (
        <p>{fewText(score, result)}</p>
      ) : (
        <p>
          <span class="number">{writtenValue(metric, value)}</span> {result.metrics[metric] ?? metric}
        </p>
      )}
      {ci95 && <p>{result.interval(...writtenInterval(metric, ci95))}</p>}
      <Guessing shown={score} />
      <p class="soft">{help}</p>
    </div>
  );
}
