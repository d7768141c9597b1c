import type { LoadedModel } from "../../../api/load.js";
import { EngraftError } from "../../../core/errors.js";
import { classificationOf, hasTask, isTaskWith, taskFacts } from "../../../core/results/task.js";
import type { OptionsOf } from "../../options/options.js";
import { refuseTrust } from "../../render/render-assessment.js";

/** Refuses options that the model cannot use. @throws OptionError */
export function refuseOptions(model: LoadedModel, options: OptionsOf<"predict">): void {
  const { task } = model;
  const { tta = 1, text, textA, textB, draw, threshold } = options;
  const refuse = (names: string, models: string): never => {
    throw new EngraftError("OptionError", `${names} ${models}, and this is of ${task}`, {
      help: names.startsWith("--text") ? "leave them out" : `leave ${names} out`,
    });
  };
  if (!isTaskWith(task, { head: "classes" })) refuseTrust(options, task);
  const [hasBoxes, hasMasks] = [isTaskWith(task, { head: "boxes" }), isTaskWith(task, { head: "masks" })];
  if (tta > 1 && (hasBoxes || hasMasks))
    refuse("--tta", "is for models of classes, labels and numbers of pictures");
  if (tta > 1 && !takesImages(model)) refuse("--tta", "is for models of pictures");
  const takesTexts = task === classificationOf.text || isTaskWith(task, { head: "labels" });
  if ([text, textA, textB].some((one) => one !== undefined) && !takesTexts)
    refuse("--text, --text-a and --text-b", "are for models of texts");
  if (draw !== undefined && !hasBoxes && !hasMasks) refuse("--draw", "is for models of boxes and masks");
  if (threshold !== undefined && !hasBoxes) refuse("--threshold", "is for models of boxes");
}

/** True if a model predicts for images. A model with several heads does. */
const takesImages = (model: LoadedModel): boolean =>
  hasTask(model, { head: "labels" })
    ? model.unit === "pictures"
    : isTaskWith(model.task, { input: "image" }) || !(model.task in taskFacts);
