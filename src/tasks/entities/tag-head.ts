import type { EntityData, SentenceItem } from "../../data/entities/open-entities.js";
import type { TaggedTable } from "../../data/entities/tagged-table.js";
import { fitOfPlan } from "../../methods/fit-plan.js";
import type { Context, TrainingHead } from "../../run/context.js";
import { tagValidation, wordLogits } from "./word-logits.js";

/** A run on sentences with tags. */
export interface Tagging {
  readonly context: Context;
  readonly data: EntityData;
  readonly inputs: TaggedTable;
}

export const partOf = ({ items }: EntityData, part: SentenceItem["part"]): readonly SentenceItem[] =>
  items.filter((item) => item.part === part);

/**
 * Returns a head with one logit per tag and token. A word has the tag of its first token. The best epoch has the highest F1
 * of entities on the validation split.
 */
export function tagHead(data: EntityData, inputs: TaggedTable): TrainingHead {
  const counts = new Int32Array(data.labels.length);
  for (const { tags } of partOf(data, "train")) for (const tag of tags) counts[tag]!++;
  return {
    outputs: data.labels.length,
    // Another name than "logits", which are the outputs for whole texts in a model file.
    scores: "token_logits",
    // A tag without a training word has no loss, so its weight is never used.
    counts: data.labels.map((name, i) => ({ name, count: Math.max(1, counts[i]!) })),
    objective: (plan, longest) => ({ ...fitOfPlan(plan).objective, positions: longest }),
    validate: async (evaluate, _held, signal) => {
      const answers = await wordLogits(
        evaluate,
        partOf(data, "validation"),
        inputs,
        data.labels.length,
        signal,
      );
      return tagValidation(data, answers);
    },
    metric: "f1",
  };
}
