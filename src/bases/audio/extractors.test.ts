import {
  ASTFeatureExtractor,
  Wav2Vec2FeatureExtractor,
  WhisperFeatureExtractor,
} from "@huggingface/transformers";
import { describe, expect, test } from "vitest";
import { extractorOf } from "./extractors.js";

const signal = (n: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => 0.4 * Math.sin(i / 9) + 0.2 * Math.sin((i * i) / 50_000) + 0.01);

type Extract = (audio: Float32Array) => Promise<Record<string, { dims: number[]; data: Float32Array }>>;

/** The extractor of Transformers.js, by its name in preprocessor_config.json. */
const theirs: Readonly<Record<string, new (config: object) => unknown>> = {
  ASTFeatureExtractor,
  Wav2Vec2FeatureExtractor,
  WhisperFeatureExtractor,
};

const ast = { feature_extractor_type: "ASTFeatureExtractor", sampling_rate: 16_000, num_mel_bins: 128 };
const astNorm = { do_normalize: true, mean: -4.2677393, std: 4.5689974 };
const whisper = {
  feature_extractor_type: "WhisperFeatureExtractor",
  sampling_rate: 16_000,
  feature_size: 80,
};
const whisperSizes = { n_fft: 400, hop_length: 160, n_samples: 32_000, nb_max_frames: 200 };
const wave = { feature_extractor_type: "Wav2Vec2FeatureExtractor", sampling_rate: 16_000 };

describe("extractors give the numbers of Transformers.js", () => {
  test.each([
    ["AST, padded", { ...ast, ...astNorm, max_length: 128 }, 16_000],
    ["AST, cut", { ...ast, ...astNorm, max_length: 50 }, 16_000],
    [
      "AST, 64 bands, not normalised",
      { ...ast, num_mel_bins: 64, do_normalize: false, max_length: 60 },
      8000,
    ],
    ["Whisper, padded", { ...whisper, ...whisperSizes }, 20_000],
    ["Whisper, cut", { ...whisper, ...whisperSizes }, 40_000],
    ["a waveform, normalised", { ...wave, do_normalize: true }, 12_345],
    ["a waveform as it is", { ...wave, do_normalize: false }, 500],
  ])("%s", async (_name, config, n) => {
    const extract = new theirs[config.feature_extractor_type]!({ ...config }) as Extract;
    const expected = Object.values(await extract(signal(n)))[0]!;
    const ours = extractorOf(config);
    const made = ours.extract(signal(n));
    expect([1, ...ours.dims(n)]).toEqual(expected.dims);
    const furthest = made.reduce((most, v, i) => Math.max(most, Math.abs(v - expected.data[i]!)), 0);
    // They multiply by float32 filters; sums are in another order.
    expect(furthest).toBeLessThan(1e-5);
  });
});

test("an input stands for the samples of the clip, or for the length that it is padded to", () => {
  // Frames of 10 ms at 16 kHz; 30 s for Whisper.
  expect(extractorOf({ ...ast, max_length: 100 }).covered(5000)).toBe(16_000);
  expect(
    extractorOf({ feature_extractor_type: "WhisperFeatureExtractor", sampling_rate: 16_000 }).covered(5000),
  ).toBe(480_000);
  expect(extractorOf(wave).covered(5000)).toBe(5000);
});

test("an extractor with random windows, an unknown one and a wrong size are refused by name", () => {
  expect(() => extractorOf({ feature_extractor_type: "ClapFeatureExtractor" })).toThrow(
    "the base cuts long clips at random places (CLAP): it gives other features each time",
  );
  expect(() => extractorOf({ feature_extractor_type: "EncodecFeatureExtractor" })).toThrow(
    'preprocessor_config.json: the feature extractor "EncodecFeatureExtractor" is not known',
  );
  expect(() => extractorOf({ ...ast, max_length: -3 })).toThrow(
    'preprocessor_config.json: "max_length" is -3, not a whole number from 1 to 65536',
  );
});

test("a front end without a rate is refused: a wrong one would shift all pitches", () => {
  const { sampling_rate: _, ...without } = wave;
  expect(() => extractorOf(without)).toThrow(
    "preprocessor_config.json does not give the samples per second of the base",
  );
});
