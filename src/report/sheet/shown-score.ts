// What is said of a shown score besides the number and its interval: why there are no digits, and what guessing gives.
import type { ShownScore } from "../../core/results/shown-score.js";
import { shownScore, type TestScores } from "../../evaluate/shown-score.js";
import { decimal, integer } from "../charts/numbers.js";
import { baselineLabels } from "../words/baselines.js";
import { type Lang, wordsIn } from "../words/index.js";
import { type Figure, plainText } from "./sheet.js";
import { writtenNumber } from "./written.js";

/** Parts of sentences without an end; missing: nothing is to be said. */
export interface SaidOfScore {
  /** Why the score has no digits. */
  readonly few?: string;
  /** What guessing gives, and whether the model is better. */
  readonly guessing?: string;
}

interface Said {
  readonly shown: ShownScore;
  /** The score on the page. */
  readonly figure: Figure;
  /** Name of a sample: "picture". */
  readonly sample: string;
  readonly lang: Lang;
  /** Baselines that stand beside the score. */
  readonly baselines?: object | undefined;
}

/** Returns what is said of a score. A baseline beside a score that is better than guessing says already what guessing gives. */
export function saidOfScore({ shown, figure, sample, lang, baselines = {} }: Said): SaidOfScore {
  const { shown: words, items } = wordsIn(lang);
  const { needed, n, groups = 0, guessing, ci95, better_than_guessing: better, loss } = shown;
  const about = needed && integer(needed.about);
  const few =
    about &&
    (needed.of === "groups"
      ? words.fewGroups(items.many(sample), groups, about)
      : words.fewSamples(items.testCount(n, sample), n === 1, about));
  const isSaid = better === true && guessing !== undefined && guessing.name in baselines;
  const name = guessing && baselineLabels(lang)[guessing.name]!;
  const score = guessing && `${plainText(figure.name, lang)} ${writtenGuess(shown, figure)}`;
  const write =
    better === false ? words.noBetter : better === null && ci95 !== null ? words.notTold : words.guessing;
  const parts = [
    ...(name !== undefined && !isSaid ? [write(score!, name)] : []),
    ...(loss === undefined ? [] : [words.loss(decimal(loss), decimal(guessing!.loss!))]),
  ];
  return {
    ...(few && { few }),
    ...(parts.length > 0 && { guessing: parts.join(words.and) }),
  };
}

const writtenGuess = ({ guessing }: ShownScore, { as, isError }: Figure): string =>
  writtenNumber(as, isError ? 1 - guessing!.value : guessing!.value);

/** Returns whether a score of a model or a baseline has digits. A constant prediction has: its score is no estimate. */
export const hasDigits = (test: object, isConstant = false): boolean =>
  isConstant || shownScore(test as TestScores).value !== null;
