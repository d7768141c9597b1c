import { EngraftError } from "../../core/errors.js";
import { countFewestEdits, type EditCounts, errorsOf } from "../transcripts/edits.js";
import { type TranscriptUnit, unitsOf } from "../transcripts/score-transcripts.js";
import { bleuSums } from "./bleu.js";
import { chrfSums } from "./chrf.js";
import { type BleuTokenizer, bleuTokens, tokenizerFor } from "./tokenizers.js";

/** Options of the scores of written texts. */
export interface WrittenTextOptions {
  /** Group of each text, such as its document. Texts of a group are similar, so intervals are over the groups. Default: each is its own. */
  readonly groups?: readonly string[] | undefined;
  /** Language of the references, such as "de" or "zh-Hant", for the tokenizer of BLEU. Default: guessed by their script. */
  readonly language?: string | undefined;
  /** How BLEU divides texts: "13a", "zh", "char" or "none". Default: by the language. */
  readonly tokenizer?: BleuTokenizer | undefined;
  /** Longest n-grams of words in chrF, 0 to 2. Default 0, which is chrF2; 2 is chrF2++. */
  readonly wordOrder?: number | undefined;
  /** Also count edits between "words", which spaces separate (phonemes too), or between "characters". Default: no edits. */
  readonly edits?: TranscriptUnit | undefined;
  /** Seed of the bootstrap of BLEU, 0 to 2³² − 1. Default 0. */
  readonly seed?: number | undefined;
}

/** References of one prediction: one text, or several that are equally right. */
export type References = string | readonly string[];

/** Counts of each text, and how they were counted. */
export interface CountedTexts {
  readonly texts: readonly string[];
  readonly references: readonly (readonly string[])[];
  readonly tokenizer: BleuTokenizer;
  readonly wordOrder: number;
  /** Rows of `chrfSums` and of `bleuSums`. */
  readonly chrf: readonly (readonly number[])[];
  readonly bleu: readonly (readonly number[])[];
  /** 1 if the text equals a reference. */
  readonly exact: readonly number[];
  readonly edits?: readonly EditCounts[];
}

/** Most characters of a text, and most pairs of units that are compared for the edits of a text: nine seconds. */
const [mostCharacters, mostPairs] = [10_000_000, 1e9];

/**
 * Counts n-grams, exact matches and edits of each text. Of several references, the one with the fewest edits counts.
 * @throws DataError for no texts, another number of references or groups, anything but texts, or texts that are too long
 */
export function countWrittenTexts(
  predictions: readonly string[],
  given: readonly References[],
  { tokenizer: named, language, wordOrder = 0, edits, groups }: WrittenTextOptions,
): CountedTexts {
  requireSameNumber(predictions, given, "references");
  if (groups) requireSameNumber(predictions, groups, "groups");
  if (predictions.length === 0) throw new EngraftError("DataError", "there are no predictions to score");
  const references = given.map((one) => (Array.isArray(one) ? (one as readonly string[]) : [one as string]));
  predictions.forEach((text, i) => {
    requireText(text, `prediction ${i + 1}`);
    if (references[i]!.length === 0)
      throw new EngraftError("DataError", `prediction ${i + 1} has no reference`, { details: { item: i } });
    for (const reference of references[i]!) requireText(reference, `reference ${i + 1}`);
  });
  const tokenizer = named ?? tokenizerFor(language, references.flat());
  const pairs = predictions.map((text, i) => ({ text, references: references[i]! }));
  const edited = edits && pairs.map((pair, i) => fewestEdits(pair, edits, i));
  if (edited?.every(({ length }) => length === 0))
    throw new EngraftError("DataError", "all references are empty: there is no rate of edits", {
      help: "leave out the option edits",
    });
  return {
    texts: predictions,
    references,
    tokenizer,
    wordOrder,
    chrf: pairs.map((pair) => chrfSums(pair.text, pair.references, wordOrder)),
    bleu: pairs.map((pair) =>
      bleuSums(
        bleuTokens(pair.text, tokenizer),
        pair.references.map((reference) => bleuTokens(reference, tokenizer)),
      ),
    ),
    exact: pairs.map((pair) => Number(pair.references.some((one) => one.trim() === pair.text.trim()))),
    ...(edited && { edits: edited }),
  };
}

function requireSameNumber(predictions: readonly unknown[], others: readonly unknown[], name: string): void {
  if (!Array.isArray(predictions) || !Array.isArray(others))
    throw new EngraftError("DataError", `predictions and ${name} are lists of texts`);
  if (predictions.length !== others.length)
    throw new EngraftError("DataError", `${predictions.length} predictions, but ${others.length} ${name}`, {
      help: `give as many ${name} as predictions, in the same order`,
      details: { predictions: predictions.length, [name]: others.length },
    });
}

function requireText(text: unknown, at: string): void {
  if (typeof text !== "string")
    throw new EngraftError("DataError", `a text is needed, got ${text === null ? "null" : typeof text}`, {
      at,
      help: 'give "" if nothing was written',
    });
  if (text.length > mostCharacters)
    throw new EngraftError("DataError", `a text has ${text.length} characters, at most ${mostCharacters}`, {
      ...{ at, help: "divide the text into sentences", details: { characters: text.length } },
    });
}

/** Returns the edits from the reference that needs the fewest, of equal ones the first. @throws DataError for texts that are too long */
function fewestEdits(
  { text, references }: { readonly text: string; readonly references: readonly string[] },
  unit: TranscriptUnit,
  item: number,
): EditCounts {
  const units = unitsOf(unit)(text);
  const counted = references.map((reference) => {
    const expected = unitsOf(unit)(reference);
    if (expected.length * units.length > mostPairs)
      throw new EngraftError(
        "DataError",
        `the edits between ${expected.length} and ${units.length} ${unit} take too long to count`,
        {
          at: `prediction ${item + 1}`,
          help: "divide the text into sentences, or leave out the option edits",
          details: { unit, reference: expected.length, prediction: units.length },
        },
      );
    return countFewestEdits(expected, units);
  });
  return counted.reduce((best, one) => (errorsOf(one) < errorsOf(best) ? one : best));
}

/** Returns the signature that sacreBLEU 2.6 prints for chrF or BLEU. */
export function signatureOf(metric: "chrf" | "bleu", counted: CountedTexts): string {
  const numbers = new Set(counted.references.map(({ length }) => length));
  const nrefs = numbers.size === 1 ? [...numbers][0] : "var";
  const how =
    metric === "chrf"
      ? `eff:yes|nc:6|nw:${counted.wordOrder}|space:no`
      : `eff:no|tok:${counted.tokenizer}|smooth:exp`;
  return `nrefs:${nrefs}|case:mixed|${how}|version:2.6.0`;
}
