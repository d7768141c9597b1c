import type { WrittenTextScores } from "../../core/results/sequences/written-texts.js";
import type { Interval } from "../../core/results/task.js";
import { quantile } from "../../linalg/quantile.js";
import { membersOf, resample } from "../../statistics/resample.js";
import { intervalRules } from "../interval-rules.js";
import { estimateOf, groupFacts } from "../share-interval.js";
import { editRates } from "../transcripts/score-transcripts.js";
import { bleuNumbers, bleuOf } from "./bleu.js";
import { chrfNumbers, chrfOf, chrfShares } from "./chrf.js";
import {
  type CountedTexts,
  countWrittenTexts,
  type References,
  signatureOf,
  type WrittenTextOptions,
} from "./count-written-texts.js";

/** Texts in the list of the worst, and most characters of each. */
const [mostWorst, mostShown] = [10, 300];

/**
 * Scores written texts against references: chrF, BLEU, exact match and, with `edits`, the error rate. Values are those of sacreBLEU 2.6.
 *
 * Intervals are over the texts or their groups: of chrF, exact match and errors by shares, of BLEU by the percentiles of 1,000 bootstrap samples.
 * {@link intervalRules} has the smallest test sets. On made texts, those of chrF held the true value in 94 to 97 of 100 cases, those of BLEU
 * in 91 to 96 (bench/written-texts.mjs).
 * @throws DataError as {@link countWrittenTexts}
 */
export function scoreWritten(
  predictions: readonly string[],
  references: readonly References[],
  options: WrittenTextOptions = {},
): WrittenTextScores {
  const counted = countWrittenTexts(predictions, references, options);
  const { groups, seed, edits } = options;
  const { value, shares } = chrfShares(counted.chrf.flat(), chrfNumbers(counted.wordOrder));
  const chrf = estimateOf("chrf", shares, groups);
  const bleu = bleuOf(sumRows(counted.bleu));
  const exact = estimateOf("accuracy", counted.exact, groups);
  const [length, referenceLength] = sumRows(counted.bleu);
  return {
    n: predictions.length,
    chrf: {
      ...{ name: chrfName(counted), value: 100 * value, ci95: inPercent(chrf.interval) },
      signature: signatureOf("chrf", counted),
    },
    bleu: {
      ...{ value: 100 * bleu.value, ci95: inPercent(bleuInterval(counted.bleu, groups, seed)) },
      precisions: bleu.precisions.map((p) => 100 * p),
      brevity_penalty: bleu.brevityPenalty,
      ...{ length: length!, reference_length: referenceLength! },
      ...{ tokenizer: counted.tokenizer, signature: signatureOf("bleu", counted) },
    },
    exact_match: {
      matches: counted.exact.filter((one) => one === 1).length,
      ...{ value: exact.value, ci95: exact.interval },
    },
    ...(edits && counted.edits && { edits: { unit: edits, ...editRates(counted.edits, groups) } }),
    ...groupFacts(chrf, groups),
    worst: worstOf(counted),
  };
}

export const chrfName = ({ wordOrder }: CountedTexts): string => `chrF2${"+".repeat(wordOrder)}`;

const inPercent = (interval: Interval | null): Interval | null =>
  interval && [100 * interval[0], 100 * interval[1]];

/** Adds up rows of numbers. */
export function sumRows(rows: readonly (readonly number[])[]): number[] {
  const sums = new Array<number>(rows[0]!.length).fill(0);
  for (const row of rows) for (let i = 0; i < sums.length; i++) sums[i]! += row[i]!;
  return sums;
}

/** Returns the sums of BLEU that are drawn together: of each group, or of each text. undefined if they are too few for an interval. */
export function bleuUnits(
  rows: CountedTexts["bleu"],
  groups: readonly string[] | undefined,
): readonly (readonly number[])[] | undefined {
  const units =
    groups && new Set(groups).size < groups.length
      ? membersOf(groups).map((members) => sumRows(members.map((i) => rows[i]!)))
      : rows;
  const { samples, groups: fewest } = intervalRules.bleu;
  return rows.length < samples || units.length < fewest ? undefined : units;
}

/** Returns BLEU of units that may be drawn several times. */
export function bleuOfDrawn(units: readonly (readonly number[])[], drawn: Int32Array): number {
  const sums = new Float64Array(bleuNumbers);
  for (const unit of drawn) {
    const row = units[unit]!;
    for (let i = 0; i < bleuNumbers; i++) sums[i]! += row[i]!;
  }
  return bleuOf(sums).value;
}

function bleuInterval(
  rows: CountedTexts["bleu"],
  groups: readonly string[] | undefined,
  seed: number | undefined,
): Interval | null {
  const units = bleuUnits(rows, groups);
  if (!units) return null;
  const drawn = resample(units.length, (some) => bleuOfDrawn(units, some), {
    ...(seed !== undefined && { seed }),
  });
  const [low, high] = [quantile(drawn, 0.025), quantile(drawn, 0.975)];
  return low < high ? [low, high] : null;
}

function worstOf({ texts, references, chrf, bleu, exact }: CountedTexts): WrittenTextScores["worst"] {
  const shown = (text: string): string => (text.length > mostShown ? `${text.slice(0, mostShown)}…` : text);
  return chrf
    .map((sums, item) => ({ item, chrf: 100 * chrfOf(sums).value }))
    .filter(({ item }) => exact[item] === 0)
    .sort((a, b) => a.chrf - b.chrf)
    .slice(0, mostWorst)
    .map(({ item, chrf }) => ({
      item,
      prediction: shown(texts[item]!),
      references: references[item]!.map(shown),
      chrf,
      bleu: 100 * bleuOf(bleu[item]!, true).value,
    }));
}
