import type { Task } from "../core/results/task.js";
import { pictureAugmentation } from "../options/augment-options.js";
import type { TrainOptions } from "../options/options.js";
import { refuseOthers } from "./detect.js";

/**
 * What a run would refuse of its options as soon as it knows its task: asked where many runs are to come, so that nothing has
 * begun when it is said. What depends on the base is not.
 *
 * @param unit of several labels: what has them, once it is known
 * @throws OptionError as the run would
 */
export async function checkForTask(
  task: Task,
  options: Readonly<Partial<TrainOptions>>,
  unit?: "pictures" | "texts",
): Promise<void> {
  refuseOthers(task, options);
  if (task.startsWith("tabular")) {
    const { requireStart } = await import("./tables/execute-table.js");
    requireStart(options);
  }
  if (task === "image-regression") {
    const { requireNumbers } = await import("./numbers/targets.js");
    requireNumbers(options);
  }
  if (task === "token-classification") {
    const { requireEntities } = await import("./entities/require-entities.js");
    requireEntities(options);
  }
  if (task === "multi-label-classification") {
    const { requireLabels } = await import("./labels/require-labels.js");
    requireLabels(options);
  }
  if (task === "text-classification" || (task === "multi-label-classification" && unit === "texts")) {
    const { textAugmentation } = await import("./texts/text-change.js");
    textAugmentation(options);
  }
  if (task.startsWith("image") || (task === "multi-label-classification" && unit === "pictures"))
    pictureAugmentation(options);
}
