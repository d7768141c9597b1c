import type { Graph } from "../../graph/graph.js";
import { parametersOf } from "../../graph/surgery/index.js";
import { hasBatchNorm } from "../../train/has-batch-norm.js";
import { withRequest } from "../loop-request.js";
import { splitAsked, withLoop } from "../loop-settings.js";
import { lengthOf, type PlanRequest, type TrainingPlan } from "../plan.js";
import { optimizerTable } from "../recipe.js";
import type { Settings } from "../settings.js";

/** AdamW's rate where no finder was asked: twice that of a pretrained head. */
const usualRate = 2e-3;

/**
 * The same network from random weights, trained as one trains from scratch: all weights from the first step,
 * one rate, batch statistics; `times` as many epochs as fine-tuning had. The baseline that tells what the
 * pretrained weights were worth. Optimiser, schedule, loss and sampling are those of the run it is compared with; the
 * rate is not, since what suits pretrained weights does not suit fresh ones.
 *
 * @param request.epochs epochs of the run it is compared with. @param times 1 or 3.
 * @param own settings of the strategy it is compared with, which mean nothing here
 * @param found the rate that was found for it. Without: the usual one, or the one that was asked for where that is larger, since a
 * gentle rate for pretrained weights would leave fresh ones where they are
 */
export function scratchPlan(
  model: Graph,
  request: PlanRequest,
  times: number,
  own: Settings = {},
  found?: number,
): TrainingPlan {
  const parameters = parametersOf(model).filter((p) => p.kind !== "statistic");
  const { epochs, batch } = lengthOf(request);
  const name = request.optimizer ?? "adamw";
  const { word, rates } = optimizerTable[name];
  const rate = found ?? Math.max(request.rate ?? 0, usualRate * rates);
  const hasNorm = hasBatchNorm(model);
  const oneCycle = { name: "one-cycle", start: 0.3, div: 25 } as const;
  const schedule =
    request.schedule === undefined || request.schedule === "one-cycle"
      ? oneCycle
      : { name: request.schedule };
  const plan: TrainingPlan = {
    trainable: parameters.map((p) => ({ value: p.value, group: 0, decay: p.kind === "weight" })),
    groups: [
      {
        name: "everything",
        rate,
        values: parameters.length,
        parameters: parameters.reduce((n, p) => n + p.size, 0),
      },
    ],
    epochs: epochs * times,
    batch,
    optimizer: { name, weightDecay: 0.01 / rates },
    schedule,
    batchNorm: hasNorm ? "train" : "frozen",
    clipNorm: 1,
    words: `random weights, all of them from the first step: ${word} at ${Number(rate.toPrecision(2))}, ${schedule.name}, ${epochs * times} epochs of batches of ${batch}${hasNorm ? ", batch statistics" : ""}`,
  };
  const { loop } = splitAsked(own, request, "the run from scratch");
  const { batchNorm: _batchNorm, ...others } = request;
  // A baseline is taken at its best, whatever is kept of what it is held against.
  // It has the patience that its own length gives: half of the longer one's, since its rate falls only then.
  const patience = times > 1 ? Math.ceil((epochs * times) / 2) : 0;
  return withRequest(withLoop(plan, { ...loop, patience, keep: "best" }, request), model, others, loop);
}
