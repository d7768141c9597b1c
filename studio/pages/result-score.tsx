import type { TrainedResult } from "../../src/core/events/events.js";
import { currentWords } from "../app/studio.js";
import type { Words } from "../words/en/index.js";
import { writtenInterval, writtenValue } from "./written-value.js";

/** Below this number of test samples the quick model's cross-validation says more. */
export const fewTestSamples = 50;

/** Score of a model with its interval. */
export interface ShownScore {
  readonly name: string;
  readonly value: number;
  readonly ci95: readonly [number, number] | null;
  /** Samples that it was tested on. */
  readonly n: number;
}

/** Returns the test score of a run; undefined if it has none. */
export function scoreOf(result: TrainedResult | undefined): ShownScore | undefined {
  const test = result?.test as
    | {
        readonly n?: number;
        readonly sentences?: number;
        readonly metric?: Omit<ShownScore, "n">;
        readonly few_groups?: true;
      }
    | undefined
    | null;
  const n = test?.n ?? test?.sentences ?? 0;
  if (!test?.metric || n === 0) return undefined;
  const { name, value, ci95 } = test.metric;
  return { name, value, ci95: test.few_groups ? null : ci95, n };
}

/** Writes a score on one line. */
export const writtenScore = ({ name, value }: ShownScore, words: Words["result"]): string =>
  `${writtenValue(name, value)} ${words.metrics[name] ?? name}`;

/** Writes a score and its interval on one line. */
export const scoreWithInterval = (score: ShownScore, words: Words["result"]): string =>
  words.scoreWith(
    writtenScore(score, words),
    score.ci95 ? words.interval(...writtenInterval(score.name, score.ci95)) : words.noInterval,
  );

/** The number a person came for, with its interval. */
export function ScoreNumber({ score, help }: { readonly score: ShownScore; readonly help: string }) {
  const { result } = currentWords();
  const { name, value, ci95 } = score;
  return (
    <div class="score">
      <p>
        <span class="number">{writtenValue(name, value)}</span> {result.metrics[name] ?? name}
      </p>
      <p>{ci95 ? result.interval(...writtenInterval(name, ci95)) : result.fewGroups}</p>
      <p class="soft">{help}</p>
    </div>
  );
}
