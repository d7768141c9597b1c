import type { Dataset } from "../../data/index.js";
import { listName } from "../../data/split/found.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, PictureEvaluation } from "../../inference/evaluation.js";
import { openImageFolder } from "../../inference/image-folder.js";
import { modelLabels } from "../../inference/scored-items.js";
import type { Machine } from "../../run/machine.js";
import { openData } from "../../run/setup.js";
import { scorePredictions } from "./score-predictions.js";
import { openForHead, scoredHead, withHeadName } from "./scored-head.js";

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
  const isList = typeof data === "string" && listName.test(data);
  const { target: _, ...usual } = options;
  const dataset = await openForHead(folder, usual, (target) =>
    openData(data, { ...usual, emptyParts: true, ...(isList && { target }) }, platform),
  );
  const head = scoredHead(folder, dataset.classes, options.task);
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
    scored: withHeadName(head, evaluation.scored),
    ...(views > 1 && { tta: views }),
  };
}
