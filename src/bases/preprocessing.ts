import { EngraftError } from "../core/errors.js";
import type { ImagePreprocessing } from "../data/dataset.js";
import { type ImagePredictions, imageModels } from "./model-folder/image-models.js";

type Triple = readonly [number, number, number];

/** Common settings for messages: a wrong one costs accuracy without an error. */
export const commonPreprocessing = {
  "PyTorch / torchvision": "--mean 0.485,0.456,0.406 --std 0.229,0.224,0.225",
  "TensorFlow / Keras, -1..1": "--mean 0.5,0.5,0.5 --std 0.5,0.5,0.5",
  "pixels 0..1": "--mean 0,0,0 --std 1,1,1",
  "Caffe, 0..255": "--rescale 1 --mean 104,117,123 --std 1,1,1 --channels bgr",
  "YOLOX, 0..255": "--rescale 1 --mean 0,0,0 --std 1,1,1 --channels bgr",
} as const;

/** Placeholder for the preprocessing of images: nothing reads it. */
export const noPictures: ImagePreprocessing = {
  height: 1,
  width: 1,
  rescale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  channels: "rgb",
};

/** Largest image side of a classifier's input, in pixels. */
const maxSide = 4096;

function invalid(field: string, value: unknown, wanted: string): EngraftError {
  return new EngraftError(
    "ModelError",
    `preprocessor_config.json: "${field}" is ${JSON.stringify(value) ?? "missing"}, not ${wanted}`,
    { at: `field "${field}"`, details: { field, value } },
  );
}

