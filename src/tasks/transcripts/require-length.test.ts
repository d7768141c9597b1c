import { expect, test } from "vitest";
import { extractorOf } from "../../bases/audio/extractors.js";
import type { EngraftEvent } from "../../core/events/events.js";
import type { SpeechData } from "./open-speech.js";
import { requireLength } from "./require-length.js";

/** Clips of some seconds: two of training, one of validation, one of test. */
const speech = (...seconds: readonly number[]): SpeechData =>
  ({
    items: seconds.map((s, i) => ({
      ...{ id: `${i}.wav`, seconds: s, part: ["train", "train", "validation", "test"][i] },
    })),
    skipped: [],
  }) as unknown as SpeechData;

const whisper = extractorOf({ feature_extractor_type: "WhisperFeatureExtractor", sampling_rate: 16_000 });
const audio = { extractor: whisper, fixed: whisper.dims(1) };

function leftBy(data: SpeechData, base: Parameters<typeof requireLength>[1]) {
  const events: EngraftEvent[] = [];
  const { items, skipped } = requireLength(data, base, (event) => events.push(event));
  return { ids: items.map(({ id }) => id), skipped, events };
}

test("clips that are longer than the base takes are left out by file, except those of the test split", () => {
  const { ids, skipped, events } = leftBy(speech(30, 30.1, 41.26, 50), audio);
  expect(ids).toEqual(["0.wav", "3.wav"]);
  expect(events).toMatchObject([
    {
      event: "warning",
      code: "long_clips",
      message:
        '2 clips left out because the base takes at most 30 s (cut them into sentences, or use a base that takes any length): "1.wav: 30.1 s", "2.wav: 41.3 s"',
    },
  ]);
  expect(skipped).toEqual([
    { item: "1.wav", reason: "30.1 s, the base takes 30 s" },
    { item: "2.wav", reason: "41.3 s, the base takes 30 s" },
  ]);
});

test("a base that takes 8,000 samples at 16,000 a second hears 0.5 s", () => {
  const wave = extractorOf({ feature_extractor_type: "Wav2Vec2FeatureExtractor", sampling_rate: 16_000 });
  const { ids } = leftBy(speech(0.5, 0.6, 0.4, 9), { extractor: wave, fixed: [8000] });
  expect(ids).toEqual(["0.wav", "2.wav", "3.wav"]);
});

test("a base of any length, and clips that fit, change nothing", () => {
  const wave = extractorOf({ feature_extractor_type: "Wav2Vec2FeatureExtractor", sampling_rate: 16_000 });
  expect(leftBy(speech(300, 1, 1, 1), { extractor: wave })).toMatchObject({ skipped: [], events: [] });
  expect(leftBy(speech(30, 1, 1, 1), audio)).toMatchObject({ skipped: [], events: [] });
});

test("without a clip of the training split, the run ends", () => {
  expect(() => leftBy(speech(31, 45, 1, 1), audio)).toThrow(
    "every clip of the training split is longer than the 30 s that the base takes",
  );
});
