import type { BeamOptions } from "../../bases/transcripts/beam-search.js";
import { type CharacterModel, fitCharacterNgrams } from "../../bases/transcripts/character-ngrams.js";
import type { DecoderFacts } from "../../core/results/sequences/transcripts.js";
import { sumEdits } from "../../evaluate/transcripts/edits.js";
import { editsOfClips, rateOf } from "../../evaluate/transcripts/score-transcripts.js";
import type { RecipeOptions } from "../../options/options.js";
import type { SpeechAnswers } from "./predict-speech.js";
import { decoderOf, type RecognisedText, recognisedText } from "./recognise.js";
import { type Speech, speechIn } from "./transcript-head.js";

/** How a model decodes, and the texts of the test split. */
export interface ChosenDecoder {
  readonly facts: DecoderFacts;
  /** Test clips by this decoder. */
  readonly test: readonly RecognisedText[];
  readonly beams?: BeamOptions;
}

/** Characters of an n-gram by default, and the tried weights and bonuses. */
const usualOrder = 6;
const weights = [0.25, 0.5, 1] as const;
const bonuses = [0.5, 1, 2] as const;

/** Fits the language model of the training transcripts. */
export function languageModel({ data }: Speech, order = usualOrder): CharacterModel | undefined {
  if (order === 0) return undefined;
  const characters = data.vocabulary.tokens.map((_, c) => c).slice(2);
  return fitCharacterNgrams(
    speechIn(data, "train").map(({ target }) => target),
    characters,
    order,
  );
}

/**
 * Returns the requested decoder: greedy, or a beam search whose language model has the weight and the bonus with the lowest error
 * rate on the validation split.
 */
export function chooseDecoder(
  speech: Speech,
  { test, logits }: SpeechAnswers,
  { lmOrder = usualOrder, lmWeight }: Pick<RecipeOptions, "lmOrder" | "lmWeight">,
): ChosenDecoder {
  if (!logits) return { facts: { name: "greedy" }, test };
  const { data } = speech;
  const model = languageModel(speech, lmOrder);
  const tested = speechIn(data, "test");
  const testBy = (beams: BeamOptions): RecognisedText[] =>
    logits.test.map((timed, i) => recognisedText(data, tested[i]!, timed, decoderOf(beams)(timed.scores)));
  if (!model) {
    const beams = {};
    return { facts: { name: "beam" }, beams, test: testBy(beams) };
  }
  const held = speechIn(data, "validation");
  const errorOf = (beams: BeamOptions): number => {
    const decode = decoderOf(beams);
    const textOf = (i: number): string => data.vocabulary.decode(decode(logits.held[i]!.scores));
    const clips = held.map(({ text }, i) => ({ reference: text, hypothesis: textOf(i) }));
    return rateOf(sumEdits(editsOfClips(clips, data.unit)));
  };
  const tried = (lmWeight === undefined ? weights : [lmWeight]).flatMap((weight) =>
    bonuses.map((bonus) => ({ model, weight, bonus })),
  );
  const rates = tried.map(errorOf);
  const beams = tried[rates.indexOf(Math.min(...rates))]!;
  const { weight, bonus } = beams;
  return {
    facts: { name: "beam", language_model: { order: lmOrder, weight, bonus } },
    beams,
    test: testBy(beams),
  };
}
