import { EngraftError, stopIf } from "../../core/errors.js";
import { draws } from "../../core/random.js";
import { ignoredPixel, maskConfusion, meanMaskIou } from "../../evaluate/segmentation/score-masks.js";
import { foldStandardisation, standardisation, standardise } from "../../linalg/standardise.js";
import type { PictureData } from "../../platform/platform.js";
import { fitLogistic, type LinearClassifier } from "../probe/logistic-regression.js";
import type { MaskBaseline, MaskSource } from "./masked-picture.js";

export interface ColourRegressionOptions {
  /** Number of pixels that are learnt from, drawn from all training pictures. Default 50,000. */
  readonly pixels?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** Values that the logit of the background may be lowered by. */
const offsets = [0, 0.5, 1, 1.5, 2, 2.5, 3] as const;

/** The baseline of colours. */
export interface ColourBaseline extends MaskBaseline {
  /** The logit of the background is lowered by this. */
  readonly offset: number;
}

/**
 * Fits the baseline of colours: softmax regression on the colour, the neighbourhood and the place of each pixel
 * ({@link writeColourFeatures}), standardised, with scikit-learn's C = 1.
 *
 * The most probable class of each pixel is not the best answer for IoU if most pixels are background. So the logit of the background
 * is lowered by the offset with the highest mean IoU on validation.
 *
 * @param validation chooses the offset; without pictures it is 0
 * @param classes number of classes; class 0 is the background
 * @throws DataError if no drawn pixel has a class
 */
export async function fitColourRegression(
  train: readonly MaskSource[],
  validation: readonly MaskSource[],
  classes: number,
  options: ColourRegressionOptions = {},
): Promise<ColourBaseline> {
  const { features, labels } = await drawPixels(train, options);
  const scaling = standardisation(features, labels.length, colourFeatureCount);
  const fit = fitLogistic(standardise(features, labels.length, scaling), labels, classes);
  const { weight, bias } = foldStandardisation(
    Float64Array.from(fit.weight),
    Float64Array.from(fit.bias),
    scaling,
  );
  const linear = { weight: Float32Array.from(weight), bias: Float32Array.from(bias) };
  const offset = await chooseOffset(validation, linear, options.signal);
  return { offset, predict: (picture) => labelsWith(marginsOf(picture, linear), offset) };
}

/** Pixels with their classes. */
export interface LabelledPixels {
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
): Promise<LabelledPixels> {
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

/** The best class of each pixel that is not background, and how much its logit is above that of the background. */
interface Margins {
  readonly labels: Uint8Array;
  readonly margins: Float32Array;
}

function marginsOf(picture: PictureData, { weight, bias }: LinearClassifier): Margins {
  const d = colourFeatureCount;
  const features = new Float32Array(d);
  const n = picture.width * picture.height;
  const [labels, margins] = [new Uint8Array(n), new Float32Array(n)];
  for (let i = 0; i < n; i++) {
    writeColourFeatures(picture, i, features, 0);
    let [background, best] = [0, Number.NEGATIVE_INFINITY];
    for (let k = 0; k < bias.length; k++) {
      let logit = bias[k]!;
      for (let t = 0; t < d; t++) logit += weight[k * d + t]! * features[t]!;
      if (k === 0) background = logit;
      else if (logit > best) [best, labels[i]] = [logit, k];
    }
    margins[i] = best - background;
  }
  return { labels, margins };
}

const labelsWith = ({ labels, margins }: Margins, offset: number): Uint8Array =>
  labels.map((label, i) => (margins[i]! > -offset ? label : 0));

/** Returns the offset with the highest mean IoU on validation; of equal ones the smallest. */
async function chooseOffset(
  validation: readonly MaskSource[],
  linear: LinearClassifier,
  signal?: AbortSignal,
): Promise<number> {
  const names = Array.from(linear.bias, String);
  const counts = offsets.map((): Float64Array[] => []);
  for (const source of validation) {
    stopIf(signal);
    const { picture, mask } = await source.read();
    const margins = marginsOf(picture, linear);
    for (const [i, offset] of offsets.entries())
      counts[i]!.push(maskConfusion(mask, labelsWith(margins, offset), names.length));
  }
  const scores = counts.map((own) => meanMaskIou(own, names.length) ?? 0);
  return offsets[scores.indexOf(Math.max(...scores))]!;
}

/** Features of a pixel: 3 colours, 3 squares, 3 products, 3 means, 3 deviations and its place. */
export const colourFeatureCount = 17;

/** Half of the window of 5 × 5 pixels. */
const reach = 2;

/**
 * Writes the features of one pixel:
 *
 *     r, g, b, r², g², b², rg, rb, gb, mean and deviation of each colour in a window of 5 × 5 pixels, x / width, y / height
 *
 * Colours are shares of 255. x and y are those of the pixel's centre. The window is cut off at the edge of the picture.
 *
 * @param position row · width + column
 * @param out gets {@link colourFeatureCount} values from `at` on
 */
export function writeColourFeatures(
  { width, height, data }: PictureData,
  position: number,
  out: Float32Array,
  at: number,
): void {
  const [row, column] = [Math.floor(position / width), position % width];
  const [r, g, b] = [0, 1, 2].map((c) => data[3 * position + c]! / 255) as [number, number, number];
  out.set([r, g, b, r * r, g * g, b * b, r * g, r * b, g * b], at);
  const [top, bottom] = [Math.max(0, row - reach), Math.min(height - 1, row + reach)];
  const [left, right] = [Math.max(0, column - reach), Math.min(width - 1, column + reach)];
  const n = (bottom - top + 1) * (right - left + 1);
  for (let c = 0; c < 3; c++) {
    let [sum, squares] = [0, 0];
    for (let y = top; y <= bottom; y++)
      for (let i = 3 * (y * width + left) + c; i <= 3 * (y * width + right) + c; i += 3) {
        sum += data[i]!;
        squares += data[i]! * data[i]!;
      }
    out[at + 9 + c] = sum / n / 255;
    // Sums of integers are exact, so the variance is never below 0 by rounding.
    out[at + 12 + c] = Math.sqrt(n * squares - sum * sum) / n / 255;
  }
  out[at + 15] = (column + 0.5) / width;
  out[at + 16] = (row + 0.5) / height;
}
