import { type Body, bodyOf } from "../bases/body.js";
import type { OldHead } from "../bases/old-head.js";
import { type Base, openBase } from "../bases/open/open-base.js";
import { withPixels } from "../bases/pixels.js";
import { messageOf } from "../core/errors.js";
import type { BaseEvent, DataEvent } from "../core/events/events.js";
import type { OnProgress } from "../core/events/progress-events.js";
import type { OnWork } from "../core/events/work-events.js";
import { message, type Sentence, warningText } from "../core/messages/message.js";
import { baseFacts } from "../core/results/base-facts.js";
import type { WritableRows } from "../core/results/rows.js";
import type { InitReport } from "../core/results/task.js";
import { formatType } from "../core/shape.js";
import {
  type Dataset,
  decodeVersion,
  type OpenImagesOptions,
  type SampleInputs,
  type Samples,
} from "../data/index.js";
import { type SplitOrigin, splitFields, withSplitMessages } from "../data/split/split-origin.js";
import type { SubsetOptions } from "../data/split/train-subset.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { isWithoutBase } from "../methods/registry.js";
import type { ComputeOptions, PreprocessingRequest, RecipeOptions } from "../options/options.js";
import type { Platform } from "../platform/platform.js";
import { openSession } from "../runtime/open.js";
import type { Runtime, Session } from "../runtime/runtime.js";
import type { Weights } from "../train/epochs/average-weights.js";
import { type CachedRows, type FeatureKey, openFeatureCache } from "../train/feature-cache/feature-cache.js";
import { extractFeatures, featureBatch, leastBatch, withoutFeatures } from "../train/features.js";
import { runtimeKey } from "./versions.js";

/** Number of items from which garbage is collected after opening: 3 KB each, in 20 ms. */
export const manyItems = 4000;

/**
 * Opens data: classes, readable images, duplicates, and the split into train, validation and test.
 *
 * @param data a folder, or a CSV, TSV or JSONL list; an opened dataset is only reported again
 * @returns items with their splits; no image is kept in memory
 * @throws DataError if it cannot be used as it is, with what to do
 * @example const data = await openData("./flowers"); console.log(data.classes, data.splitWords);
 */
export async function openData(
  data: string | Dataset,
  options: ComputeOptions & { readonly onEvent?: OnWork } & Pick<
      OpenImagesOptions,
      "groupFrom" | "quotes" | "classNames" | "emptyParts" | "unscored" | "prints"
    > & {
      readonly trainSize?: number;
      readonly shots?: number;
      /** Seed of the samples of `shots`. Default: that of the split. */
      readonly drawSeed?: number | undefined;
      /** Column of classes in a list. Default: found by name. */
      readonly target?: string | undefined;
      /** Label columns of several tasks, which give no groups. */
      readonly taskColumns?: readonly string[] | undefined;
    } = {},
  platform?: Platform,
): Promise<Dataset> {
  const { onEvent, signal, seed = 0 } = options;
  const whole =
    typeof data === "string"
      ? // Loaded here: a tab that trains on texts or tables does not need it.
        await (await import("../data/images/open-images.js")).openImages(data, {
          seed,
          groupFrom: options.groupFrom,
          emptyParts: options.emptyParts,
          unscored: options.unscored,
          quotes: options.quotes,
          classNames: options.classNames,
          ...(options.target !== undefined && { labelColumn: options.target }),
          taskColumns: options.taskColumns,
          prints: options.prints,
          signal,
          onEvent,
          platform,
        })
      : data;
  // Here, because what the opening function held is freed only after it has returned.
  if (typeof data === "string" && whole.items.length > manyItems) platform?.releaseMemory({ compact: true });
  const dataset = await withTrainSubset(whole, options, { split: seed, draw: options.drawSeed ?? seed });
  onEvent?.(dataEvent(dataset));
  for (const one of dataset.warnings) onEvent?.({ event: "warning", ...one });
  return dataset;
}

/** Data of which some training samples can be chosen. */
type DivisibleData = SplitOrigin &
  Pick<Dataset, "classes"> & { readonly items: readonly Pick<Dataset["items"][number], "label" | "part">[] };

