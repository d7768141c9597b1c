import type { LanguageModel } from "../../bases/language-model.js";
import type { OnEvent, TrainableEvent } from "../../core/events/events.js";
import { groupName, message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { parametersOf } from "../../graph/surgery/index.js";
import { optimizerTable, usual } from "../../methods/recipe.js";
import {
  type OptimizerName,
  optimizers,
  type Schedule,
  schedules,
  type Transform,
} from "../../optim/index.js";
import { recomputeOf } from "../../options/options.js";
import type { Runtime } from "../../runtime/runtime.js";
import { type CheckpointStore, type Fit, prepareFit } from "../../train/fit.js";
import { languageModelling } from "../../train/objectives/language-objective.js";
import { type PretrainOptions, pretrainDefaults } from "./options.js";
import type { LanguageRows } from "./rows.js";
import { lossesOf, meanOf } from "./scores.js";

/**
 * Rates of the head: over frozen features it begins with nothing and the loss is convex in it, so that it bears more than
 * beside weights that move with it, where it takes what `finetune`'s head does.
 */
const [headRate, otherRate] = [5e-3, usual.rate] as const;
/** Epochs without a better one after which the head is as good as it gets. */
const patience = 2;

/** One training of a language model. */
export interface StagePlan {
  readonly stage: "head" | "pretrain";
  readonly groups: TrainableEvent["groups"];
  readonly trainable: readonly { readonly value: string; readonly group: number; readonly decay: boolean }[];
}

const sizeOf = (graph: Graph, value: string): number => graph.initializers.get(value)!.data.length;

/** The head alone, over features that stay as they are. */
export function headPlan({ graph, head }: LanguageModel): StagePlan {
  return {
    stage: "head",
    groups: [
      {
        ...groupName(message("group-word-head")),
        rate: headRate,
        values: head.length,
        parameters: head.reduce((n, v) => n + sizeOf(graph, v), 0),
      },
    ],
    trainable: head.map((value, i) => ({ value, group: 0, decay: i === 0 })),
  };
}

/** All weights: those of the base at a rate, the head at a fresh layer's. */
export function bodyPlan({ graph, head }: LanguageModel, rate: number): StagePlan {
  const own = new Set(head);
  const body = parametersOf(graph).filter((p) => p.kind !== "statistic" && !own.has(p.value));
  const parameters = body.reduce((n, p) => n + p.size, 0);
  const ofHead = head.reduce((n, v) => n + sizeOf(graph, v), 0);
  return {
    stage: "pretrain",
    groups: [
      { ...groupName(message("group-base")), rate, values: body.length, parameters },
      ...(head.length > 0
        ? [
            {
              ...groupName(message("group-word-head")),
              rate: otherRate,
              values: head.length,
              parameters: ofHead,
            },
          ]
        : []),
    ],
    trainable: [
      ...body.map((p) => ({ value: p.value, group: 0, decay: p.kind === "weight" })),
      ...head.map((value, i) => ({ value, group: 1, decay: i === 0 })),
    ],
  };
}

export interface StageContext {
  readonly runtime: Runtime;
  readonly options: PretrainOptions;
  readonly model: LanguageModel;
  readonly train: LanguageRows;
  readonly held: LanguageRows;
  readonly epochs: number;
  readonly batch: number;
  readonly memoryBytes: number;
  readonly onEvent: OnEvent;
  readonly store: CheckpointStore | undefined;
}

/** Build and load one training. @throws OperatorError when a gradient cannot pass, OptionError when memory is short */
export function prepareLanguageFit(
  { runtime, options, model, train, held, epochs, batch, memoryBytes, onEvent, store }: StageContext,
  plan: StagePlan,
): Promise<Fit> {
  const { signal, checkpointSeconds } = options;
  const name: OptimizerName = options.optimizer ?? pretrainDefaults.optimizer;
  const { rates } = optimizerTable[name];
  const optimizer = (optimizers[name] as (o: { weightDecay: number }) => Transform)({
    weightDecay: usual.weightDecay / rates,
  });
  return prepareFit({
    runtime,
    model: model.graph,
    trainable: plan.trainable,
    objective: languageModelling(train.places),
    optimizer,
    batchNorm: "frozen",
    clipNorm: usual.clipNorm,
    schedule: (schedules[options.schedule ?? pretrainDefaults.schedule] as () => Schedule)(),
    rates: plan.groups.map((g) => g.rate),
    epochs,
    batch,
    items: "rows",
    stepsPerEpoch: stepsOfRows(train, batch),
    feeds: (epoch, from) => train.feeds(epoch, from, batch, signal),
    validate: async (evaluate) => {
      const { loss } = meanOf(await lossesOf(evaluate, held, signal));
      return { score: -Math.exp(loss), loss };
    },
    metric: "perplexity",
    stage: plan.stage,
    memoryBytes,
    recompute: recomputeOf(options),
    guessing: {
      loss: Math.log(model.tokens),
      words: `guessing among ${model.tokens} tokens costs ${Math.log(model.tokens).toPrecision(3)}`,
    },
    keepsWhatWasGood: true,
    ...(plan.stage === "head" && { patience }),
    ...(store && { store }),
    ...(checkpointSeconds !== undefined && { checkpointSeconds }),
    onEvent,
    ...(signal && { signal }),
  });
}

export const stepsOfRows = ({ count }: Pick<LanguageRows, "count">, batch: number): number =>
  Math.max(1, Math.ceil(count / batch));
