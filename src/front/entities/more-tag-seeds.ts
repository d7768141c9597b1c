import { roundedAs, type storedAs } from "../../bases/weight-storage.js";
import type { EntitiesResultEvent } from "../../core/events.js";
import type { Graph } from "../../graph/graph.js";
import { defaults } from "../options.js";
import { toldDivergence } from "../rate-of.js";
import { seedsByF1 } from "../seeds-by-f1.js";
import type { Trained } from "../train-from.js";
import { trainedModel } from "../trained-model.js";
import { answersWith, talliesOf } from "./answers-with.js";
import type { PlannedTags } from "./plan-tags.js";
import { scratchTags } from "./scratch-tags.js";
import { type Tagging, tagStage } from "./stage.js";
import type { WordAnswers } from "./word-answers.js";

/** The run's own training on entities, which the others are beside. */
export interface FirstTags {
  readonly planned: PlannedTags;
  /** The model with the probe's head, and how its file holds weights. */
  readonly probed: Graph;
  readonly stored: ReturnType<typeof storedAs>;
  /** Missing for a probe: it is solved, and no seed changes it. */
  readonly fitted?: Trained;
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
  });
}

/** The training of the run with the context's seed. @returns its answers on the test part */
async function again(
  tagging: Tagging,
  { planned, probed, stored, fitted, answers }: FirstTags,
  suffix: string,
): Promise<WordAnswers> {
  const { context } = tagging;
  const { trained, blank } = planned;
  if (!trained || !fitted) return answers;
  const { seed = defaults.seed } = context.options;
  const plan = planned.replan({ ...fitted.asked, seed });
  const stage = `${trained.stage}${suffix}`;
  const fit = await tagStage(tagging, blank, plan, stage);
  const result = await fit.run(fitted.start, { rates: plan.groups.map((g) => g.rate) });
  await toldDivergence(context, stage, fit, result, fitted.start);
  await fit.dispose();
  const { model } = await trainedModel(context, probed, result, plan);
  return answersWith(tagging, roundedAs(model, stored));
}