/** Returns the dataset with the training samples that options choose. @param seeds of the split, and of the samples of `shots` */
export async function withTrainSubset<D extends DivisibleData>(
  dataset: D,
  options: SubsetOptions,
  seeds: { readonly split: number; readonly draw: number },
): Promise<D> {
  if (options.trainSize === undefined && options.shots === undefined) return dataset;
  const { chosenItems } = await import("../data/split/train-subset.js");
  const { items, because } = chosenItems(dataset.items, dataset.classes, options, seeds)!;
  return { ...dataset, items, ...withSplitMessages(dataset, because) };
}

/** What an event says of data. */
type ReportedData = SplitOrigin &
  Pick<Dataset, "classes" | "skipped" | "duplicates" | "leaks" | "fingerprint"> &
  Parameters<typeof splitCounts>[0] & { readonly task: DataEvent["task"] };

/** Most pairs in an event; the warning has the count. */
export const mostLeaks = 200;

export function dataEvent(dataset: ReportedData): DataEvent {
  const { task, classes, skipped, duplicates, fingerprint } = dataset;
  return {
    event: "data",
    task,
    classes,
    split: splitCounts(dataset),
    ...splitFields(dataset),
    skipped,
    duplicates: { exact: duplicates.exact, near: duplicates.near, across_parts: duplicates.acrossParts },
    ...(dataset.leaks && dataset.leaks.length > 0 && { leaks: dataset.leaks.slice(0, mostLeaks) }),
    fingerprint,
  };
}

export function splitCounts({
  items,
  seed,
}: {
  readonly items: readonly { readonly part: string }[];
  readonly seed: number;
}): {
  train: number;
  validation: number;
  test: number;
  seed: number;
} {
  const count = (part: string): number => items.filter((item) => item.part === part).length;
  return { train: count("train"), validation: count("validation"), test: count("test"), seed };
}

/** A base, cut at its features. */
export interface OpenedBase {
  readonly base: Base;
  readonly body: Body;
  /** Fingerprint of the dataset whose statistics BatchNormalization has, if they are not the base's own. */
  readonly statistics?: string;
  /** Hash of how columns are encoded, if the graph encodes columns of rows. */
  readonly encoding?: string;
  /** Missing for a network that was read from a file. */
  readonly made?: MadeNetwork;
  /** What was copied from another model. Missing: all weights are its own. */
  readonly init?: InitReport;
  /** The classifier whose rows the head begins with. Missing: none is reused. */
  readonly oldHead?: OldHead;
}

/** A network that was made for the data of the run. */
export interface MadeNetwork {
  /** True if it takes images, so that an input stage is prepended. Default: it takes samples as its inputs are. */
  readonly pixels?: boolean;
  /** True if it starts from weights of another model, false if all its weights are random. */
  readonly pretrained: boolean;
  /** Reason for its initial weights. */
  readonly because: Sentence;
  /** Draws random weights. @param network with its head */
  readonly fresh: (network: Graph, seed: number) => Weights;
}

/** True if nothing is pretrained: there is no transfer to compare with training from scratch. */
export const startsRandom = ({ made }: OpenedBase): boolean => made?.pretrained === false;

/** True if the model of a run has weights or features of a pretrained one. */
export const usesPretrained = (run: {
  readonly opened: OpenedBase;
  readonly options: Pick<RecipeOptions, "strategy">;
}): boolean => !startsRandom(run.opened) && !isWithoutBase(run.options.strategy);

export async function openBody(
  ref: string,
  options: PreprocessingRequest & { readonly cut?: string; readonly onEvent?: OnWork } & Pick<
      ComputeOptions,
      "cache" | "signal"
    >,
  platform: Platform,
): Promise<OpenedBase> {
  // Loaded on demand: few runs join bases.
  const base = ref.includes("+")
    ? await (await import("../bases/joined/joined-base.js")).openNamedBase(ref, { ...options, platform })
    : await openBase(ref, { ...options, platform });
  const found = bodyOf(base.imported.graph, { cut: base.cut, classes: base.classes });
  const body = base.joined
    ? { ...found, cut: { ...found.cut, because: "the features of all bases, each as a row of one length" } }
    : found;
  options.onEvent?.(baseEvent({ base, body }));
  return { base, body };
}

/** The model with its input stage. Image models get preprocessing prepended; models of texts and sounds take their inputs. */
export function fedBy({ base, made }: Pick<OpenedBase, "base" | "made">, model: Graph): Graph {
  if (base.inputStage) return base.inputStage(model);
  return base.text || base.audio || (made && !made.pixels) ? model : withPixels(model, base.preprocessing);
}

