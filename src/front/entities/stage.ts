import { stopIf } from "../../core/errors.js";
import { permutation } from "../../core/random.js";
import type { EntityData, SentenceItem } from "../../data/entities/open-entities.js";
import type { TaggedTable } from "../../data/entities/tagged-table.js";
import type { Graph } from "../../graph/graph.js";
import { fitOfPlan } from "../../methods/fit-plan.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { type Fit, prepareFit } from "../../train/fit.js";
import type { StepFeeds } from "../../train/loop.js";
import { feedNames } from "../../train/state-names.js";
import type { Context } from "../context.js";
import { stepsOf } from "../feeds.js";
import { defaults, memoryOf, recomputeOf } from "../options.js";
import { sayingF1 } from "../saying-f1.js";
import { answersOf, f1AndLoss } from "./word-answers.js";

/** What trainings on sentences share. */
export interface Tagging {
  readonly context: Context;
  readonly data: EntityData;
  readonly inputs: TaggedTable;
}

export const partOf = ({ items }: EntityData, part: SentenceItem["part"]): readonly SentenceItem[] =>
  items.filter((item) => item.part === part);

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
  return prepareFit({
    runtime,
    model: plan.adaptation?.graph ?? model,
    ...fit,
    objective: { ...fit.objective, positions: inputs.longest },
    lengths: { sizes: [inputs.longest], fill: inputs.fill },
    items: inputs.unit,
    stepsPerEpoch: stepsOf(train.length, plan.batch, whole),
    feeds: (epoch, from) =>
      tagFeeds(
        { items: train, inputs, batch: plan.batch, seed, ...(signal && { signal }) },
        epoch,
        from,
        whole,
      ),
    validate: async (evaluate) => {
      const answers = await answersOf(evaluate, validation, inputs, data.labels.length, signal);
      const { f1, loss } = f1AndLoss(data, answers);
      return { loss, accuracy: f1 };
    },
    stage,
    memoryBytes: memoryOf(options, platform.memoryBytes()),
    recompute: recomputeOf(options),
    keepsWhatWasGood: true,
    phase: stage.startsWith("scratch") ? "scratch" : "training",
    ...(store && { store }),
    ...(checkpointSeconds !== undefined && { checkpointSeconds }),
    onEvent: sayingF1(onEvent),
    ...(signal && { signal }),
  });
}

/** Feeds of the steps of one epoch; the last short batch is filled up with its first sentence at weight 0. */
export async function* tagFeeds(
  source: {
    readonly items: readonly SentenceItem[];
    readonly inputs: TaggedTable;
    readonly batch: number;
    readonly seed: number;
    readonly signal?: AbortSignal;
  },
  epoch: number,
  from: number,
  whole: boolean,
): AsyncGenerator<StepFeeds> {
  const { items, inputs, batch, seed, signal } = source;
  const names = feedNames("train");
  const order = permutation(items.length, seed, "order", epoch);
  const last = whole ? order.length - (order.length % batch) : order.length;
  for (let begin = from * batch; begin < last; begin += batch) {
    stopIf(signal);
    const indices = order.slice(begin, Math.min(begin + batch, last));
    const rows = Array.from({ length: batch }, (_, i) => items[indices[i] ?? indices[0]!]!);
    const { labels, weights } = inputs.tagsOf(rows, inputs.longest);
    weights.fill(0, indices.length * inputs.longest);
    const dims = [batch * inputs.longest];
    yield {
      [names.x]: inputs.tensor(rows, inputs.longest),
      [names.labels]: { dtype: "int64", dims, data: labels },
      [names.weights]: { dtype: "float32", dims, data: weights },
    };
  }
}
