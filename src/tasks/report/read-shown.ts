// What the page of a run shows besides its result: samples and charts, from the run's folder and its data.
import type { TrainResultEvent } from "../../core/events/events.js";
import type { ResultOf } from "../../core/results/result-of.js";
import type { Task } from "../../core/results/task.js";
import type { Machine } from "../../run/machine.js";
import type { ShownRun } from "../../run/report/run-report.js";

type Read<R> = (machine: Machine, result: R, run: ShownRun) => Promise<object>;

const classes: Read<TrainResultEvent> = async (...given) =>
  (await import("../classes/shown-classes.js")).shownClasses(...given);

const readers: { readonly [T in Task]?: Read<never> } = {
  "audio-classification": classes,
  "image-classification": classes,
  "image-segmentation": async ({ platform }, result: ResultOf<"image-segmentation">, { samples }) =>
    (await import("../masks/shown-masks.js")).shownMasks(platform, result, samples),
  "object-detection": async ({ platform }, result: ResultOf<"object-detection">, { samples }) =>
    (await import("../boxes/shown-boxes.js")).shownBoxes(platform, result, samples),
  "text-classification": classes,
};

/** Returns a result with what its run's folder and its data have besides. */
export async function withShown<R extends ResultOf<Task>>(
  machine: Machine,
  result: R,
  run: ShownRun,
): Promise<R> {
  return { ...result, ...(await readers[result.task]?.(machine, result as never, run)) };
}
