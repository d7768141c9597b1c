import { readSpeechFolder } from "../../bases/transcripts/speech-folder.js";
import { type TimedWord, wordTimes } from "../../bases/transcripts/word-times.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { type RecognisedClip, scoreTranscripts } from "../../evaluate/transcripts/score-transcripts.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, TranscriptEvaluation } from "../../inference/evaluation.js";
import { type LoadOptions, openModelSession } from "../../inference/model-session.js";
import type { Machine } from "../../run/machine.js";
import { type SoundInput, samplesOf } from "../sounds/sound-model.js";
import { inputOfClip } from "../sounds/sound-table.js";
import type { PredictionLine } from "../targets/target.js";
import { openSpeech } from "./open-speech.js";
import { decoderOf, recognisedText } from "./recognise.js";
import { beamsOf, scoresOfClip } from "./recognise-sound.js";

/** What was recognised in a sound. */
export interface Recognised {
  readonly text: string;
  /** Words in order, with their times in seconds. */
  readonly words: readonly TimedWord[];
}

/** Model of speech recognition. */
export interface TranscriptModel {
  readonly task: "automatic-speech-recognition";
  readonly dir: string;
  /** The blank, `<unk>`, and the characters. */
  readonly vocabulary: readonly string[];
  /** Samples per second of a sound that is given as samples. */
  readonly rate: number;
  /**
   * Returns the text of each sound with the times of its words. The decoder is that of the training: greedy, or a beam search with the
   * language model of the training transcripts.
   * @throws DataError for a sound that cannot be read, or has no samples
   * @example const [{ text, words }] = await model.predict(["hello.wav"]);
   */
  predict(sounds: readonly SoundInput[]): Promise<Recognised[]>;
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} */
  predictLines(sounds: readonly SoundInput[]): Promise<PredictionLine[]>;
  close(): Promise<void>;
}

/** Loads a model of speech recognition. @throws ModelError for another folder */
export async function openTranscriptModel(
  machine: Machine,
  path: string,
  options: LoadOptions,
): Promise<TranscriptModel> {
  const { platform } = machine;
  const folder = await readSpeechFolder(platform, path);
  const { dir, vocabulary, audio } = folder;
  const { session, close } = await openModelSession(machine, folder, options);
  const { rate } = audio.extractor;
  const predict = async (sounds: readonly SoundInput[]): Promise<Recognised[]> => {
    const all: Recognised[] = [];
    const decode = decoderOf(beamsOf(folder));
    for (const [i, sound] of sounds.entries()) {
      const samples = await samplesOf(platform, sound, i, rate, undefined);
      const { scores, seconds } = await scoresOfClip(session, inputOfClip(audio, samples), folder);
      const classes = decode(scores);
      const words = wordTimes(scores, classes, vocabulary, seconds);
      all.push({ text: vocabulary.decode(classes), words });
    }
    return all;
  };
  return {
    task: "automatic-speech-recognition",
    dir,
    vocabulary: vocabulary.tokens,
    rate,
    close,
    predict,
    predictLines: async (sounds) =>
      (await predict(sounds)).map(({ text, words }) => ({ event: { text, words }, words: [text] })),
  };
}

/** Scores a model of speech recognition. @throws as `evaluate` */
export async function evaluateTranscripts(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<TranscriptEvaluation> {
  const { platform } = machine;
  const { signal, onEvent, seed = 0 } = options;
  const folder = await readSpeechFolder(platform, model);
  const { vocabulary, engraft, audio } = folder;
  const { normalizer = "none", unit = "words" } = engraft?.speech ?? {};
  const opened = await openSpeech(platform, data, {
    seed,
    options: { ...options, normalizer },
    vocabulary,
    emptyParts: true,
    onEvent,
    signal,
  });
  const scored = { ...opened, unit: "clips" } as const;
  return evaluateModel(machine, folder, scored, options, async (session, items) => {
    const decode = decoderOf(beamsOf(folder));
    const clips: RecognisedClip[] = [];
    const { rate } = audio.extractor;
    for (const [i, { id, path, text }] of items.entries()) {
      const samples = await samplesOf(platform, path, i, rate, signal);
      const timed = await scoresOfClip(session, inputOfClip(audio, samples), folder);
      const { text: hypothesis, times } = recognisedText(
        { unit, vocabulary },
        { text },
        timed,
        decode(timed.scores),
      );
      clips.push({ item: id, reference: text, hypothesis, times });
    }
    const test = scoreTranscripts(clips, { unit, groups: groupsOfItems(items) });
    return { task: "automatic-speech-recognition" as const, normalizer, error_unit: unit, test };
  });
}
