import { EngraftError, stopIf } from "../core/errors.js";
import type { OnProgress } from "../core/events/progress-events.js";
import type { Rows, WritableRows } from "../core/results/rows.js";
import { arePictures, inputBatches, type Sample, type SampleInputs } from "../data/index.js";
import type { Graph } from "../graph/graph.js";
import type { Platform } from "../platform/platform.js";
import { withExpectedOutputs } from "../runtime/output-shapes.js";
import type { Session } from "../runtime/runtime.js";
import { type OpenScratch, rowTable, someRows } from "./objectives/row-table.js";

/** Store of computed rows of features, by item. Both functions may fail; then the run continues without it. */
export interface FeatureStore {
  /** Calls `found` with each stored row and its position, in any order. */
  forEach(items: readonly string[], found: (row: Float32Array, position: number) => void): Promise<void>;
  put(items: readonly string[], rows: Float32Array): Promise<void>;
}

export interface FeatureOptions {
  /**
   * Returns the session from pixels to `float32[batch, width]`: a base's body with its preprocessing. Called when a row
   * must be computed, so that nothing is loaded if the store has all rows.
   */
  readonly session: () => Promise<Session>;
  readonly width: number;
  readonly inputs: SampleInputs;
  readonly store?: FeatureStore;
  readonly platform?: Platform;
  /** Storage of a large table. Default: memory. */
  readonly scratch?: OpenScratch;
  /** Images per run. Default 32: larger batches gain nothing on a CPU and cost memory. */
  readonly batch?: number;
  /** Images per run if fewer are missing, see {@link leastBatch}. Default: as many as others. */
  readonly least?: number;
  readonly onEvent?: OnProgress;
  readonly signal?: AbortSignal;
}

/** Features of items, in order: float32[N, D]; `computed` of them were not in the store. */
export interface Features {
  readonly rows: WritableRows;
  readonly computed: number;
}

/** Default images per run of the backbone, see {@link FeatureOptions.batch}. */
export const featureBatch = 32;

/** Operations whose bits for a sample are the same in batches of every size from two on. */
const ofOneSample = new Set(
  [
    "Add Sub Mul Div Cast Clip Relu Transpose Concat Flatten Identity",
    "Conv BatchNormalization MaxPool AveragePool GlobalAveragePool",
  ].flatMap((names) => names.split(" ")),
);

/**
 * Returns the fewest samples of a batch that give the same bits as a full one. A product of few rows adds in another order than one of
 * many. Onnxruntime divides the convolution of a single picture among its threads, and adds in another order too; it does not so for two.
 */
export const leastBatch = (graph: Graph): number =>
  graph.nodes.every(({ kind, op }) => kind === "op" && ofOneSample.has(op)) ? 2 : featureBatch;

/** Batches after which garbage is collected: otherwise it grows by 2 KB per image. */
const collectAfter = 16;

/**
 * Computes features with the frozen backbone, once for each content. Rows in the store are read. The others are
 * computed while the next images are decoded, and stored.
 */
export async function extractFeatures(items: readonly Sample[], options: FeatureOptions): Promise<Features> {
  const { width, store, onEvent, signal, batch: most = featureBatch, least = most } = options;
  const rows = rowTable(items.length, width, options.scratch);
  const missing = await readStored(items, store, (row, i) => rows.write(i, row));
  if (missing.length === 0) return { rows, computed: 0 };
  const batch = Math.min(most, Math.max(least, missing.length));
  const session = withExpectedOutputs(await options.session(), { shapes: [["batch", width]] });
  const input = session.inputs[0]!.name;
  const begin = performance.now();
  let done = 0;
  let run = 0;
  let writing: Promise<void> = Promise.resolve();
  const { inputs } = options;
  const atOnce = arePictures(inputs) ? batch : Math.min(batch, inputs.atOnce ?? batch);
  const source = inputBatches(items, inputs, { order: missing, batch: atOnce, whole: true, signal });
  for await (const { x, indices } of source) {
    stopIf(signal);
    // Each input is used once, so it is transferred and not copied.
    const out = await session.run({ [input]: x }, undefined, { transfer: true });
    const computed = (Object.values(out)[0]!.data as Float32Array).subarray(0, indices.length * width);
    requireFinite(computed, width, indices, items);
    indices.forEach((index, i) => {
      rows.write(index, computed.subarray(i * width, (i + 1) * width));
    });
    // Written while the next batch computes, at most one batch behind.
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
      unit: inputs.unit,
      seconds_left: (seconds / done) * (missing.length - done),
      per_second: done / seconds,
    });
  }
  await writing;
  return { rows, computed: missing.length };
}

/** Requests rows from the store. @param found called with each row @returns positions of missing rows */
async function readStored(
  items: readonly Sample[],
  store: FeatureStore | undefined,
  found: (row: Float32Array, position: number) => void,
): Promise<number[]> {
  const isFound = new Uint8Array(items.length);
  await store?.forEach(
    items.map((item) => item.sha256),
    (row, position) => {
      isFound[position] = 1;
      found(row, position);
    },
  );
  return items.flatMap((_, i) => (isFound[i] ? [] : [i]));
}

/** Returns the items whose features must be computed. */
export async function withoutFeatures(
  items: readonly Sample[],
  store: FeatureStore | undefined,
): Promise<Sample[]> {
  return (await readStored(items, store, () => undefined)).map((i) => items[i]!);
}

/** @throws NumericError naming the image: a probe on such features would learn NaN only */
function requireFinite(
  rows: Float32Array,
  width: number,
  indices: readonly number[],
  items: readonly Sample[],
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

/** Features of one split. */
export interface PartFeatures<Item extends Sample = Sample> {
  readonly features: Rows;
  readonly items: readonly Item[];
}

/** Returns all items, split by split, so that the rows of a split are contiguous for {@link partOf}. */
export function inParts<Item extends Sample>(items: readonly Item[]): readonly Item[] {
  return (["train", "validation", "test"] as const).flatMap((part) =>
    items.filter((item) => item.part === part),
  );
}

/** Returns one split of features extracted {@link inParts}: a view of the rows, no copy. */
export function partOf<Item extends Sample>(
  ordered: readonly Item[],
  part: Sample["part"],
  rows: Rows,
): PartFeatures<Item> {
  const items = ordered.filter((item) => item.part === part);
  const first = ordered.findIndex((item) => item.part === part);
  return { features: someRows(rows, Math.max(first, 0), items.length), items };
}