function side(field: string, value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= maxSide) return value;
  throw invalid(field, value, `a whole number of pixels from 1 to ${maxSide}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** 224 · {height, width} · {shortest_edge}: without a crop the picture fills the input, so a shortest edge means a square. */
function sizeOf(field: string, value: unknown): { height: number; width: number } {
  if (!isRecord(value)) {
    const n = side(field, value);
    return { height: n, width: n };
  }
  if (value.height !== undefined || value.width !== undefined) {
    return {
      height: side(`${field}.height`, value.height),
      width: side(`${field}.width`, value.width),
    };
  }
  if (value.shortest_edge !== undefined) {
    const n = side(`${field}.shortest_edge`, value.shortest_edge);
    return { height: n, width: n };
  }
  throw invalid(field, value, '{"height", "width"}, {"shortest_edge"} or a number');
}

/** Returns the shorter side of a picture before its centre is cut out; undefined if the crop is filled with the whole picture. */
function shortestEdgeOf(
  json: Readonly<Record<string, unknown>>,
  { height, width }: Pick<ImagePreprocessing, "height" | "width">,
): number | undefined {
  const edge = isRecord(json.size) ? json.size.shortest_edge : undefined;
  if (edge === undefined) return undefined;
  const n = side("size.shortest_edge", edge);
  return n >= Math.max(height, width) ? n : undefined;
}

function numbers(field: string, value: unknown, allowed: (x: number) => boolean, wanted: string): Triple {
  const list = typeof value === "number" ? [value, value, value] : value;
  const ok =
    Array.isArray(list) &&
    list.length === 3 &&
    list.every((x) => typeof x === "number" && Number.isFinite(x) && allowed(x));
  if (!ok) throw invalid(field, value, wanted);
  return list as unknown as Triple;
}

function flag(json: Readonly<Record<string, unknown>>, field: string): boolean | undefined {
  const value = json[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "boolean") return value;
  throw invalid(field, value, "true or false");
}

const reversed = ([a, b, c]: Triple): Triple => [c, b, a];

/**
 * Reads a base's Hugging Face `preprocessor_config.json`, parsed.
 *
 * A centre crop of a picture whose `shortest_edge` is given is made as it says; of another one, the whole picture is fitted to the input.
 * Hugging Face normalises in RGB order and reverses the channels afterwards. {@link ImagePreprocessing} has mean and deviation in the order of
 * `channels`, so both are reversed for BGR.
 *
 * @throws ModelError naming the field
 */
export function readPreprocessing(json: unknown): ImagePreprocessing {
  if (!isRecord(json)) throw invalid("(whole file)", json, "an object");
  const cropped = json.crop_size !== undefined && flag(json, "do_center_crop") !== false;
  const { height, width } = cropped ? sizeOf("crop_size", json.crop_size) : sizeOf("size", json.size);
  const shortestEdge = cropped ? shortestEdgeOf(json, { height, width }) : undefined;
  const size = { height, width, ...(shortestEdge !== undefined && { shortestEdge }) };

  let rescale = 1;
  if (flag(json, "do_rescale") ?? true) {
    const factor = json.rescale_factor ?? 1 / 255;
    if (typeof factor !== "number" || !Number.isFinite(factor) || factor <= 0)
      throw invalid("rescale_factor", factor, "a number above 0");
    rescale = factor;
  }

  // Files from before the flag existed have only the numbers.
  const normalize = flag(json, "do_normalize") ?? json.image_mean !== undefined;
  const three = "3 finite numbers";
  const mean: Triple = normalize ? numbers("image_mean", json.image_mean, () => true, three) : [0, 0, 0];
  const std: Triple = normalize
    ? numbers("image_std", json.image_std, (x) => x > 0, "3 numbers above 0")
    : [1, 1, 1];

  if (flag(json, "do_flip_channel_order") ?? false)
    return { ...size, rescale, mean: reversed(mean), std: reversed(std), channels: "bgr" };
  return { ...size, rescale, mean, std, channels: "rgb" };
}

/**
 * Returns the content of `preprocessor_config.json`. Transformers.js in Node computes the same numbers with it from an 8-bit
 * RGB image: it resizes with Lanczos and fills (`resample: 1`).
 * @param predicts predictions of the model, which decide the processor. Default "classes"
 */
export function writePreprocessing(
  p: ImagePreprocessing,
  predicts: ImagePredictions = "classes",
): Record<string, unknown> {
  const bgr = p.channels === "bgr";
  return {
    ...imageModels[predicts].processor,
    do_resize: true,
    ...(p.shortestEdge === undefined
      ? { size: { height: p.height, width: p.width } }
      : {
          // The processor of ViT has no crop in Python.
          image_processor_type: "CLIPImageProcessor",
          size: { shortest_edge: p.shortestEdge },
          do_center_crop: true,
          crop_size: { height: p.height, width: p.width },
        }),
    resample: 1,
    do_rescale: true,
    rescale_factor: p.rescale,
    do_normalize: true,
    image_mean: bgr ? reversed(p.mean) : [...p.mean],
    image_std: bgr ? reversed(p.std) : [...p.std],
    ...(bgr ? { do_flip_channel_order: true } : {}),
  };
}

/** A user's settings for a base's images; each overrides the base's own. */
export interface PreprocessingOptions {
  /** Three numbers, in the order of `channels`, after rescaling. */
  readonly mean?: readonly number[];
  /** Three numbers above 0, in the order of `channels`. */
  readonly std?: readonly number[];
  /** Factor on the pixel 0..255. Default 1/255. */
  readonly rescale?: number;
  /** Default "rgb". */
  readonly channels?: "rgb" | "bgr";
  /** Side in pixels, or [height, width]. */
  readonly imageSize?: number | readonly [number, number];
}

function badOption(name: string, value: unknown, wanted: string): EngraftError {
  return new EngraftError("OptionError", `--${name} ${String(value)}: must be ${wanted}`, {
    at: `option --${name}`,
    details: { option: name, value },
  });
}

function triple(name: string, value: readonly number[], allowed: (x: number) => boolean): Triple {
  const list = value.length === 1 ? [value[0], value[0], value[0]] : value;
  if (list.length !== 3 || !list.every((x) => x !== undefined && Number.isFinite(x) && allowed(x)))
    throw badOption(
      name,
      value.join(","),
      name === "std" ? "3 numbers above 0, like 0.229,0.224,0.225" : "3 numbers, like 0.485,0.456,0.406",
    );
  return list as unknown as Triple;
}

/**
 * Combines options with the known preprocessing of the base.
 * @param known from the file next to the model; without it mean, std and a size must be given
 * @param input height and width that the model file fixes
 * @returns undefined if neither file nor options define how pixels become inputs
 * @throws OptionError for a value out of range
 */
export function preprocessingFromOptions(
  options: PreprocessingOptions,
  known?: ImagePreprocessing,
  input?: readonly [number, number],
): ImagePreprocessing | undefined {
  const { rescale, channels, imageSize } = options;
  const mean = options.mean ? triple("mean", options.mean, () => true) : known?.mean;
  const std = options.std ? triple("std", options.std, (x) => x > 0) : known?.std;
  if (rescale !== undefined && !(Number.isFinite(rescale) && rescale > 0))
    throw badOption("rescale", rescale, "a number above 0, like 0.00392156862745098 (1/255)");
  const sides = typeof imageSize === "number" ? ([imageSize, imageSize] as const) : imageSize;
  if (sides?.some((n) => !(Number.isInteger(n) && n >= 1 && n <= maxSide)))
    throw badOption("image-size", sides.join("x"), `a whole number of pixels from 1 to ${maxSide}`);
  const size = sides ?? (known ? ([known.height, known.width] as const) : input);
  if (!mean || !std || !size) return undefined;
  return {
    height: size[0],
    width: size[1],
    // The same part of the picture is cut off at every size.
    ...(known?.shortestEdge !== undefined && {
      shortestEdge: Math.round(known.shortestEdge * Math.max(size[0] / known.height, size[1] / known.width)),
    }),
    rescale: rescale ?? known?.rescale ?? 1 / 255,
    mean,
    std,
    channels: channels ?? known?.channels ?? "rgb",
  };
}
