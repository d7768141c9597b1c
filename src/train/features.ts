import { EngraftError, stopIf } from "../core/errors.js";
import type { OnEvent } from "../core/events/events.js";
import type { Rows, WritableRows } from "../core/results/rows.js";
import { sizeOf } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import {
  batches,
  type ImageItem,
  type ImagePreprocessing,
  type ItemInputs,
  type PixelCache,
  sizedBatches,
} from "../data/index.js";
import type { Platform } from "../platform/platform.js";
import type { Session } from "../runtime/runtime.js";
import { type OpenScratch, rowTable, someRows } from "./objectives/row-table.js";

/** Rows of features that were computed before, by item. Both may fail: then the run goes on without. */
export interface FeatureStore {
  get(items: readonly string[]): Promise<readonly (Float32Array | undefined)[]>;
  put(items: readonly string[], rows: Float32Array): Promise<void>;
}

export interface FeatureOptions {
  /**
   * Pixels in, `float32[batch, width]` out: a base's body with its preprocessing in front. Asked for when a row has to
   * be computed, so that nothing is loaded where the store has them all.
   */
  readonly session: () => Promise<Session>;
  readonly width: number;
  readonly preprocessing: ImagePreprocessing;
  /** Items that are no pictures are fed by these. */
  readonly inputs?: ItemInputs;
  readonly store?: FeatureStore;
  readonly decoded?: PixelCache;
  /** Where the pictures are read and decoded. Default: this machine. */
  readonly platform?: Platform;
  /** Where a large table is kept. Default: in memory. */
  readonly scratch?: OpenScratch;
  /** Pictures a run. Default 32: larger ones gain nothing on a CPU and cost memory. */
  readonly batch?: number;
  readonly onEvent?: OnEvent;
  readonly signal?: AbortSignal;
}

/** Features of items, in their order: float32[N, D]; `computed` of them were not in the store. */
export interface Features {
  readonly rows: WritableRows;
  readonly computed: number;
}

/** Pictures a run of the trunk, see {@link FeatureOptions.batch}. */
export const featureBatch = 32;

/** After so many batches what they leave behind is collected: else it grows with the pictures, by 2 KB each. */
const collectAfter = 16;

/** How many rows are asked of the store at once: bounds what is in memory beside the result. */
const askAtOnce = 1024;

/**
 * Run the frozen trunk over pictures, each content once: rows that the store has are read, the others
 * computed while the next pictures are decoded, and put into the store.
 */
export async function extractFeatures(
  items: readonly ImageItem[],
  options: FeatureOptions,
): Promise<Features> {
  const { width, store, onEvent, signal, batch = featureBatch } = options;
  const rows = rowTable(items.length, width, options.scratch);
  const missing = await lookUp(items, store, (row, i) => rows.write(i, row));
  if (missing.length === 0) return { rows, computed: 0 };
  const session = await options.session();
  const input = session.inputs[0]!.name;
  const begin = performance.now();
  let done = 0;
  let run = 0;
  let writing: Promise<void> = Promise.resolve();
  const { inputs } = options;
  const source = inputs
    ? sizedBatches(items, inputs, batch, { order: missing, whole: true })
    : pixelBatches(items, missing, batch, options);
  for await (const { x, indices } of source) {
    stopIf(signal);
    // What is fed is used once: handed over, it is not copied.
    const out = await session.run({ [input]: x }, undefined, { transfer: true });
    const computed = (Object.values(out)[0]!.data as Float32Array).subarray(0, indices.length * width);
    requireFinite(computed, width, indices, items);
    indices.forEach((index, i) => {
      rows.write(index, computed.subarray(i * width, (i + 1) * width));
    });
    // Written while the next batch computes, one batch behind at most.
    await writing;
    writing =
      store?.put(
        indices.map((i) => items[i]!.sha256),
        computed,
      ) ?? Promise.resolve();
    done += indices.length;
    if (++run % collectAfter === 0) options.platform?.releaseMemory();
    const seconds = (performance.now() - begin) / 1000;
    onEvent?.({
      event: "progress",
      phase: "features",
      done: items.length - missing.length + done,
      total: items.length,
      unit: inputs?.unit ?? "pictures",
      seconds_left: (seconds / done) * (missing.length - done),
      per_second: done / seconds,
    });
  }
  await writing;
  return { rows, computed: missing.length };
}

