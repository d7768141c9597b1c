import { taskOfModel } from "../bases/model-folder/model-folder.js";
import { EngraftError } from "../core/errors.js";
import { modalityOf } from "../core/modalities.js";
import { factsOf, isCustomTask, type Task } from "../core/results/task.js";
import type { LoadOptions } from "../inference/model-session.js";
import { type Check, checkAgainst, oneOf, whole } from "../options/option-checks.js";
import { openMachine } from "../run/machine.js";
import { deviceChoices } from "../runtime/device.js";
import type { CustomModel } from "../tasks/custom/custom-model.js";
import { rowOf, splitsTexts, type TaskMachine } from "../tasks/registry.js";
import type { ModelByTask } from "../tasks/task-table.js";

/** Loaded model: a union that the field `task` narrows. Every model has `predict` and `close`. */
export type LoadedModel = ModelByTask[Task];

const checks: Readonly<Record<string, Check>> = {
  threads: whole(1, 1024),
  device: oneOf(...deviceChoices),
  long: oneOf("truncate", "split"),
  onWarning: { allowed: "a function", holds: (value) => typeof value === "function" },
  onCut: { allowed: "a function", holds: (value) => typeof value === "function" },
};

/**
 * Loads the model of a folder, whatever its task.
 *
 * @param folder a model folder, or the run folder around it; also a folder in the layout of the Hugging Face hub, and one
 * that holds an adapter only
 * @returns the model; its `task` says what `predict` takes and returns
 * @throws ModelError for a folder without a model, and for a task that this version does not know
 * @example
 * const model = await load("runs/2026-01-31-flowers");
 * if (model.task === "image-classification") console.log(await model.predict("rose.jpg", { top: 3 }));
 * if (model.task === "text-classification") console.log(await model.predict(["a book I could not put down"]));
 * await model.close();
 */
export async function load(folder: string, options: LoadOptions = {}): Promise<LoadedModel> {
  return (await loadOn(await openMachine(), folder, options)) as LoadedModel;
}

/** Runs {@link load} on a given machine. */
export async function loadOn(
  machine: TaskMachine,
  folder: string,
  options: LoadOptions = {},
): Promise<LoadedModel | CustomModel> {
  checkAgainst(checks, { ...options });
  const task = await taskOfModel(machine.platform, folder);
  if (options.long !== undefined && !splitsTexts(task))
    throw new EngraftError(
      "OptionError",
      `long is for classes, labels and numbers of texts, and this model is of ${task}`,
      {
        at: folder,
        help: "leave long out",
        details: { option: "long", value: options.long, task },
      },
    );
  const model = await rowOf(machine, task).load(machine, folder, options);
  const input = "unit" in model ? modalityOf(model.unit) : !isCustomTask(task) && factsOf(task).input;
  return input === "image" ? model : takingLists(model);
}

/** Returns a model whose `predict` and `assess` refuse an input that is not in a list, which models of pictures take. */
function takingLists<Model extends LoadedModel | CustomModel>(model: Model): Model {
  const checked = ["predict", "assess"].flatMap((name) => {
    const own = model[name as keyof Model];
    if (typeof own !== "function") return [];
    const call = async (inputs: unknown, ...rest: readonly unknown[]) => {
      if (Array.isArray(inputs)) return own.call(model, inputs, ...rest);
      throw new EngraftError("OptionError", `${name} takes a list of inputs, and got ${typeof inputs}`, {
        help: `put the input into a list: ${name}([input])`,
      });
    };
    return [[name, call]];
  });
  return { ...model, ...Object.fromEntries(checked) };
}
