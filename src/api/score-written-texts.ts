import type { WrittenTextDifferences, WrittenTextScores } from "../core/results/sequences/written-texts.js";
import { compareWritten } from "../evaluate/written/compare-written-texts.js";
import type { References, WrittenTextOptions } from "../evaluate/written/count-written-texts.js";
import { scoreWritten } from "../evaluate/written/score-written-texts.js";
import { bleuTokenizers } from "../evaluate/written/tokenizers.js";
import { type Check, checkAgainst, oneOf, whole } from "../options/option-checks.js";

const checks: Readonly<Record<keyof WrittenTextOptions, Check>> = {
  groups: {
    allowed: "a list of texts, one for each prediction",
    holds: (value) => Array.isArray(value) && value.every((group) => typeof group === "string"),
  },
  language: {
    allowed: "a code of a language, such as de or zh-Hant",
    holds: (value) => typeof value === "string" && /^[a-z]{2,3}([-_][\w-]*)?$/i.test(value),
  },
  tokenizer: oneOf(...bleuTokenizers),
  wordOrder: whole(0, 2),
  edits: oneOf("words", "characters"),
  seed: whole(0, 2 ** 32 - 1),
};

/**
 * Scores written texts, such as translations, against references: chrF, BLEU, exact match and error rate, with 95 % confidence intervals.
 *
 * chrF and BLEU are those of sacreBLEU 2.6, with its signatures.
 *
 * @param predictions one text for each reference, "" if nothing was written
 * @param references a text for each prediction, or a list of texts that are equally right
 * @throws DataError for no predictions, another number of references, anything but texts; OptionError
 * @example
 * const { chrf, bleu } = scoreWrittenTexts(["Das ist gut."], ["Das ist sehr gut."], { language: "de" });
 * console.log(chrf.value, chrf.ci95, bleu.value, bleu.signature);
 */
export function scoreWrittenTexts(
  predictions: readonly string[],
  references: readonly References[],
  options: WrittenTextOptions = {},
): WrittenTextScores {
  checkAgainst(checks, { ...options });
  return scoreWritten(predictions, references, options);
}

/**
 * Compares the texts of two systems with the same references. The intervals are of the paired differences a − b.
 *
 * @throws DataError, OptionError as {@link scoreWrittenTexts}
 * @example
 * const { chrf } = compareWrittenTexts(ours, theirs, references);
 * console.log(chrf.difference, chrf.ci95); // an interval above 0: ours is better
 */
export function compareWrittenTexts(
  a: readonly string[],
  b: readonly string[],
  references: readonly References[],
  options: WrittenTextOptions = {},
): WrittenTextDifferences {
  checkAgainst(checks, { ...options });
  return compareWritten(a, b, references, options);
}
