import type { Graph } from "../../graph/graph.js";
import { parametersOf } from "../../graph/surgery/index.js";
import { lengthOf, type PlanRequest, type TrainingPlan } from "../plan.js";

/**
 * The same network from random weights, trained as one trains from scratch: all weights from the first step,
 * one rate, batch statistics; `times` as many epochs as fine-tuning had. The baseline that tells what the
 * pretrained weights were worth.
 *
 * @param request.epochs epochs of the run it is compared with. @param times 1 or 3.
 */
export function scratchPlan(model: Graph, request: PlanRequest, times: number): TrainingPlan {
  const parameters = parametersOf(model).filter((p) => p.kind !== "statistic");
  const { epochs, batch } = lengthOf(request);
  const rate = request.rate ?? 2e-3;
  const hasNorm = model.nodes.some((n) => n.kind === "op" && n.op === "BatchNormalization");
  return {
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
    optimizer: { name: "adamw", weightDecay: 0.01 },
    schedule: { name: "one-cycle", start: 0.3, div: 25 },
    batchNorm: hasNorm ? "train" : "frozen",
    clipNorm: 1,
    words: `random weights, all of them from the first step: AdamW at ${rate}, one-cycle, ${epochs * times} epochs of batches of ${batch}${hasNorm ? ", batch statistics" : ""}`,
  };
}
