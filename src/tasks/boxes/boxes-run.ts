import { detectionHead } from "../../bases/dense/detection-head.js";
import type { BoxDataset, BoxItem } from "../../data/boxes/box-dataset.js";
import { openBoxes } from "../../data/boxes/open-boxes.js";
import { placesOf } from "../../data/boxes/places.js";
import type { Platform } from "../../platform/platform.js";
import { itemsIn } from "../dense/as-dataset.js";
import { denseDefaults } from "../dense/dense-defaults.js";
import { denseRun } from "../dense/dense-run.js";
import { type ReportData, reportData } from "../dense/report-data.js";
import { boxHead } from "./box-head.js";
import { boxesTask } from "./boxes-task.js";
import { type Detector, plainRows } from "./detector.js";
import { firstPredictions } from "./first-predictions.js";

/** Returns the class of the first box of a picture; 0 without one. */
const labelOf = ({ objects }: BoxItem): number => objects[0]?.label ?? 0;

/** Runs of object detection. */
export const boxesRun = denseRun({
  targets: "boxes",
  labelOf,
  open: (path, how) => openBoxData(how.platform, path, how),
  defaultsOf: denseDefaults,
  async bind({ data, dense: { maps, kind }, size, options }) {
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
