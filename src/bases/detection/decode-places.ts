import { EngraftError } from "../../core/errors.js";
import { type Box, boxIou, type Detection, type Size, scaleBox } from "../../data/boxes/box.js";
import {
  type DetectionOptions,
  type DetectionSettings,
  detectionSettings,
  distanceLimit,
} from "./detection-settings.js";

/**
 * Returns the detections of one image from the raw output of a dense detector, by falling score. They equal those of the exported graph
 * ({@link withDetections}) up to the rounding of float32.
 *
 * @param output float32[P, K + 4]: K class logits, then the raw distances of each place
 * @param size size of the original image. Default: that of the network's input
 * @throws ShapeError if the output has another length, OptionError for an option out of range
 * @example decodePlaces(logits.subarray(i * P * (K + 4), (i + 1) * P * (K + 4)), options, item)
 */
export function decodePlaces(
  output: Float32Array,
  options: DetectionOptions,
  size: Size = options.input,
): Detection[] {
  const settings = detectionSettings(options);
  const wanted = options.places.count * (options.classes + 4);
  if (output.length !== wanted)
    throw new EngraftError(
      "ShapeError",
      `the output of an image has ${output.length} numbers, not ${wanted}`,
      {
        help: `${options.places.count} places have ${options.classes} logits and four distances each`,
      },
    );
  const logits = scaledLogits(output, settings);
  const places = bestPlaces(logits, settings);
  return suppressSorted(byScore({ output, logits, places, size }, settings), settings);
}

/** Returns slope · z + offset of each place and class: float64[P, K]. */
function scaledLogits(output: Float32Array, { classes, places, scaling }: DetectionSettings): Float64Array {
  const logits = new Float64Array(places.count * classes);
  for (let k = 0; k < classes; k++) {
    const { slope, offset } = scaling[k]!;
    for (let place = 0; place < places.count; place++)
      logits[place * classes + k] = slope * output[place * (classes + 4) + k]! + offset;
  }
  return logits;
}

/** Returns the places with the highest scores, best first. */
function bestPlaces(
  logits: Float64Array,
  { classes, places, threshold, candidates }: DetectionSettings,
): number[] {
  const best = new Float32Array(places.count);
  for (let place = 0; place < places.count; place++) {
    let u = logits[place * classes]!;
    for (let k = 1; k < classes; k++) u = Math.max(u, logits[place * classes + k]!);
    best[place] = logistic(u);
  }
  const chosen: number[] = [];
  for (const place of fallingOrder(best, threshold)) {
    if (chosen.length === candidates) break;
    chosen.push(place);
  }
  return chosen;
}

/** Numbers of an image, and the places that are compared. */
interface Candidates {
  readonly output: Float32Array;
  readonly logits: Float64Array;
  readonly places: readonly number[];
  /** Size of the original image. */
  readonly size: Size;
}

/** Yields the detections at some places by falling score. Equal scores have the order of the exported graph: by class, then by place. */
function* byScore(
  { output, logits, places, size }: Candidates,
  settings: DetectionSettings,
): Generator<Detection> {
  const n = places.length;
  const { classes } = settings;
  const scores = new Float32Array(classes * n);
  for (let label = 0; label < classes; label++)
    for (let i = 0; i < n; i++) scores[label * n + i] = logistic(logits[places[i]! * classes + label]!);
  const boxes: Box[] = [];
  for (const at of fallingOrder(scores, settings.threshold)) {
    const i = at % n;
    boxes[i] ??= boxAt(output, places[i]!, settings, size);
    yield { label: Math.floor(at / n), score: scores[at]!, box: boxes[i] };
  }
}

/** Intervals of scores that are sorted one after the other. */
const intervals = 256;

/**
 * Yields the positions of scores above a threshold, by falling score. Equal scores keep their order. Suppression mostly reads a small
 * part, so an interval of scores is sorted when it is reached.
 */
function* fallingOrder(scores: Float32Array, threshold: number): Generator<number> {
  const bits = new Uint32Array(scores.buffer);
  const least = Math.fround(threshold);
  const intervalOf = (score: number): number => Math.floor((intervals - 1) * (1 - score));
  const ends = new Uint32Array(intervals + 1);
  for (const score of scores) if (score > least) ends[intervalOf(score) + 1]!++;
  for (let k = 0; k < intervals; k++) ends[k + 1]! += ends[k]!;
  const next = ends.slice();
  const keys = new Float64Array(ends[intervals]!);
  // Bits of positive floats have the order of the floats, and numbers sort several times faster than objects.
  for (let i = 0; i < scores.length; i++)
    if (scores[i]! > least) keys[next[intervalOf(scores[i]!)]!++] = (bitsOfOne - bits[i]!) * 2 ** 22 + i;
  for (let k = 0; k < intervals; k++)
    for (const key of keys.subarray(ends[k]!, ends[k + 1]!).sort()) yield key % 2 ** 22;
}

/** Bits of the float32 1, the highest score. */
const bitsOfOne = 0x3f800000;

const logistic = (u: number): number => 1 / (1 + Math.exp(-u));

function boxAt(
  output: Float32Array,
  place: number,
  { classes, places, input }: DetectionSettings,
  size: Size,
): Box {
  const first = place * (classes + 4) + classes;
  const distance = (side: number): number =>
    places.strides[2 * place + (side % 2)]! *
    Math.exp(Math.min(distanceLimit, Math.max(-distanceLimit, output[first + side]!)));
  const [x, y] = [places.points[2 * place]!, places.points[2 * place + 1]!];
  const inside: Box = [
    Math.max(0, x - distance(0)),
    Math.max(0, y - distance(1)),
    Math.min(input.width, x + distance(2)),
    Math.min(input.height, y + distance(3)),
  ];
  return scaleBox(inside, size.width / input.width, size.height / input.height);
}

/** Options of {@link suppressBoxes}. */
interface SuppressOptions {
  /** A box is dropped if its IoU with a kept one is above this. Default 0.6. */
  readonly iou?: number;
  /** Most boxes that are kept. Default 100. */
  readonly most?: number;
  /** True: a box only suppresses boxes of its class. Default true. */
  readonly byClass?: boolean;
}

interface Scored {
  readonly label: number;
  readonly score: number;
  readonly box: Box;
}

/**
 * Returns the boxes that no better box covers, by falling score (non-maximum suppression). Boxes with one score keep their order.
 *
 * The rule is that of ONNX's `NonMaxSuppression`: an IoU equal to the threshold does not suppress.
 */
export function suppressBoxes<D extends Scored>(detections: readonly D[], options?: SuppressOptions): D[] {
  return suppressSorted(
    [...detections].sort((a, b) => b.score - a.score),
    options,
  );
}

/** As {@link suppressBoxes}, for boxes by falling score. It reads no more of them than it needs. */
function suppressSorted<D extends Scored>(
  detections: Iterable<D>,
  { iou = 0.6, most = 100, byClass = true }: SuppressOptions = {},
): D[] {
  const kept: D[] = [];
  const byLabel = new Map<number, Box[]>();
  for (const one of detections) {
    if (kept.length >= most) break;
    const key = byClass ? one.label : 0;
    const others = byLabel.get(key) ?? [];
    if (others.some((box) => boxIou(box, one.box) > iou)) continue;
    others.push(one.box);
    byLabel.set(key, others);
    kept.push(one);
  }
  return kept;
}
