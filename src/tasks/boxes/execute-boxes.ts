import { detectionHead } from "../../bases/dense/detection-head.js";
import type { DetectionResultEvent } from "../../core/results/dense/detection.js";
import type { BoxDataset, BoxItem } from "../../data/boxes/box-dataset.js";
import { openBoxes } from "../../data/boxes/open-boxes.js";
import { placesOf } from "../../data/boxes/places.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { itemsIn } from "../dense/as-dataset.js";
import { denseDefaults } from "../dense/dense-defaults.js";
import { executeDense } from "../dense/execute-dense.js";
import { type ReportData, reportData } from "../dense/report-data.js";
import { boxHead } from "./box-head.js";
import { boxesTask } from "./boxes-task.js";
import { type Detector, plainRows } from "./detector.js";
import { firstPredictions } from "./first-predictions.js";

/** Returns the class of the first box of a picture; 0 without one. */
const labelOf = ({ objects }: BoxItem): number => objects[0]?.label ?? 0;

/** Executes a run of object detection, from the first step or from the last checkpoint. */
export async function executeBoxes(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
): Promise<DetectionResultEvent> {
  const seed = run.manifest.split_seed ?? options.seed ?? defaults.seed;
  return executeDense(machine, run, options, {
    targets: "boxes",
    labelOf,
    load: (onEvent, signal) =>
      openBoxData(machine.platform, run.manifest.data, { seed, options, onEvent, signal }),
    defaultsOf: denseDefaults,
    async bind({ data, dense: { maps, kind }, size }) {
      const shape = detectionHead(maps, {
        classes: data.classes.length,
        hasNeck: kind === "detector",
      });
      const detector: Detector = { data, shape, size, places: placesOf(maps, size) };
      const rows = itemsIn(detector, "train").map((item) => plainRows(detector, item));
      const first = firstPredictions(detector, rows);
      return { head: boxHead(detector, first, options), task: boxesTask(detector, first) };
    },
  });
}

/** Opens pictures with boxes, and reports them. @throws DataError for unusable data */
export async function openBoxData(
  platform: Platform,
  path: string,
  { signal, ...report }: Omit<ReportData<BoxItem>, "task" | "labelOf"> & { readonly signal?: AbortSignal },
): Promise<BoxDataset> {
  const {
    seed,
    onEvent,
    options: { groupFrom },
  } = report;
  const whole = await openBoxes(path, {
    seed,
    platform,
    onEvent,
    ...(groupFrom !== undefined && { groupFrom }),
    signal,
  });
  return reportData(whole, { task: "object-detection", labelOf, ...report });
}
