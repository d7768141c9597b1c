import type { ShownScore } from "../../src/core/results/shown-score.js";
import { currentWords } from "../words/current-words.js";
import { fewText } from "./shown-score.js";
import { writtenInterval, writtenValue } from "./written-value.js";

/** Below this number of test samples the quick model's cross-validation says more. */
export const fewTestSamples = 50;

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
