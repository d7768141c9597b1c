import { EngraftError } from "../../core/errors.js";
import { type Box, type Detection, type Size, scaleBox } from "../../data/boxes/box.js";
import { suppressSorted } from "../../data/boxes/suppress-boxes.js";
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
  const places = bestPlaces(output, settings);
  return suppressSorted(byScore(output, places, settings, size), settings);
}

/** Returns the places with the highest scores, best first. */
function bestPlaces(output: Float32Array, settings: DetectionSettings): Uint32Array {
  const { classes, places, candidates } = settings;
  const best = new Float32Array(places.count);
  for (let place = 0; place < places.count; place++) {
    let u = scaledLogit(output, place, 0, settings);
    for (let k = 1; k < classes; k++) u = Math.max(u, scaledLogit(output, place, k, settings));
    best[place] = logistic(u);
  }
  return fallingOrder(best, settings.threshold).subarray(0, candidates);
}

/** Yields the detections at some places by falling score. Equal scores have the order of the exported graph: by class, then by place. */
function* byScore(
  output: Float32Array,
  places: Uint32Array,
  settings: DetectionSettings,
  size: Size,
): Generator<Detection> {
  const n = places.length;
  const scores = new Float32Array(settings.classes * n);
  for (let label = 0; label < settings.classes; label++)
    for (let i = 0; i < n; i++)
      scores[label * n + i] = logistic(scaledLogit(output, places[i]!, label, settings));
  const boxes: Box[] = [];
  for (const at of fallingOrder(scores, settings.threshold)) {
    const i = at % n;
    boxes[i] ??= boxAt(output, places[i]!, settings, size);
    yield { label: Math.floor(at / n), score: scores[at]!, box: boxes[i] };
  }
}

/** Returns the positions of scores above a threshold, by falling score. Equal scores keep their order. */
function fallingOrder(scores: Float32Array, threshold: number): Uint32Array {
  const bits = new Uint32Array(scores.buffer);
  const keys = new Float64Array(scores.length);
  const least = Math.fround(threshold);
  let n = 0;
  // Bits of positive floats have the order of the floats, and numbers sort several times faster than objects.
  for (let i = 0; i < scores.length; i++)
    if (scores[i]! > least) keys[n++] = (bitsOfOne - bits[i]!) * 2 ** 22 + i;
  const order = new Uint32Array(n);
  const sorted = keys.subarray(0, n).sort();
  for (let i = 0; i < n; i++) order[i] = sorted[i]! % 2 ** 22;
  return order;
}

/** Bits of the float32 1, the highest score. */
const bitsOfOne = 0x3f800000;

/** slope · z + offset */
const scaledLogit = (output: Float32Array, place: number, k: number, settings: DetectionSettings): number =>
  settings.scaling[k]!.slope * output[place * (settings.classes + 4) + k]! + settings.scaling[k]!.offset;

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
