import type { EntityData, SentenceItem } from "../../data/entities/open-entities.js";
import { spansOf } from "../../data/entities/tags.js";
import { type Tally, tally } from "../../evaluate/entities.js";
import type { Graph } from "../../graph/graph.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import { partOf, type Tagging } from "./tag-head.js";
import { answersOf, tagsSaid, type WordAnswers } from "./word-answers.js";

/** What a model with its weights inside says of the test part. */
export async function answersWith({ context, data, inputs }: Tagging, model: Graph): Promise<WordAnswers> {
  const { runtime, options } = context;
  const session = await openSession(runtime, model, { label: "the trained model" });
  try {
    return await answersOf(
      (x) => firstOutput(session, x),
      partOf(data, "test"),
      inputs,
      data.labels.length,
      options.signal,
    );
  } finally {
    await session.dispose();
  }
}

/** What is there, said and right of each sentence. */
export const talliesOf = (data: Pick<EntityData, "labels">, answers: WordAnswers): readonly Tally[] =>
  talliesOfTags(data, answers.items, tagsSaid(answers, data.labels.length));

/** The same of tags. @param said tags of each sentence's words */
export function talliesOfTags(
  { labels }: Pick<EntityData, "labels">,
  items: readonly SentenceItem[],
  said: readonly (readonly number[])[],
): readonly Tally[] {
  const named = (tags: readonly number[]) => spansOf(tags.map((tag) => labels[tag]!));
  return items.map(({ tags }, s) => tally({ truth: named(tags), predicted: named(said[s]!) }));
}
