import type { WrittenTextDifferences } from "../../core/results/sequences/written-texts.js";
import { difference } from "../../statistics/difference.js";
import { measureDifference } from "../../statistics/measure-difference.js";
import { intervalRules } from "../interval-rules.js";
import { editShares } from "../transcripts/score-transcripts.js";
import { bleuOf } from "./bleu.js";
import { chrfNumbers, chrfShares } from "./chrf.js";
import {
  type CountedTexts,
  countWrittenTexts,
  type References,
  signatureOf,
  type WrittenTextOptions,
} from "./count-written-texts.js";
import { bleuOfDrawn, bleuUnits, chrfName, sumRows } from "./score-written-texts.js";

type Gain = WrittenTextDifferences["exact_match"];

/**
 * Compares two systems on the same references. Each interval is of the paired difference, so it is narrower than those of the two scores.
 *
 * chrF and the error rate by the differences of the shares of each text or group; BLEU by 1,000 bootstrap samples, the same for both.
 * @throws DataError as {@link countWrittenTexts}
 * @see Koehn, "Statistical Significance Tests for Machine Translation Evaluation", EMNLP 2004 (paired bootstrap)
 */
export function compareWritten(
  a: readonly string[],
  b: readonly string[],
  references: readonly References[],
  options: WrittenTextOptions = {},
): WrittenTextDifferences {
  const both = [a, b].map((texts) => countWrittenTexts(texts, references, options)) as [
    CountedTexts,
    CountedTexts,
  ];
  const [first] = both;
  const { groups, edits } = options;
  const independent = !groups || new Set(groups).size === groups.length;
  const count = independent ? undefined : new Set(groups).size;
  const gainOf = (
    measure: "chrf" | "accuracy" | "word_error",
    sharesOf: (of: CountedTexts) => ArrayLike<number>,
  ) =>
    pairedGain(
      measure,
      both.map(sharesOf) as [ArrayLike<number>, ArrayLike<number>],
      independent ? undefined : groups,
    );
  return {
    n: a.length,
    ...(count !== undefined && { groups: count }),
    ...(count !== undefined && count < intervalRules.chrf.groups && { few_groups: true as const }),
    chrf: {
      name: chrfName(first),
      ...inPercent(
        gainOf("chrf", ({ chrf, wordOrder }) => chrfShares(chrf.flat(), chrfNumbers(wordOrder)).shares),
      ),
      signature: signatureOf("chrf", first),
    },
    bleu: {
      ...inPercent(bleuGain(both, options)),
      ...{ tokenizer: first.tokenizer, signature: signatureOf("bleu", first) },
    },
    exact_match: gainOf("accuracy", ({ exact }) => exact),
    ...(edits && { edits: { unit: edits, ...gainOf("word_error", (of) => editShares(of.edits!)) } }),
  };
}

/** Returns the difference of two means of shares. */
function pairedGain(
  measure: "chrf" | "accuracy" | "word_error",
  [ofA, ofB]: readonly [ArrayLike<number>, ArrayLike<number>],
  groups: readonly string[] | undefined,
): Gain {
  const mean = (values: ArrayLike<number>): number =>
    Float64Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
  const { gain, interval, p } = difference([ofA], [ofB], { ...(groups && { groups }) });
  const isFew = ofA.length < intervalRules[measure].samples;
  return {
    ...{ a: mean(ofA), b: mean(ofB), difference: gain },
    ...(isFew ? { ci95: null, p: null } : { ci95: interval, p }),
  };
}

/** Returns the difference of BLEU, with the same bootstrap samples for both. */
function bleuGain([a, b]: readonly [CountedTexts, CountedTexts], { groups, seed }: WrittenTextOptions): Gain {
  const [ofA, ofB] = [bleuOf(sumRows(a.bleu)).value, bleuOf(sumRows(b.bleu)).value];
  const [first, second] = [bleuUnits(a.bleu, groups), bleuUnits(b.bleu, groups)];
  const values = { a: ofA, b: ofB, difference: ofA - ofB };
  if (!first || !second) return { ...values, ci95: null, p: null };
  const { interval, p } = measureDifference(
    {
      ...{ samples: first.length, seeds: 1 },
      measure: (method, _, drawn) => bleuOfDrawn(method === "a" ? first : second, drawn),
    },
    { ...(seed !== undefined && { seed }) },
  );
  return { ...values, ci95: interval, p };
}

const inPercent = ({ a, b, difference, ci95, p }: Gain): Gain => ({
  ...{ a: 100 * a, b: 100 * b, difference: 100 * difference },
  ...{ ci95: ci95 && [100 * ci95[0], 100 * ci95[1]], p },
});
