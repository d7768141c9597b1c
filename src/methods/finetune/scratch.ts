import { groupName, message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import { parametersOf } from "../../graph/surgery/index.js";
import { hasBatchNorm } from "../../train/has-batch-norm.js";
import { stepsOfEpoch } from "../epoch-steps.js";
import { withRequest } from "../loop-request.js";
import { splitOptions, withLoop } from "../loop-settings.js";
import { lengthOf, type PlanRequest, type TrainingPlan } from "../plan.js";
import { optimizerTable } from "../recipe.js";
import type { Settings } from "../settings.js";

/** Default AdamW rate: twice that of a pretrained head. */
const usualRate = 2e-3;

/** Middle of the tried AdamW rates: Adam's default (Kingma & Ba, 2015). */
const middleRate = 1e-3;

/** Factors of the middle rate: half a decade to each side. */
const factors = [0.3, 1, 3] as const;

/** Options that differ for training from random weights. */
export interface ScratchOptions {
  /** Options of the strategy that it is compared with, which do not apply here. */
  readonly own?: Settings;
  /** Peak learning rate. Default: twice the usual one of a pretrained head, or `request.rate` if that is larger. */
  readonly rate?: number;
  /**
   * Train until validation stops improving, with at most this many steps. Default: `request.epochs` epochs of
   * one-cycle.
   */
  readonly steps?: number;
}

/**
 * Returns the learning rates that training from random weights tries: three around the usual one, and the requested
 * one. A rate that suits pretrained weights rarely suits random ones.
 *
 * @param middle the usual rate with AdamW, default 0.001
 */
export function scratchRates(
  { optimizer, rate }: PlanRequest,
  middle = middleRate,
): { readonly rates: readonly number[]; readonly usual: number } {
  const scale = (factor: number): number =>
    Number((factor * middle * optimizerTable[optimizer ?? "adamw"].rates).toPrecision(3));
  const around = factors.map(scale);
  return {
    rates: rate === undefined || around.includes(rate) ? around : [...around, rate].sort((a, b) => a - b),
    usual: scale(1),
  };
}

/**
 * Plans the training of the same network from random weights: all weights from the first step, one rate, batch
 * statistics. This baseline shows the value of the pretrained weights. Optimizer, loss and sampling are those of the
 * run that it is compared with.
 *
 * With `steps` it trains until validation stops improving: warm-up, a constant rate, and a fall to 0 at the end ({@link
 * Plateau}). The patience is 10 epochs, or a tenth of all if that is more, and at most a quarter of all epochs.
 */
export function scratchPlan(
  model: Graph,
  request: PlanRequest,
  { own = {}, rate: given, steps }: ScratchOptions = {},
): TrainingPlan {
  const parameters = parametersOf(model).filter((p) => p.kind !== "statistic");
  const { epochs, batch } = lengthOf(request);
  const name = request.optimizer ?? "adamw";
  const { word, rates } = optimizerTable[name];
  const rate = given ?? Math.max(request.rate ?? 0, usualRate * rates);
  const hasNorm = hasBatchNorm(model);
  const batchNorm = hasNorm ? "train" : "frozen";
  const oneCycle = { name: "one-cycle", start: 0.3, div: 25 } as const;
  const planned =
    request.schedule === undefined || request.schedule === "one-cycle"
      ? oneCycle
      : { name: request.schedule };
  const all = steps && Math.ceil(steps / stepsOfEpoch({ batch, batchNorm }, request.examples));
  const length =
    all && steps
      ? [message("until-no-improvement", { steps, batch })]
      : [message("schedule", { name: planned.name }), message("epochs-of-batches", { epochs, batch })];
  const plan: TrainingPlan = {
    trainable: parameters.map((p) => ({ value: p.value, group: 0, decay: p.kind === "weight" })),
    groups: [
      {
        ...groupName(message("group-everything")),
        rate,
        values: parameters.length,
        parameters: parameters.reduce((n, p) => n + p.size, 0),
      },
    ],
    epochs: all ?? epochs,
    batch,
    optimizer: { name, weightDecay: 0.01 / rates },
    schedule: all ? { name: "warmup-stable-decay" } : planned,
    plateau: all && steps ? { steps, patience: patienceOf(all) } : undefined,
    batchNorm,
    clipNorm: 1,
    recipe: [
      message("random-weights"),
      message("optimizer", { name: word }),
      message("learning-rate", { rate: Number(rate.toPrecision(2)) }),
      ...length,
      ...(hasNorm ? [message("batch-norm", { mode: "train" })] : []),
    ],
  };
  const { loop } = splitOptions(own, request, "the run from scratch");
  const { batchNorm: _batchNorm, ...others } = request;
  // A baseline always keeps its best epoch, whatever the other run keeps.
  return withRequest(withLoop(plan, { ...loop, patience: 0, keep: "best" }, request), model, others, loop);
}

const patienceOf = (epochs: number): number =>
  Math.max(2, Math.ceil(epochs / 10), Math.min(10, Math.ceil(epochs / 4)));
