import { EngraftError } from "../../core/errors.js";
import { formatType, type Shape } from "../../core/shape.js";
import type { Graph } from "../../graph/graph.js";
import type { Platform } from "../../platform/platform.js";
import type { HubOptions } from "../hub/hub.js";
import { locateBase } from "../open/locate.js";
import type { LocatedBase } from "../open/located.js";
import { type Base, commonFields, openModelFile } from "../open/open-base.js";
import { readJson } from "../open/read-json.js";
import { noPictures } from "../preprocessing.js";
import { readBaseTokens } from "../transcripts/base-tokens.js";
import type { AudioFacts } from "./audio-facts.js";
import { extractorOf, type PreprocessorConfig } from "./extractors.js";
import { frameGrid } from "./frame-grid.js";
import { padding, paddingBelow } from "./log-mel.js";
import { takesPatches } from "./yamnet-patches.js";

/** An opened audio model. */
export type AudioBase = Base & { readonly audio: AudioFacts };

/**
 * Opens an audio model: a name of the catalogue, `file.onnx`, a folder in Hugging Face layout, or `hf:org/name`. The front end is that of
 * `preprocessor_config.json`; without this file the shape of the input decides.
 * @throws ModelError if the file takes no sounds, or has an unknown front end
 * @example const base = await openAudioBase("audio-mini", { platform });
 */
export async function openAudioBase(
  ref: string,
  options: Partial<HubOptions> & { readonly platform: Platform; readonly cut?: string },
): Promise<AudioBase> {
  const { platform } = options;
  const located = await locateBase(ref, { ...options, platform });
  const opened = await openModelFile(located.onnx, platform);
  const object = async (path: string | undefined) =>
    path === undefined ? undefined : (((await readJson(platform, path)) ?? {}) as PreprocessorConfig);
  const tokens = await readBaseTokens(platform, located);
  return {
    ...(await commonFields(opened, located, platform)),
    preprocessing: noPictures,
    classes: undefined,
    cut: options.cut ?? located.cut,
    audio: {
      ...audioFacts(opened.imported.graph, await object(located.preprocessor), located),
      config: (await object(located.config)) ?? {},
      tokens,
    },
  };
}

/** Describes the input of an audio model: `float32[batch, length] at 16000 Hz, of any length`. */
export function describeInput({ extractor, masked, assumed }: AudioFacts, graph: Graph): string {
  const from = assumed
    ? "; its shape tells the front end and the rate, without preprocessor_config.json"
    : "";
  const type = formatType(graph.typeOf(graph.inputs[0]!));
  return `${type} at ${extractor.rate} Hz${masked ? ", of any length" : ""}${from}`;
}

/** Returns how a file takes sounds. @throws ModelError if it takes none */
export function audioFacts(
  graph: Graph,
  given: PreprocessorConfig | undefined,
  where: Pick<LocatedBase, "name" | "onnx">,
): Omit<AudioFacts, "config" | "tokens"> {
  const input = soundInput(graph, where);
  const shape = graph.typeOf(input).shape!;
  if (given === undefined && takesPatches(shape))
    return {
      preprocessor: paddedSamples,
      extractor: extractorOf(paddedSamples),
      masked: true,
      patches: true,
    };
  const preprocessor = given ?? byShape(shape, where);
  const extractor = extractorOf(preprocessor);
  const wanted = extractor.dims(1);
  if (wanted.length !== shape.length - 1)
    throw notSounds(graph, where, `its front end gives ${wanted.length === 1 ? "samples" : "frames"}`);
  const { padding_value } = preprocessor;
  const sizes = shape.slice(1);
  const fixed = sizes.every((d) => typeof d === "number") ? { fixed: sizes as number[] } : {};
  const hasMask = graph.inputs.includes(maskInput) && fixed.fixed === undefined;
  const grid = hasMask ? frameGrid(graph, input) : undefined;
  return {
    preprocessor,
    extractor,
    ...(given === undefined && { assumed: true }),
    grid,
    masked: grid !== undefined || (typeof padding_value === "number" && padding_value < paddingBelow),
    ...(wanted.length === 1 ? fixed : { fixed: wanted }),
  };
}

/** The input with 1 for a sample of the clip, 0 behind its end. */
const maskInput = "attention_mask";

/** Returns the name of the input that takes sounds. */
export function soundInput(graph: Graph, where: Pick<LocatedBase, "name" | "onnx">): string {
  const floats = graph.inputs.filter((v) => graph.typeOf(v).dtype === "float32");
  const rank = floats[0] === undefined ? 0 : (graph.typeOf(floats[0]).shape?.length ?? 0);
  const others = graph.inputs.filter((v) => v !== floats[0] && v !== maskInput);
  const takesSounds = rank === 2 || rank === 3 || takesPatches(graph.types.get(floats[0] ?? "")?.shape ?? []);
  if (floats.length !== 1 || others.length > 0 || !takesSounds)
    throw notSounds(graph, where, "an audio model takes samples [N, samples] or frames [N, frames, bands]");
  return floats[0]!;
}

function notSounds(
  graph: Graph,
  { name, onnx }: Pick<LocatedBase, "name" | "onnx">,
  why: string,
): EngraftError {
  return new EngraftError("ModelError", `${name} does not take sounds: ${why}`, {
    at: `${onnx}, ${graph.inputs.map((v) => `${v} ${formatType(graph.typeOf(v))}`).join(", ") || "no input"}`,
    help: "use an audio base, such as audio-mini, with its preprocessor_config.json beside it",
  });
}

/** Front end of a graph that takes samples as they are, and knows padding. */
export const paddedSamples: PreprocessorConfig = {
  feature_extractor_type: "Wav2Vec2FeatureExtractor",
  feature_size: 1,
  sampling_rate: 16_000,
  padding_side: "right",
  padding_value: padding,
  do_normalize: false,
  return_attention_mask: false,
};

/** Returns the usual front end of an input without `preprocessor_config.json`. */
function byShape(shape: Shape, where: Pick<LocatedBase, "name" | "onnx">): PreprocessorConfig {
  const [, first, second] = shape;
  if (shape.length === 2)
    return { feature_extractor_type: "Wav2Vec2FeatureExtractor", sampling_rate: 16_000 };
  if (second === 3000 && typeof first === "number")
    return { feature_extractor_type: "WhisperFeatureExtractor", sampling_rate: 16_000, feature_size: first };
  if (second === 128)
    return {
      feature_extractor_type: "ASTFeatureExtractor",
      sampling_rate: 16_000,
      num_mel_bins: 128,
      max_length: typeof first === "number" ? first : 1024,
    };
  throw new EngraftError("ModelError", `nothing says how sounds become the input of ${where.name}`, {
    at: `${where.onnx}, ${formatType({ dtype: "float32", shape })}`,
    help: "put its preprocessor_config.json beside it: only [N, samples], [N, frames, 128], [N, bands, 3000] and [N, 96, 64] are known by their shape",
    details: { shape },
  });
}
