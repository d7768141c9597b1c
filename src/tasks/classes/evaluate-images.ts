import type { ModelFolder } from "../../bases/model-folder/model-folder.js";
import type { NamedHead } from "../../bases/task-heads.js";
import { EngraftError } from "../../core/errors.js";
import { openImages } from "../../data/images/open-images.js";
import type { Dataset } from "../../data/index.js";
import { listName } from "../../data/split/found.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, PictureEvaluation } from "../../inference/evaluation.js";
import { openImageFolder } from "../../inference/image-folder.js";
import { modelLabels } from "../../inference/scored-items.js";
import type { Platform } from "../../platform/platform.js";
import type { Machine } from "../../run/machine.js";
import { openData } from "../../run/setup.js";
import { scorePredictions } from "./score-predictions.js";

/** Scores a model of image classification, or one head of several. @throws as `evaluate` */
export async function evaluateImages(
  machine: Machine,
  model: string,
  data: string | Dataset,
  options: EvaluateOptions,
): Promise<PictureEvaluation> {
  const { platform } = machine;
  const { tta: views = 1, signal, onEvent } = options;
  // Opened before the images, so that a model that does not fit its class list fails early.
  const folder = await openImageFolder(platform, model);
  const dataset = await openData(
    await columnOf(data, folder, options, platform),
    { ...options, emptyParts: true },
    platform,
  );
  const head = headFor(folder, dataset, options.task);
  // The calibration on the validation split is for a model with one head.
  const scorer = head ? { ...folder, classes: head.classes, engraft: undefined } : folder;
  const labels = modelLabels(dataset, scorer, "name the class folders as the model's config.json does");
  const scored = { ...dataset, unit: "pictures" } as const;
  const evaluation = await evaluateModel(machine, folder, scored, options, async (session, items) => {
    const logits = await folder.scores(session, items, { views, head, signal });
    return {
      task: "image-classification" as const,
      ...scorePredictions(scorer, { items, labels }, logits, onEvent),
    };
  });
  return {
    ...evaluation,
    ...(head && { scored: `task ${head.name}: ${evaluation.scored}` }),
    ...(views > 1 && { tta: views }),
  };
}

/** Opens the data with the labels of a task: a list has them in the column with the name of the task. */
async function columnOf(
  data: string | Dataset,
  folder: ModelFolder,
  { task, seed = 0, quotes, classNames, groupFrom, signal, onEvent }: EvaluateOptions,
  platform: Platform,
): Promise<string | Dataset> {
  if (task === undefined) return data;
  const names = folder.tasks?.map(({ name }) => name) ?? [];
  if (!names.includes(task))
    throw new EngraftError("OptionError", `the model has no task ${JSON.stringify(task)}`, {
      at: folder.dir,
      help: names.length > 0 ? `its tasks are ${names.join(", ")}` : "it has one head: leave --task out",
      details: { task, tasks: names },
    });
  if (typeof data !== "string" || !listName.test(data)) return data;
  const opened = {
    seed,
    platform,
    emptyParts: true,
    quotes,
    classNames,
    groupFrom,
    signal,
    onEvent,
  };
  return openImages(data, { ...opened, labelColumn: task }).catch((error: unknown) => {
    // A list for this task alone may name its column "label".
    if (error instanceof EngraftError && /has no column/.test(error.message)) return data;
    throw error;
  });
}

/** Returns the head that is scored; undefined if the model has only one. */
function headFor(
  { tasks }: ModelFolder,
  { classes }: Dataset,
  requested: string | undefined,
): NamedHead | undefined {
  if (requested !== undefined) return tasks?.find(({ name }) => name === requested);
  return tasks?.find((head) => classes.every((name) => head.classes.includes(name))) ?? tasks?.[0];
}
