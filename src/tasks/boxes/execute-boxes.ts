import { detectionHead } from "../../bases/dense/detection-head.js";
import type { OnEvent } from "../../core/events/events.js";
import { message } from "../../core/messages/message.js";
import type { DetectionResultEvent } from "../../core/results/dense/detection.js";
import type { BoxDataset } from "../../data/boxes/box-dataset.js";
import { openBoxes } from "../../data/boxes/open-boxes.js";
import { placesOf } from "../../data/boxes/places.js";
import { fillSize } from "../../data/dense/fill-size.js";
import { PixelCache } from "../../data/index.js";
import { withSplitMessages } from "../../data/split/split-origin.js";
import { trainSubset } from "../../data/split/train-subset.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Context } from "../../run/context.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { dataEvent, splitCounts } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import { startFrom } from "../../run/training/start-from.js";
import { asDataset } from "../dense/as-dataset.js";
import { denseScratch } from "../dense/dense-scratch.js";
import { openDense } from "../dense/open-dense.js";
import { boxDefaults } from "./box-defaults.js";
import { boxHead } from "./box-head.js";
import { boxesTask } from "./boxes-task.js";
import { type Detector, itemsIn, plainRows } from "./detector.js";
import { firstPredictions } from "./first-predictions.js";

/** Executes a run of object detection, from the first step or from the last checkpoint. */
export async function executeBoxes(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
): Promise<DetectionResultEvent> {
  const { platform } = machine;
  const seed = run.manifest.split_seed ?? options.seed ?? defaults.seed;
  const load: LoadData<BoxDataset> = (onEvent, signal) =>
    openBoxData(platform, run.manifest.data, { seed, options, onEvent, signal });
  return withOpenedRun(machine, run, options, load, async ({ given, runtime, begin, events, onEvent }) => {
    const dataset = asDataset(given, ({ objects }) => objects[0]?.label ?? 0);
    await requireSameData(run, dataset);
    const train = given.items.filter(({ part }) => part === "train");
    const limit = options.imageSize;
    const size = fillSize(train, { targets: "boxes", ...(limit !== undefined && { limit }) });
    const dense = await openDense(options.base ?? defaults.base, options, size, platform, onEvent);
    const { opened, ...init } = await startFrom({ run, options, platform, onEvent }, dense.opened);
    await requireSameBase(run, opened);
    await run.settle();
    const shape = detectionHead(dense.maps, {
      ...{ classes: given.classes.length, hasNeck: dense.kind === "detector" },
    });
    const detector: Detector = { data: given, shape, size, places: placesOf(dense.maps, size) };
    const first = firstPredictions(
      detector,
      itemsIn(detector, "train").map((item) => plainRows(detector, item)),
    );
    const context: Context = {
      ...{ run, options, machine, platform, runtime, dataset, opened, ...init },
      scratch: { opened: denseScratch(opened) },
      decoded: PixelCache.for(given.items.length, opened.base.preprocessing),
      taskDefaults: boxDefaults(dense, train.length),
      head: boxHead(detector, first, options),
      onEvent,
    };
    return trainTask(context, boxesTask(detector, first), begin, events);
  });
}

/** Opens pictures with boxes, and reports them. @throws DataError for unusable data */
export async function openBoxData(
  platform: Platform,
  path: string,
  {
    seed,
    options: { trainSize },
    onEvent,
    signal,
  }: {
    readonly seed: number;
    readonly options: Pick<TrainOptions, "trainSize">;
    readonly onEvent: OnEvent;
    readonly signal?: AbortSignal;
  },
): Promise<BoxDataset> {
  const whole = await openBoxes(path, { seed, platform, onEvent, ...(signal && { signal }) });
  const data = trainSize === undefined ? whole : withTrainSize(whole, trainSize, seed);
  onEvent({ ...dataEvent(asDataset(data, () => 0)), task: "object-detection" });
  for (const one of data.warnings) onEvent({ event: "warning", ...one });
  return data;
}

function withTrainSize(whole: BoxDataset, some: number, seed: number): BoxDataset {
  const labelled = whole.items.map((item) => ({ ...item, label: item.objects[0]?.label ?? 0 }));
  const all = splitCounts(whole).train;
  return {
    ...whole,
    items: trainSubset(labelled, some, seed).map(({ label: _label, ...item }) => item),
    ...withSplitMessages(whole, message("training-subset", { some, all })),
  };
}