/** The body with the base's own classifier besides its features. */
export function withOldHead({ base, body }: OpenedBase, scores: Value): Body {
  return bodyOf(base.imported.graph, { cut: body.cut.value, keep: [scores] });
}

function baseEvent({ base, body }: OpenedBase): BaseEvent {
  const input = base.imported.graph.inputs[0]!;
  const { height, width } = base.preprocessing;
  return {
    event: "base",
    ...baseFacts(base),
    input: `${formatType(base.imported.graph.typeOf(input))} at ${width} × ${height}`,
    cut: `${body.cut.value}: ${body.cut.because}`,
    features: body.width,
    notes: base.imported.notes,
  };
}

/** The frozen backbone as a session, with a disk cache for its features. */
export interface Trunk {
  /** Returns the items without cached features. */
  missing(items: Samples["items"]): Promise<Samples["items"]>;
  features(
    items: Samples["items"],
    options: {
      onEvent?: OnWork;
      signal?: AbortSignal;
      /** Folder for a table that is too large for memory. */
      folder?: string;
      /** Inputs of these items. Default: those of the trunk. */
      inputs?: SampleInputs;
      /** False: the cache is neither read nor written, and a batch has no more than these items. Default true. */
      cached?: boolean;
    },
  ): Promise<WritableRows>;
  close(): Promise<void>;
}

/** Opens the cached features of a backbone. */
export async function openFeatures(
  opened: OpenedBase,
  runtime: Runtime,
  platform: Platform,
  options: Pick<ComputeOptions, "cache"> & { readonly onEvent?: OnProgress },
): Promise<CachedRows> {
  const cache = openFeatureCache({
    platform,
    enabled: options.cache !== false,
    onWarning: (one) => options.onEvent?.({ event: "warning", ...one }),
  });
  return cache.open(await cache.key(await featureKeyOf(opened, runtime, platform)), opened.body.width);
}

/** Returns everything that determines the features of a sample. */
export async function featureKeyOf(
  { base, body, statistics, encoding }: OpenedBase,
  runtime: Runtime,
  platform: Platform,
): Promise<FeatureKey> {
  return {
    modelSha256: base.sha256,
    cut: statistics === undefined ? body.cut.value : `${body.cut.value}, statistics of ${statistics}`,
    pooling: body.pooling,
    preprocessing: base.text
      ? {
          longest: base.text.window?.length ?? base.text.tokenizer.longest,
          pooling: base.text.pooling,
          tokenizer: await platform.sha256(JSON.stringify(base.text.files)),
        }
      : base.audio
        ? { front_end: JSON.stringify(base.audio.preprocessor) }
        : { ...base.preprocessing },
    preprocessingVersion: 1,
    decoder: `${await platform.pictures.version()} / ${decodeVersion}`,
    runtime: runtimeKey(runtime),
    augmentation: "none",
    ...(encoding !== undefined && { encoding }),
  };
}

export async function openTrunk(
  opened: OpenedBase,
  runtime: Runtime,
  platform: Platform,
  options: ComputeOptions & { readonly onEvent?: OnProgress },
  inputs: SampleInputs,
): Promise<Trunk> {
  const { base, body } = opened;
  const fed = fedBy(opened, body.graph);
  const least = runtime.device === "cpu" ? leastBatch(fed) : featureBatch;
  let session: Promise<Session> | undefined;
  const load = (): Promise<Session> => {
    session ??= openSession(runtime, fed, {
      label: `base "${base.name}"`,
      // Busy-waiting threads would take the cores from the decoder (`bench -- features`).
      spinning: false,
    });
    return session;
  };
  const store = await openFeatures(opened, runtime, platform, options);
  return {
    missing: (items) => withoutFeatures(items, store),
    features: async (items, { onEvent, signal, folder, inputs: own = inputs, cached = true }) => {
      const { rows } = await extractFeatures(items, {
        session: load,
        width: body.width,
        inputs: own,
        platform,
        ...(cached ? { store, least } : { batch: Math.min(featureBatch, items.length) }),
        scratch: folder === undefined ? undefined : () => platform.files.scratch?.(folder),
        onEvent,
        signal,
      });
      return rows;
    },
    close: async () => {
      try {
        await store.close();
      } catch (error) {
        const lost = message("features-not-kept", { why: messageOf(error) });
        options.onEvent?.({ event: "warning", ...warningText("cache", lost) });
      }
      await (await session)?.dispose();
    },
  };
}