/** Pictures in batches, a short one filled up. */
async function* pixelBatches(
  items: readonly ImageItem[],
  order: readonly number[],
  batch: number,
  { preprocessing, decoded, platform, signal }: FeatureOptions,
): AsyncGenerator<{ readonly x: Tensor; readonly indices: readonly number[] }> {
  const dims = [batch, preprocessing.height, preprocessing.width, 3];
  const source = batches(items, {
    order,
    batchSize: batch,
    preprocessing,
    ...(decoded && { decoded }),
    ...(platform && { platform }),
    ...(signal && { signal }),
  });
  for await (const { pixels, indices } of source)
    yield { x: { dtype: "uint8", dims, data: filledUp(pixels, sizeOf(dims)) }, indices };
}

/** Ask the store for rows, part by part. @param found called with each that it has. @returns positions of the others */
async function lookUp(
  items: readonly ImageItem[],
  store: FeatureStore | undefined,
  found: (row: Float32Array, position: number) => void,
): Promise<number[]> {
  const missing: number[] = [];
  for (let first = 0; first < items.length; first += askAtOnce) {
    const part = items.slice(first, first + askAtOnce);
    const known = await store?.get(part.map((item) => item.sha256));
    part.forEach((_, i) => {
      const row = known?.[i];
      if (row) found(row, first + i);
      else missing.push(first + i);
    });
  }
  return missing;
}

/** The items whose features have to be computed. */
export async function withoutFeatures(
  items: readonly ImageItem[],
  store: FeatureStore | undefined,
): Promise<ImageItem[]> {
  return (await lookUp(items, store, () => undefined)).map((i) => items[i]!);
}

/**
 * A short batch is filled up: a product of few rows adds in another order than one of many, and then a run that was
 * stopped, with other pictures left to compute, would not have the same bits.
 */
function filledUp(pixels: Uint8Array, length: number): Uint8Array {
  if (pixels.length === length) return pixels;
  const full = new Uint8Array(length);
  full.set(pixels);
  return full;
}

/** @throws NumericError naming the picture: a probe of such features would learn nothing but NaN */
function requireFinite(
  rows: Float32Array,
  width: number,
  indices: readonly number[],
  items: readonly ImageItem[],
): void {
  const bad = rows.findIndex((v) => !Number.isFinite(v));
  if (bad < 0) return;
  const item = items[indices[Math.floor(bad / width)]!]!;
  throw new EngraftError("NumericError", `the base gives ${rows[bad]} for "${item.id}"`, {
    at: `feature ${bad % width} of ${width}`,
    help: "check the preprocessing (--mean, --std, --rescale); else the weights of the base are broken",
    details: { item: item.id },
  });
}

/** Features and labels of one part of a data set. */
export interface PartFeatures {
  readonly features: Rows;
  /** int32[N] */
  readonly labels: Int32Array;
  readonly items: readonly ImageItem[];
}

/** All items, part by part: the order in which the rows of a part lie side by side, for {@link partOf}. */
export function inParts(items: readonly ImageItem[]): readonly ImageItem[] {
  return (["train", "validation", "test"] as const).flatMap((part) =>
    items.filter((item) => item.part === part),
  );
}

/** One part of what was extracted {@link inParts}: a view of the rows, no copy. */
export function partOf(ordered: readonly ImageItem[], part: ImageItem["part"], rows: Rows): PartFeatures {
  const items = ordered.filter((item) => item.part === part);
  const first = ordered.findIndex((item) => item.part === part);
  return {
    features: someRows(rows, Math.max(first, 0), items.length),
    labels: Int32Array.from(items, ({ label }) => label),
    items,
  };
}
