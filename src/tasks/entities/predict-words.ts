import type { EntityData, SentenceItem } from "../../data/entities/open-entities.js";
import { spansOf } from "../../data/entities/tags.js";
import { type Tally, tally } from "../../evaluate/entities.js";
import type { Graph } from "../../graph/graph.js";
import type { Role } from "../../run/trainable-task.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import { partOf, type Tagging } from "./tag-head.js";
import { predictedTags, type WordLogits, wordLogits } from "./word-logits.js";

/** Logits of a tagger. */
export interface TagLogits {
  readonly test: WordLogits;
  /** For the validation split. Missing if no choice depends on them. */
  readonly held?: WordLogits;
}

/** Returns the logits of a model whose weights are initializers. */
export async function predictWords(
  { context, data, inputs }: Tagging,
  model: Graph,
  role: Role,
): Promise<TagLogits> {
  const { machine, options } = context;
  const session = await openSession(machine.runtime, model, { label: "the trained model" });
  const predictOn = (split: "validation" | "test"): Promise<WordLogits> =>
    wordLogits(
      (x) => firstOutput(session, x),
      partOf(data, split),
      inputs,
      data.labels.length,
      options.signal,
    );
  try {
    const test = await predictOn("test");
    return role === "own" && options.baselines ? { test, held: await predictOn("validation") } : { test };
  } finally {
    await session.dispose();
  }
}

/** Returns the numbers of true, predicted and correct entities of each sentence. */
export const countEntities = (data: Pick<EntityData, "labels">, answers: WordLogits): readonly Tally[] =>
  countEntitiesOfTags(data, answers.items, predictedTags(answers, data.labels.length));

/** Returns {@link countEntities} for predicted tags. @param predicted tags of each sentence's words */
export function countEntitiesOfTags(
  { labels }: Pick<EntityData, "labels">,
  items: readonly SentenceItem[],
  predicted: readonly (readonly number[])[],
): readonly Tally[] {
  const named = (tags: readonly number[]) => spansOf(tags.map((tag) => labels[tag]!));
  return items.map(({ tags }, s) => tally({ truth: named(tags), predicted: named(predicted[s]!) }));
}
