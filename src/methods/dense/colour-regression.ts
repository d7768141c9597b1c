import { EngraftError, stopIf } from "../../core/errors.js";
import { draws } from "../../core/random.js";
import { ignoredPixel } from "../../evaluate/segmentation/score-masks.js";
import { foldStandardisation, standardisation, standardise } from "../../linalg/standardise.js";
import type { PictureData } from "../../platform/platform.js";
import { fitLogistic, type LinearClassifier } from "../probe/logistic-regression.js";
import { colourFeatureCount, writeColourFeatures } from "./colour-features.js";
import type { MaskBaseline, MaskSource } from "./masked-picture.js";

export interface ColourRegressionOptions {
  /** Number of pixels that are learnt from, drawn from all training pictures. Default 50,000. */
  readonly pixels?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Fits the baseline of colours: softmax regression on the colour, the neighbourhood and the place of each pixel
 * ({@link writeColourFeatures}), standardised, with scikit-learn's C = 1.
 *
 * @param classes number of classes
 * @throws DataError if no drawn pixel has a class
 */
export async function fitColourRegression(
  train: readonly MaskSource[],
  classes: number,
  options: ColourRegressionOptions = {},
): Promise<MaskBaseline> {
  const { features, labels } = await drawPixels(train, options);
  const scaling = standardisation(features, labels.length, colourFeatureCount);
  const fit = fitLogistic(standardise(features, labels.length, scaling), labels, classes);
  const { weight, bias } = foldStandardisation(
    Float64Array.from(fit.weight),
    Float64Array.from(fit.bias),
    scaling,
  );
  const linear = { weight: Float32Array.from(weight), bias: Float32Array.from(bias) };
  return { predict: (picture) => classifyPixels(picture, linear) };
}

/** Pixels with their classes. */
export interface DrawnPixels {
  /** float32[N, 17] */
  readonly features: Float32Array;
  /** int32[N] */
  readonly labels: Int32Array;
}

/**
 * Draws pixels from all pictures, from each as many as its share of all pixels. Pixels that no score counts are left out.
 * @throws DataError if none is left
 */
export async function drawPixels(
  train: readonly MaskSource[],
  { pixels = 50_000, seed = 0, signal }: ColourRegressionOptions = {},
): Promise<DrawnPixels> {
  const total = train.reduce((sum, { width, height }) => sum + width * height, 0);
  const wanted = Math.min(pixels, total);
  const features = new Float32Array(wanted * colourFeatureCount);
  const labels = new Int32Array(wanted);
  let [seen, n] = [0, 0];
  for (const [i, source] of train.entries()) {
    stopIf(signal);
    const size = source.width * source.height;
    const quota = Math.floor(((seen + size) * wanted) / total) - Math.floor((seen * wanted) / total);
    seen += size;
    if (quota === 0) continue;
    const { picture, mask } = await source.read();
    for (const position of drawPositions(size, quota, seed, i)) {
      if (mask[position] === ignoredPixel) continue;
      writeColourFeatures(picture, position, features, n * colourFeatureCount);
      labels[n++] = mask[position]!;
    }
  }
  if (n === 0) throw new EngraftError("DataError", "no pixel of the training masks has a class");
  return { features: features.subarray(0, n * colourFeatureCount), labels: labels.subarray(0, n) };
}

/** Draws m different positions below n. @see Bentley & Floyd 1987, A Sample of Brilliance */
function drawPositions(n: number, m: number, seed: number, picture: number): Set<number> {
  const d = draws(seed, "baseline pixels", picture);
  const chosen = new Set<number>();
  for (let last = n - m; last < n; last++) {
    const position = d.integer(last + 1);
    chosen.add(chosen.has(position) ? last : position);
  }
  return chosen;
}

/** Returns the class with the highest logit for each pixel; of equal ones the first. */
function classifyPixels(picture: PictureData, { weight, bias }: LinearClassifier): Uint8Array {
  const d = colourFeatureCount;
  const features = new Float32Array(d);
  const out = new Uint8Array(picture.width * picture.height);
  for (let i = 0; i < out.length; i++) {
    writeColourFeatures(picture, i, features, 0);
    let best = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < bias.length; k++) {
      let logit = bias[k]!;
      for (let t = 0; t < d; t++) logit += weight[k * d + t]! * features[t]!;
      if (logit > best) [best, out[i]] = [logit, k];
    }
  }
  return out;
}
