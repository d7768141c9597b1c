import { logitsAt, readSegmentation } from "../../bases/segmentation/read-segmentation.js";
import type { Part } from "../../core/events/events.js";
import { draws } from "../../core/random.js";
import { ignoredLabel } from "../../data/masks/label-map.js";
import { maskConfusion } from "../../evaluate/segmentation/score-masks.js";
import type { HeldSource } from "../../run/training/train-source.js";
import type { Evaluator } from "../../train/fit.js";
import { itemsIn } from "../dense/as-dataset.js";
import { eachOutput } from "../dense/predict-pictures.js";
import { logitsOf, type Segmenter } from "./segmenter.js";

/** What a model answers for the pictures of a split. The masks themselves would not fit into memory. */
export interface MaskAnswers {
  /** `maskConfusion` of each picture at its original size. */
  readonly counts: readonly Float64Array[];
  /** Some pixels of all pictures, for the calibration. */
  readonly pixels: SampledPixels;
}

/** Pixels with their classes. */
export interface SampledPixels {
  /** float32[N, K] */
  readonly logits: Float32Array;
  /** int32[N] */
  readonly labels: Int32Array;
}

/** Pixels that are sampled from a split. */
const sampled = 100_000;

/** Predicts the masks of a split. @param onOutput called with the output of each picture */
export async function answerMasks(
  segmenter: Segmenter,
  evaluate: Evaluator,
  held: HeldSource,
  part: Part,
  {
    onOutput,
    signal,
  }: {
    readonly onOutput?: (output: Float32Array, index: number) => Promise<void>;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<MaskAnswers> {
  const { data, loadMask } = segmenter;
  const items = itemsIn(segmenter, part);
  const classes = data.classes.length;
  const quota = Math.ceil(sampled / Math.max(1, items.length));
  const counts: Float64Array[] = [];
  const pixels = new PixelSampler(data.seed, classes);
  const read = async (output: Float32Array, i: number): Promise<void> => {
    const item = items[i]!;
    await onOutput?.(output, i);
    const logits = logitsOf(segmenter, output);
    const truth = await loadMask(item);
    counts[i] = maskConfusion(truth.data, readSegmentation(logits, item).labels, classes);
    pixels.add(item.id, truth.data, quota, (positions) => logitsAt(logits, item, positions));
  };
  await eachOutput(evaluate, held, read, signal);
  return { counts, pixels: pixels.all() };
}

/** Draws labelled pixels. */
class PixelSampler {
  readonly #logits: Float32Array[] = [];
  readonly #labels: number[] = [];

  constructor(
    private readonly seed: number,
    private readonly classes: number,
  ) {}

  /** Draws pixels of a picture; of all if it has not more. The draws are a hash of (seed, id). */
  add(
    id: string,
    labels: Uint8Array,
    most: number,
    logitsOf: (positions: readonly number[]) => Float32Array,
  ): void {
    const draw = draws(this.seed, "sampled pixels", id);
    const drawn =
      labels.length <= most
        ? Array.from(labels.keys())
        : Array.from({ length: most }, () => draw.integer(labels.length));
    const positions = drawn.filter((at) => labels[at] !== ignoredLabel);
    this.#logits.push(logitsOf(positions));
    for (const at of positions) this.#labels.push(labels[at]!);
  }

  all(): SampledPixels {
    const logits = new Float32Array(this.#labels.length * this.classes);
    let first = 0;
    for (const part of this.#logits) {
      logits.set(part, first);
      first += part.length;
    }
    return { logits, labels: Int32Array.from(this.#labels) };
  }
}
