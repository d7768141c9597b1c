import { readTokenFolder } from "../../bases/model-folder/token-folder.js";
import { openEntities, requireTypes } from "../../data/entities/open-entities.js";
import { taggedTable } from "../../data/entities/tagged-table.js";
import { parseTag } from "../../data/entities/tags.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EntityEvaluation, EvaluateOptions } from "../../inference/evaluation.js";
import type { Machine } from "../../run/machine.js";
import { tokenEvaluator } from "../texts/token-evaluator.js";
import { lossOf, predictedTags, scoresOfTags, wordLogits } from "./word-logits.js";

/** Scores a model of token classification. @throws DataError for types that the model does not have */
export async function evaluateEntities(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<EntityEvaluation> {
  const { platform } = machine;
  const { signal, onEvent, groupFrom, seed = 0 } = options;
  const folder = await readTokenFolder(platform, model, "tokens");
  const { classes, tokenizer } = folder;
  const { classNames } = options;
  const opened = await openEntities(platform, data, { seed, emptyParts: true, groupFrom, classNames });
  for (const one of opened.warnings) onEvent?.({ event: "warning", ...one });
  const types = [...new Set(classes.map((label) => parseTag(label)?.type ?? "").filter((t) => t !== ""))];
  requireTypes(opened.types, types, opened.root);
  // A model with another tagging scheme lacks some tags. Tags that it never predicts stand at the end.
  const labels = [...classes, ...opened.labels.filter((label) => !classes.includes(label))];
  const tagOf = opened.labels.map((label) => labels.indexOf(label));
  const items = opened.items.map((item) => ({ ...item, tags: item.tags.map((tag) => tagOf[tag]!) }));
  const scored = { items, root: opened.root, unit: "sentences" } as const;
  return evaluateModel(machine, folder, scored, options, async (session, chosen) => {
    const inputs = taggedTable(chosen, tokenizer, signal ? { signal } : {});
    const answers = await wordLogits(tokenEvaluator(folder, session), chosen, inputs, classes.length, signal);
    const predicted = predictedTags(answers, classes.length, Math.max(0, labels.indexOf("O")));
    const loss = labels.length === classes.length ? lossOf(answers, classes.length) : null;
    const test = scoresOfTags({ labels, types }, chosen, predicted, { loss, seen: answers.seen });
    return { task: "token-classification" as const, test };
  });
}
