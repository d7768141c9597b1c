import { EngraftError } from "../../core/errors.js";
import type { OnWork } from "../../core/events/work-events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { openTranscripts, type TranscriptDataset } from "../../data/sounds/index.js";
import { withSplitMessages } from "../../data/split/split-origin.js";
import { trainSubset } from "../../data/split/train-subset.js";
import { isWithoutSpaces } from "../../data/texts/without-spaces.js";
import {
  normalizeTranscript,
  type TranscriptNormalizer,
} from "../../data/transcripts/normalize-transcript.js";
import { countCharacters, type Vocabulary } from "../../data/transcripts/vocabulary.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import { dataEvent, splitCounts } from "../../run/setup.js";

/** A clip with its normalised transcript, as text and as classes of the vocabulary. */
export type SpeechItem = TranscriptDataset["items"][number] & { readonly target: readonly number[] };

/** Clips with transcripts and the vocabulary of the training split. */
export interface SpeechData extends Omit<TranscriptDataset, "items"> {
  readonly items: readonly SpeechItem[];
  readonly vocabulary: Vocabulary;
  readonly normalizer: TranscriptNormalizer;
  /** Unit of the error rate: characters for scripts without spaces. */
  readonly unit: "words" | "characters";
}

/** How speech is opened. */
export interface OpenSpeech {
  readonly seed: number;
  readonly options: Pick<RecipeOptions, "trainSize" | "groupFrom" | "quotes" | "target" | "normalizer">;
  readonly onEvent?: OnWork | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Vocabulary of a trained model. Default: that of the training transcripts. */
  readonly vocabulary?: Vocabulary;
  /** Allows empty splits, for data that only scores a model. */
  readonly emptyParts?: boolean;
}

/** Opens clips with transcripts, and reports them. @throws DataError for unusable data */
export async function openSpeech(
  platform: Platform,
  path: string,
  { seed, options, onEvent, signal, vocabulary: known, emptyParts }: OpenSpeech,
): Promise<SpeechData> {
  const { trainSize, groupFrom, quotes, target, normalizer = "basic" } = options;
  const opened = await openTranscripts(platform, path, {
    seed,
    targetColumn: target,
    groupFrom,
    quotes,
    emptyParts,
    signal,
    onEvent,
  });
  const whole = opened.items.map((item) => ({ ...item, text: normalizeTranscript(item.text, normalizer) }));
  const items = trainSize === undefined ? whole : trainSubset(whole, trainSize, seed);
  const texts = items.flatMap(({ part, text }) => (part === "train" ? [text] : []));
  const counted = known === undefined ? countCharacters(texts) : undefined;
  const vocabulary = known ?? counted!.vocabulary;
  if (counted && counted.counts.length === 0)
    throw new EngraftError("DataError", "no transcript of the training split has a character left", {
      at: `normaliser ${normalizer}`,
      help: "check the column of transcripts, or keep all characters with --normalizer none",
    });
  const data: SpeechData = {
    ...opened,
    items: items.map((item) => ({ ...item, target: vocabulary.encode(item.text) })),
    vocabulary,
    normalizer,
    unit: isWithoutSpaces(items.map(({ text }) => text)) ? "characters" : "words",
    ...(trainSize !== undefined &&
      withSplitMessages(
        opened,
        message("training-subset", { some: trainSize, all: splitCounts(opened).train }),
      )),
  };
  report(data, counted?.rare ?? [], onEvent);
  return data;
}

function report(
  data: SpeechData,
  rare: readonly { readonly character: string; readonly count: number }[],
  onEvent: OnWork | undefined,
): void {
  const { vocabulary, items } = data;
  onEvent?.(
    dataEvent({ ...data, task: "automatic-speech-recognition", classes: vocabulary.tokens.slice(2) }),
  );
  for (const one of data.warnings) onEvent?.({ event: "warning", ...one });
  const names = (list: readonly string[]) => firstOf(list, list.length);
  const foreign = items.filter(({ text }) => vocabulary.unknownIn(text).length > 0);
  if (foreign.length > 0) {
    const clips = foreign.map(({ id, text }) => `${id} (${vocabulary.unknownIn(text).join(" ")})`);
    onEvent?.({
      event: "warning",
      ...warningText("unknown_characters", message("characters-without-class", names(clips))),
    });
  }
  if (rare.length > 0) {
    const characters = rare.map(({ character, count }) => `${character} (${count})`);
    onEvent?.({
      event: "warning",
      ...warningText("rare_characters", message("rare-characters", names(characters))),
    });
  }
}
