import type { EntitiesResultEvent } from "../../core/events.js";
import { seedsByF1 } from "../seeds-by-f1.js";
import { groupsGiven } from "../tasks/targets.js";
import { type Repeatable, trainedAgain } from "../trained-again.js";
import { answersWith, talliesOf } from "./answers-with.js";
import type { PlannedTags } from "./plan-tags.js";
import { scratchTags } from "./scratch-tags.js";
import { type Tagging, tagStage } from "./stage.js";
import type { WordAnswers } from "./word-answers.js";

/** The run's own training on entities, which the others are beside. */
export interface FirstTags extends Repeatable {
  readonly planned: PlannedTags;
  readonly answers: WordAnswers;
  /** Of its run from scratch; missing without baselines. */
  readonly scratch?: WordAnswers;
}

/** The training on entities with the seeds after the run's own: see {@link seedsByF1}. */
export function moreTagSeeds(
  tagging: Tagging,
  first: FirstTags,
): Promise<Pick<EntitiesResultEvent, "by_seed" | "verdict">> {
  const { scratch, planned } = first;
  const found = (answers: WordAnswers) => talliesOf(tagging, answers);
  return seedsByF1(tagging.context, {
    first: found(first.answers),
    again: async (context, suffix) => found(await again({ ...tagging, context }, first, suffix)),
    ...(scratch && {
      scratch: {
        first: found(scratch),
        again: async (context, suffix) =>
          found((await scratchTags({ ...tagging, context }, planned, { suffix })).answers),
      },
    }),
    items: "sentences",
    ...groupsGiven(tagging.data.items.filter(({ part }) => part === "test")),
  });
}

/** @returns the answers of the context's seed on the test part */
async function again(tagging: Tagging, first: FirstTags, suffix: string): Promise<WordAnswers> {
  const model = await trainedAgain(tagging.context, first, suffix, (blank, plan, stage) =>
    tagStage(tagging, blank, plan, stage),
  );
  return model ? answersWith(tagging, model) : first.answers;
}
