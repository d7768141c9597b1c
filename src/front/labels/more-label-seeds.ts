import type { LabelsResultEvent } from "../../core/events.js";
import { labelsSaid, tallyLabels } from "../../evaluate/labels.js";
import type { Context } from "../context.js";
import { predictWith } from "../feeds.js";
import { heldOf, itemsOf, type Planned, stageOf } from "../planned.js";
import { scratchAnswers } from "../scratch.js";
import { seedsByF1, type Tallies } from "../seeds-by-f1.js";
import { fedBy } from "../setup.js";
import { groupsGiven } from "../tasks/targets.js";
import { type Repeatable, trainedAgain } from "../trained-again.js";
import { targetsOf } from "./label-judge.js";

/** Raw scores of the test and the validation part, float32[N, L]. */
interface LabelAnswers {
  readonly test: Float32Array;
  readonly held: Float32Array;
}

/** The run's own training on several labels, which the others are beside. */
export interface FirstLabels extends Repeatable {
  readonly planned: Planned;
  readonly answers: LabelAnswers;
  /** Raw scores of the run from scratch on the test part, and the rate that was found for it. */
  readonly scratch?: { readonly test: Float32Array; readonly rate?: number };
  /** Thresholds of a model, by what it says of the validation part; and of what stands beside it. */
  readonly thresholdsOf: (held: Float32Array) => readonly number[];
  readonly fixed: readonly number[];
  readonly unit: LabelsResultEvent["unit"];
}

/** The training on several labels with the seeds after the run's own: see {@link seedsByF1}. */
export function moreLabelSeeds(
  context: Context,
  first: FirstLabels,
): Promise<Pick<LabelsResultEvent, "by_seed" | "verdict">> {
  const { scratch, thresholdsOf, fixed } = first;
  const labels = context.dataset.classes.length;
  const test = itemsOf(context, "test");
  const truth = targetsOf(test, labels);
  const found = (logits: Float32Array, thresholds: readonly number[]): Tallies =>
    tallyLabels(labelsSaid(logits, labels, thresholds), truth, labels);
  return seedsByF1(context, {
    first: found(first.answers.test, thresholdsOf(first.answers.held)),
    again: async (its, suffix) => {
      const { test, held } = await again(its, first, suffix);
      return found(test, thresholdsOf(held));
    },
    ...(scratch && {
      scratch: {
        first: found(scratch.test, fixed),
        again: async (its, suffix) => found(await scratchAgain(its, first, suffix), fixed),
      },
    }),
    items: first.unit,
    ...groupsGiven(test),
  });
}

/** @returns the scores of the context's seed */
async function again(context: Context, first: FirstLabels, suffix: string): Promise<LabelAnswers> {
  const { options, opened, runtime, dataset } = context;
  const model = await trainedAgain(context, first, suffix, (blank, plan, stage) =>
    stageOf(context, blank, plan, stage, "training"),
  );
  if (!model) return first.answers;
  const fed = fedBy(opened, model);
  const scoresOf = async (part: "validation" | "test") =>
    (await predictWith(runtime, fed, heldOf(context, part), dataset.classes.length, options.signal)).logits;
  return { test: await scoresOf("test"), held: await scoresOf("validation") };
}

async function scratchAgain(
  context: Context,
  { planned, scratch }: FirstLabels,
  suffix: string,
): Promise<Float32Array> {
  const { predictions } = await scratchAnswers(context, {
    blank: planned.plain,
    plans: planned.scratch,
    prepare: (net, its, stage) => stageOf(context, net, its, stage, "scratch"),
    test: heldOf(context, "test"),
    suffix,
    ...(scratch?.rate !== undefined && { rate: scratch.rate }),
  });
  return predictions.logits;
}
