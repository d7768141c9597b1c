import { EngraftError } from "../../core/errors.js";
import { binsOf, type FrameSpec, frameMatrix, framePower, framesIn, kaldiFrames } from "./frames.js";
import { bandSums, type MelSpec, melFilters } from "./mel-filters.js";

/** Converts the samples of a clip to the input of an audio model, with the numbers of Transformers.js. */
export interface Extractor {
  /** Samples per second. */
  readonly rate: number;
  /** Name under which Transformers.js feeds its result. */
  readonly input: "input_values" | "input_features";
  /** Size of the input of a clip of n samples, without the batch: [samples], [frames, bands] or [bands, frames]. */
  dims(samples: number): readonly number[];
  /** Number of samples that the input of a clip of n samples stands for, padding included. */
  covered(samples: number): number;
  /** Returns the input of a clip, float32[dims(samples.length)]. */
  extract(samples: Float32Array): Float32Array;
}

/** The parsed `preprocessor_config.json` of an audio model. */
export type PreprocessorConfig = Readonly<Record<string, unknown>>;

/** Names of the supported extractors, as `feature_extractor_type` has them. */
export const extractorNames = [
  "Wav2Vec2FeatureExtractor",
  "ASTFeatureExtractor",
  "WhisperFeatureExtractor",
] as const;

/**
 * Returns the extractor that a `preprocessor_config.json` describes.
 * @throws ModelError for an unknown extractor, or a value out of range
 */
export function extractorOf(config: PreprocessorConfig): Extractor {
  switch (config.feature_extractor_type) {
    case "Wav2Vec2FeatureExtractor":
      return waveformExtractor(config);
    case "ASTFeatureExtractor":
      return astExtractor(config);
    case "WhisperFeatureExtractor":
      return whisperExtractor(config);
    case "ClapFeatureExtractor":
      throw new EngraftError(
        "ModelError",
        "the base cuts long clips at random places (CLAP): it gives other features each time",
        {
          at: "preprocessor_config.json",
          help: "use another base: a wav2vec2, HuBERT, WavLM, AST or Whisper encoder, or audio-mini",
        },
      );
    default:
      throw new EngraftError(
        "ModelError",
        `preprocessor_config.json: the feature extractor ${JSON.stringify(config.feature_extractor_type)} is not known`,
        { help: `use a base with one of ${extractorNames.join(", ")}` },
      );
  }
}

/** Returns a whole number of a configuration. @throws ModelError for another value */
function whole(config: PreprocessorConfig, field: string, usual: number, most: number): number {
  const value = config[field] ?? usual;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new EngraftError(
    "ModelError",
    `preprocessor_config.json: "${field}" is ${JSON.stringify(value)}, not a whole number from 1 to ${most}`,
    { at: `field "${field}"`, details: { field, value } },
  );
}

/** Returns the samples per second. @throws ModelError if they are not given: nothing else tells the rate of a base */
function rateOf(config: PreprocessorConfig): number {
  if (config.sampling_rate !== undefined) return whole(config, "sampling_rate", 0, 384_000);
  throw new EngraftError(
    "ModelError",
    "preprocessor_config.json does not give the samples per second of the base",
    {
      at: 'field "sampling_rate"',
      help: 'add "sampling_rate", for example 16000: the rate of the sounds that the base was trained on',
    },
  );
}

/**
 * The samples themselves, or with `do_normalize` (x − mean) / √(variance + 1e-7) over the clip, in double precision.
 * @see Transformers.js, Wav2Vec2FeatureExtractor
 */
function waveformExtractor(config: PreprocessorConfig): Extractor {
  const common = {
    rate: rateOf(config),
    input: "input_values" as const,
    dims: (samples: number) => [samples],
    covered: (samples: number) => samples,
  };
  if (config.do_normalize !== true) return { ...common, extract: (samples) => samples };
  return {
    ...common,
    extract(samples) {
      const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
      const variance = samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / samples.length;
      const deviation = Math.sqrt(variance + 1e-7);
      return samples.map((x) => (x - mean) / deviation);
    },
  };
}

