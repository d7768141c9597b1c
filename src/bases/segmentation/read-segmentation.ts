import { EngraftError } from "../../core/errors.js";
import type { Size } from "../../data/boxes/box.js";

/** The class of every pixel of an image. */
export interface Segmentation extends Size {
  /** uint8[height, width] */
  readonly labels: Uint8Array;
  /** Number of pixels of each class. */
  readonly pixels: readonly number[];
  /**
   * Mean probability of each class over its pixels, 0 … 1; null without a pixel. Images with more than 2¹⁸ pixels have the mean over
   * a grid of that many.
   */
  readonly probabilities: readonly (number | null)[];
}

/** Logits of an exported segmenter for one image. */
export interface MaskLogits extends Size {
  /** float32[classes, height, width] */
  readonly data: Float32Array;
  readonly classes: number;
}

/**
 * Returns the class of every pixel at the original size, as the image-segmentation pipeline of Transformers.js does: logits are
 * interpolated bilinearly, then the largest decides; of equal ones, the first class.
 *
 * Interpolation takes centres of pixels and repeats the edge: ONNX `Resize` with `linear` and `half_pixel`, PyTorch's `interpolate` with
 * `align_corners=False`.
 *
 * @param size size of the original image
 * @throws ShapeError if the sizes do not fit
 * @example readSegmentation({ data, classes: 2, width: 80, height: 60 }, { width: 640, height: 480 })
 */
export function readSegmentation(logits: MaskLogits, { width, height }: Size): Segmentation {
  const { data, classes } = logits;
  if (data.length !== classes * logits.height * logits.width || classes < 1 || classes > 255)
    throw new EngraftError(
      "ShapeError",
      `${data.length} logits do not fit ${classes} classes of ${logits.width} × ${logits.height} places`,
      { help: "an image has logits float32[K, h, w] with at most 255 classes" },
    );
  const labels = new Uint8Array(height * width);
  const pixels = new Array<number>(classes).fill(0);
  const [sums, counts] = [new Float64Array(classes), new Uint32Array(classes)];
  const step = Math.ceil(Math.sqrt((height * width) / mostProbabilities));
  const columns = samples(logits.width, width);
  const rows = samples(logits.height, height);
  const values = new Float64Array(classes);
  for (let y = 0; y < height; y++) {
    const line = interpolatedRow(logits, rows, y);
    for (let x = 0; x < width; x++) {
      const low = classes * columns.low[x]!;
      const high = classes * columns.high[x]!;
      const t = columns.share[x]!;
      let label = 0;
      let best = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < classes; k++) {
        const a = line[low + k]!;
        const value = a + t * (line[high + k]! - a);
        values[k] = value;
        if (value > best) {
          best = value;
          label = k;
        }
      }
      labels[y * width + x] = label;
      pixels[label]!++;
      // A class without a pixel on the grid takes its first pixel.
      if ((y % step === 0 && x % step === 0) || counts[label] === 0) {
        counts[label]!++;
        sums[label]! += probabilityOf(values, label);
      }
    }
  }
  return {
    width,
    height,
    labels,
    pixels,
    probabilities: pixels.map((n, k) => (n === 0 ? null : sums[k]! / counts[k]!)),
  };
}

/**
 * Returns the interpolated logits of some pixels, float32[N, K], as {@link readSegmentation} has them.
 * @param positions row · width + column at the original size
 */
export function logitsAt(logits: MaskLogits, size: Size, positions: readonly number[]): Float32Array {
  const { data, classes, width } = logits;
  const [columns, rows] = [samples(width, size.width), samples(logits.height, size.height)];
  const out = new Float32Array(positions.length * classes);
  for (const [i, position] of positions.entries()) {
    const [y, x] = [Math.floor(position / size.width), position % size.width];
    for (let k = 0; k < classes; k++) {
      const at = (row: number): number => {
        const first = (k * logits.height + row) * width;
        const [a, b] = [data[first + columns.low[x]!]!, data[first + columns.high[x]!]!];
        return a + columns.share[x]! * (b - a);
      };
      const [a, b] = [at(rows.low[y]!), at(rows.high[y]!)];
      out[i * classes + k] = a + rows.share[y]! * (b - a);
    }
  }
  return out;
}

/** Where the pixels of an enlarged axis lie: value = x[low] + share · (x[high] − x[low]). */
interface Samples {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float64Array;
}

/** c_i = (i + ½) · n / wanted − ½, clamped to 0 … n − 1 */
function samples(n: number, wanted: number): Samples {
  const [low, high] = [new Int32Array(wanted), new Int32Array(wanted)];
  const share = new Float64Array(wanted);
  for (let i = 0; i < wanted; i++) {
    const centre = Math.min(n - 1, Math.max(0, ((i + 0.5) * n) / wanted - 0.5));
    low[i] = Math.floor(centre);
    high[i] = Math.min(n - 1, low[i]! + 1);
    share[i] = centre - low[i]!;
  }
  return { low, high, share };
}

/** Returns a row of the enlarged height, float64[w, K]: all classes of a place beside each other. */
function interpolatedRow(
  { data, classes, width, height }: MaskLogits,
  rows: Samples,
  y: number,
): Float64Array {
  const [low, high, t] = [rows.low[y]! * width, rows.high[y]! * width, rows.share[y]!];
  const line = new Float64Array(width * classes);
  for (let k = 0; k < classes; k++) {
    const plane = k * height * width;
    for (let x = 0; x < width; x++) {
      const [a, b] = [data[plane + low + x]!, data[plane + high + x]!];
      line[x * classes + k] = a + t * (b - a);
    }
  }
  return line;
}

/** Exponentials cost several times as much as the interpolation. */
const mostProbabilities = 2 ** 18;

/** 1 / Σ_k exp(z_k − z_label) */
function probabilityOf(z: Float64Array, label: number): number {
  let sum = 0;
  for (let k = 0; k < z.length; k++) sum += Math.exp(z[k]! - z[label]!);
  return 1 / sum;
}
