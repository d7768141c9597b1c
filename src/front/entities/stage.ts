import { stopIf } from "../../core/errors.js";
import { permutation } from "../../core/random.js";
import type { EntityData, SentenceItem } from "../../data/entities/open-entities.js";
import type { TaggedTable } from "../../data/entities/tagged-table.js";
import { batchesByLength } from "../../data/lengths.js";
import type { Graph } from "../../graph/graph.js";
import { fitOfPlan } from "../../methods/fit-plan.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { type Fit, prepareFit } from "../../train/fit.js";
import type { StepFeeds } from "../../train/loop.js";
import { feedNames } from "../../train/state-names.js";
import type { Context } from "../context.js";
import { stepsOf } from "../feeds.js";
import { lengthsOf } from "../lengths-of.js";
import { defaults, memoryOf, recomputeOf } from "../options.js";
import { answersOf, tagValidation } from "./word-answers.js";

/** What trainings on sentences share. */
export interface Tagging {
  readonly context: Context;
  readonly data: EntityData;
  readonly inputs: TaggedTable;
}

export const partOf = ({ items }: EntityData, part: SentenceItem["part"]): readonly SentenceItem[] =>
  items.filter((item) => item.part === part);

const isTrain = ({ part }: { readonly part: SentenceItem["part"] }): boolean => part === "train";

/**
 * Build and load the training of a model by a plan: cross-entropy of the words' tags, read at their first sub-words.
 * @throws OperatorError when a gradient cannot pass
 */
export function tagStage(
  { context, data, inputs }: Tagging,
  model: Graph,
  plan: TrainingPlan,
  stage: string,
): Promise<Fit> {
  const { run, runtime, options, platform, onEvent } = context;
  const { signal, checkpointSeconds, seed = defaults.seed } = options;
  const store = run.store(stage);
  const train = partOf(data, "train");
  const validation = partOf(data, "validation");
  const whole = plan.batchNorm === "train";
  const fit = fitOfPlan(plan);
  const sizes = lengthsOf(inputs, context.dataset.items.filter(isTrain), plan.batch);
  const longest = Math.max(...sizes);
  return prepareFit({
    runtime,
    model: plan.adaptation?.graph ?? model,
    ...fit,
    objective: { ...fit.objective, positions: longest },
    lengths: { sizes, fill: inputs.fill },
    items: inputs.unit,
    stepsPerEpoch: stepsOf(train.length, plan.batch, whole),
    feeds: (epoch, from) =>
      tagFeeds(
        { items: train, inputs, sizes, batch: plan.batch, seed, ...(signal && { signal }) },
        epoch,
        from,
        whole,
      ),
    validate: async (evaluate) => {
      const answers = await answersOf(evaluate, validation, inputs, data.labels.length, signal);
      return tagValidation(data, answers);
    },
    metric: "f1",
    stage,
    memoryBytes: memoryOf(options, platform.memoryBytes()),
    recompute: recomputeOf(options),
    keepsWhatWasGood: true,
    phase: stage.startsWith("scratch") ? "scratch" : "training",
    ...(store && { store }),
    ...(checkpointSeconds !== undefined && { checkpointSeconds }),
    onEvent,
    ...(signal && { signal }),
  });
}

/** Feeds of the steps of one epoch, of sentences of about one length each; the short batch is filled up with its first sentence at weight 0. */
export async function* tagFeeds(
  source: {
    readonly items: readonly SentenceItem[];
    readonly inputs: TaggedTable;
    /** Lengths that batches are filled up to, ascending. */
    readonly sizes: readonly number[];
    readonly batch: number;
    readonly seed: number;
    readonly signal?: AbortSignal;
  },
  epoch: number,
  from: number,
  whole: boolean,
): AsyncGenerator<StepFeeds> {
  const { items, inputs, sizes, batch, seed, signal } = source;
  const names = feedNames("train");
  const order = permutation(items.length, seed, "order", epoch);
  const lengthOf = (i: number) => inputs.lengthOf(items[i]!);
  const all = batchesByLength(order, lengthOf, { batch, sizes, seed, epoch });
  for (const { indices, size } of all.filter((one) => !whole || one.indices.length === batch).slice(from)) {
    stopIf(signal);
    const rows = Array.from({ length: batch }, (_, i) => items[indices[i] ?? indices[0]!]!);
    const { labels, weights } = inputs.tagsOf(rows, size);
    weights.fill(0, indices.length * size);
    const dims = [batch * size];
    yield {
      [names.x]: inputs.tensor(rows, size),
      [names.labels]: { dtype: "int64", dims, data: labels },
      [names.weights]: { dtype: "float32", dims, data: weights },
    };
  }
}