/** Tables of a front end, computed once. */
function bandsOf(frames: FrameSpec, mel: MelSpec, rate: number) {
  const bins = binsOf(frames);
  const matrix = frameMatrix(frames);
  // float32, as Transformers.js multiplies them.
  const sums = bandSums(Float32Array.from(melFilters(mel, bins, rate)), bins);
  const power = new Float64Array(bins);
  /** Returns the power of each band in the frame that begins at a sample. */
  return (samples: Float32Array | Float64Array, start: number): Float64Array => {
    framePower(matrix, samples, start, frames.length, power);
    return sums(power);
  };
}

/**
 * Log-mel frames of an Audio Spectrogram Transformer: [max_length, bands]. Frames after the end of a clip hold the smallest power, not
 * its logarithm.
 * @see Transformers.js, ASTFeatureExtractor; Gong et al., "AST: Audio Spectrogram Transformer", 2021
 */
function astExtractor(config: PreprocessorConfig): Extractor {
  const rate = rateOf(config);
  const bands = whole(config, "num_mel_bins", 128, 1024);
  const frames = whole(config, "max_length", 1024, 65_536);
  const floor = 2 ** -23;
  const {
    mean = -4.2677393,
    std = 4.5689974,
    do_normalize = true,
  } = config as Readonly<Record<string, number>>;
  const mel: MelSpec = { bands, from: 20, to: Math.floor(rate / 2), scale: "kaldi", triangles: "kaldi" };
  let powers: ReturnType<typeof bandsOf> | undefined;
  return {
    rate,
    input: "input_values",
    dims: () => [frames, bands],
    covered: () => frames * kaldiFrames.hop,
    extract(samples) {
      powers ??= bandsOf(kaldiFrames, mel, rate);
      const out = new Float32Array(frames * bands).fill(floor);
      const n = Math.min(frames, framesIn(samples.length, kaldiFrames));
      for (let t = 0; t < n; t++)
        powers(samples, t * kaldiFrames.hop).forEach((p, band) => {
          out[t * bands + band] = Math.log(Math.max(floor, p));
        });
      return do_normalize ? out.map((v) => (v - mean) / (2 * std)) : out;
    },
  };
}

/**
 * Log-mel frames of Whisper: [bands, frames] of 30 seconds, relative to the clip's maximum.
 * @see Transformers.js, WhisperFeatureExtractor; Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2022
 */
function whisperExtractor(config: PreprocessorConfig): Extractor {
  const rate = rateOf(config);
  const bands = whole(config, "feature_size", 80, 1024);
  const fft = whole(config, "n_fft", 400, 8192);
  const hop = whole(config, "hop_length", 160, 8192);
  const length = whole(config, "n_samples", 480_000, 2 ** 24);
  const frames = whole(config, "nb_max_frames", Math.floor(length / hop), 65_536);
  const spec: FrameSpec = { length: fft, hop, fft, window: "periodic", removeMean: false, preEmphasis: 0 };
  const mel: MelSpec = { bands, from: 0, to: 8000, scale: "slaney", triangles: "slaney" };
  const n = Math.min(frames, Math.floor(length / hop));
  let powers: ReturnType<typeof bandsOf> | undefined;
  return {
    rate,
    input: "input_features",
    dims: () => [bands, n],
    covered: () => n * hop,
    extract(samples) {
      powers ??= bandsOf(spec, mel, rate);
      const padded = reflected(samples, length, fft / 2);
      const out = new Float32Array(bands * n);
      let most = Number.NEGATIVE_INFINITY;
      for (let t = 0; t < n; t++)
        powers(padded, t * hop).forEach((p, band) => {
          const v = Math.log10(Math.max(1e-10, p));
          out[band * n + t] = v;
          most = Math.max(most, v);
        });
      return out.map((v) => (Math.max(v, most - 8) + 4) / 4);
    },
  };
}

/** Returns samples cut or filled with zeros to a length, with `margin` mirrored samples on both sides. */
function reflected(samples: Float32Array, length: number, margin: number): Float32Array {
  const at = (i: number): number => samples[i] ?? 0;
  return Float32Array.from({ length: length + 2 * margin }, (_, j) => {
    const i = Math.abs(j - margin);
    return i < length ? at(i) : at(2 * (length - 1) - i);
  });
}
