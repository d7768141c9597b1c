import { taskOfModel } from "../bases/model-folder/model-folder.js";
import { EngraftError } from "../core/errors.js";
import { isBaseClassification, isTaskWith } from "../core/results/task.js";
import type { Dataset } from "../data/index.js";
import { sourceOf } from "../data/source.js";
import type { CustomEvaluation, EvaluateOptions, Evaluation } from "../inference/evaluation.js";
import { capabilities } from "../methods/capabilities.js";
import { checkViews } from "../options/option-checks.js";
import { capabilitiesOf } from "../options/task-capabilities.js";
import { openMachine } from "../run/machine.js";
import { abilitiesOf, rowOf, splitsTexts, type TaskMachine } from "../tasks/registry.js";

/**
 * Scores a model on data. It scores the samples of the model's own test split if the data contain any, else all samples that
 * were not used for training or validation. The scores depend on the task: accuracy for classes; R², MAE, RMSE and the
 * coverage of the stored prediction intervals for numbers.
 *
 * @param data labelled pictures, sounds, texts or rows of a table, as for `train`
 * @param options `tta` is for pictures
 * @throws ModelError if the classes of the data are not those of the model; DataError if no sample is left to score
 * @example
 * const scored = await evaluate(run.model, "houses.csv");
 * if (scored.task === "tabular-regression") console.log(scored.test.r2, scored.test.outputs[0]?.prediction_interval);
 * else if (scored.task === "image-classification") console.log(scored.test.accuracy);
 */
export async function evaluate(
  model: string,
  data: string | Dataset,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  return (await evaluateOn(await openMachine(), model, data, options)) as Evaluation;
}

/** Runs {@link evaluate} on a given machine. */
export async function evaluateOn(
  machine: TaskMachine,
  model: string,
  data: string | Dataset,
  options: EvaluateOptions = {},
): Promise<Evaluation | CustomEvaluation> {
  const { tta = 1, long, task: head, coco } = options;
  checkViews(tta);
  const task = await taskOfModel(machine.platform, model);
  const refuse = (option: "coco" | "long" | "task" | "tta", what: string): never => {
    throw new EngraftError("OptionError", `${what}, the model answers ${task}`, {
      help: `leave ${option} out`,
      details: { option, value: options[option] },
    });
  };
  if (long !== undefined && !splitsTexts(task))
    refuse("long", "long is for classes, labels and numbers of texts");
  if (!isBaseClassification(task) && head !== undefined) refuse("task", "task names one of several heads");
  if (tta > 1 && !capabilitiesOf(abilitiesOf(machine, task)).includes("views"))
    refuse("tta", `tta ${capabilities.views.says}`);
  if (coco !== undefined && !isTaskWith(task, { head: "boxes" })) refuse("coco", "coco is for boxes");
  const { evaluate: score } = rowOf(machine, task);
  if (typeof data !== "string") return score(machine, model, data, options);
  const source = sourceOf(machine.platform, data);
  try {
    return await score({ ...machine, platform: source.platform }, model, data, options);
  } catch (error) {
    const { namingOtherTask } = await import("../tasks/detect.js");
    throw await namingOtherTask(error, source, task, options);
  } finally {
    source.forget();
  }
}
