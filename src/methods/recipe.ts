import { groupName, type Message, message } from "../core/messages/message.js";
import type { Parameter } from "../graph/surgery/index.js";
import type { OptimizerName } from "../optim/index.js";
import type { Penalty } from "../train/objectives/objective.js";
import { lengthOf, type PlanRequest, type RateGroup, type TrainingPlan } from "./plan.js";

/** Weights that train with one rate. */
export interface Moving {
  readonly label: Message;
  readonly rate: number;
  readonly members: readonly Parameter[];
  /** Number of epochs before they start training. Default 0. */
  readonly from?: number;
}

/** Defaults of every strategy: AdamW, weight decay .01, gradients clipped to norm 1. */
export const usual = { rate: 1e-3, weightDecay: 0.01, clipNorm: 1, start: 0.3, div: 5 } as const;

/**
 * Name of an optimiser and its rate relative to AdamW's: Lion's steps are larger (its paper says 3 to 10 times),
 * RMSprop's first ones too, SGD's are as small as the gradient (BiT and TLlib train at 1e-2 where AdamW uses 1e-3).
 * Weight decay has the inverse factor, so that rate · decay stays the same.
 */
export const optimizerTable: Readonly<
  Record<OptimizerName, { readonly word: string; readonly rates: number }>
> = {
  adamw: { word: "AdamW", rates: 1 },
  adam: { word: "Adam", rates: 1 },
  rmsprop: { word: "RMSprop", rates: 0.1 },
  lion: { word: "Lion", rates: 0.1 },
  sgd: { word: "SGD", rates: 10 },
};

/** Input of {@link planOf} besides the weights. */
export interface Recipe {
  /** Which weights train. */
  readonly what: Message;
  /** Weights that the training starts from. Default: the head of the linear probe, or one with a hidden layer. */
  readonly start?: Message;
  readonly schedule?: TrainingPlan["schedule"];
  readonly weightDecay?: number;
  readonly penalties?: readonly Penalty[];
}

/**
 * Makes a plan from groups of weights, with the usual optimiser, length and clipping; empty groups are left out.
 * BatchNormalization keeps its running statistics; biases and norms have no weight decay.
 */
export function planOf(groups: readonly Moving[], request: PlanRequest, recipe: Recipe): TrainingPlan {
  const { epochs, batch } = lengthOf(request);
  const kept = groups.filter((g) => g.members.length > 0);
  const oneCycle = { name: "one-cycle", start: usual.start, div: usual.div } as const;
  const chosen = request.schedule === "one-cycle" ? oneCycle : request.schedule && { name: request.schedule };
  const schedule = chosen ?? recipe.schedule ?? oneCycle;
  const name = request.optimizer ?? "adamw";
  const { word, rates } = optimizerTable[name];
  // A requested rate is used as it is.
  const factor = request.rate === undefined ? rates : 1;
  return {
    trainable: kept.flatMap(({ members }, index) =>
      members.map((p) => ({ value: p.value, group: index, decay: p.kind === "weight" })),
    ),
    groups: kept.map(
      ({ label, rate, members, from }): RateGroup => ({
        ...groupName(label),
        rate: rate * factor,
        values: members.length,
        parameters: members.reduce((n, p) => n + p.size, 0),
        ...(from !== undefined && from > 0 && { from }),
      }),
    ),
    epochs,
    batch,
    optimizer: { name, weightDecay: (recipe.weightDecay ?? usual.weightDecay) / rates },
    schedule,
    batchNorm: "frozen",
    clipNorm: usual.clipNorm,
    penalties: recipe.penalties,
    recipe: [
      recipe.start ??
        (request.hidden === undefined
          ? message("head-from-probe")
          : message("head-with-hidden-layer", { units: request.hidden })),
      recipe.what,
      message("optimizer", { name: word }),
      message("schedule", { name: schedule.name }),
      message("epochs-of-batches", { epochs, batch }),
      message("batch-norm", { mode: "frozen" }),
    ],
  };
}
