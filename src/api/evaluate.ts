import { taskOfModel } from "../bases/model-folder/model-folder.js";
import { EngraftError } from "../core/errors.js";
import { classificationOf } from "../core/results/task.js";
import type { Dataset } from "../data/index.js";
import type { CustomEvaluation, EvaluateOptions, Evaluation } from "../inference/evaluation.js";
import { checkViews } from "../options/option-checks.js";
import { capabilitiesOf } from "../options/task-capabilities.js";
import { openMachine } from "../run/machine.js";
import { abilitiesOf, rowOf, splitsTexts, type TaskMachine } from "../tasks/registry.js";

/**
 * Score a model on data: on the items of its own test part if it knows any of them, else on all items that it
 * was neither trained nor chosen on. The task says which scores there are: accuracy for classes, R², MAE, RMSE and the
 * coverage of the stored prediction intervals for numbers.
 *
 * @param data pictures for a model of pictures, a table with the column that was learnt for one of a table, a list of
 * texts with labels for one of texts. @param options tta is for pictures.
 * @throws ModelError when the classes of the data are not the model's; DataError when nothing is left to score.
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

/** {@link evaluate} on a machine of the caller's choice. */
export async function evaluateOn(
  machine: TaskMachine,
  model: string,
  data: string | Dataset,
  options: EvaluateOptions = {},
): Promise<Evaluation | CustomEvaluation> {
  const { tta = 1, long, task: head } = options;
  checkViews(tta);
  const task = await taskOfModel(machine.platform, model);
  const refuse = (option: "long" | "task" | "tta", what: string): never => {
    throw new EngraftError("OptionError", `${what}, the model answers ${task}`, {
      help: `leave ${option} out`,
      details: { option, value: options[option] },
    });
  };
  if (long !== undefined && !splitsTexts(task)) refuse("long", "long is for classes and labels of texts");
  if (task !== classificationOf.image && head !== undefined)
    refuse("task", "task names one of several heads");
  if (tta > 1 && !capabilitiesOf(abilitiesOf(machine, task)).includes("views"))
    refuse("tta", "tta is for pictures");
  return rowOf(machine, task).evaluate(machine, model, data, options);
}
