import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { featureMaps, shrunkHead } from "../../train/objectives/penalties.js";
import { weightsOf } from "../body-weights.js";
import { finetuneGroups } from "../finetune/finetune.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf } from "../recipe.js";
import { readSettings } from "../settings.js";
import { deltaSettings } from "../strategy-settings.js";

/**
 * DELTA: fine-tuning whose feature maps are pulled towards those of the base for the same image.
 *
 * loss = cross-entropy + α Σ_maps Σ_c ½‖FM_c(w, x) - FM_c(w⁰, x)‖² / (H·W) + β/2 ‖w_head‖²
 *
 * The maps are the last of each size (the ends of the stages), for tokens those of each quarter. This is the form
 * without attention: every channel has weight 1, the mean of the paper's W_c · C. A step has a second forward pass,
 * through the initial base.
 * @see Li et al., "DELTA: Deep Learning Transfer using Feature Map with Attention for Convolutional Networks", 2019
 * @throws ModelError if the base has no maps of a known size
 */
export function deltaPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const { alpha, beta } = readSettings(deltaSettings, request.option ?? {}, 'strategy "delta"');
  const weights = weightsOf(model, request.trainable);
  const maps = stageEnds(
    model,
    weights.body.map((p) => p.value),
  );
  if (maps.length === 0)
    throw new EngraftError("ModelError", "the base has no feature maps of a known size behind what trains", {
      help: "use --strategy l2-sp, which looks at weights instead",
    });
  return planOf(finetuneGroups(weights, request), request, {
    what: message("delta", { maps: maps.length, alpha, beta }),
    weightDecay: 0,
    penalties: [
      featureMaps(maps, alpha),
      shrunkHead(
        weights.head.map((p) => p.value),
        beta,
      ),
    ],
  });
}

/** Number of compared places in a sequence of token blocks. */
const quarters = 4;

/**
 * Returns the last value of each spatial size before the output that depends on `weights`; in a network of tokens the
 * sum that ends each quarter of its blocks.
 */
export function stageEnds(model: Graph, weights: readonly Value[]): Value[] {
  const wanted = new Set(model.outputs);
  for (const node of [...model.nodes].reverse())
    if (node.outputs.some((v) => wanted.has(v))) for (const v of node.inputs) wanted.add(v);
  const moved = new Set(weights);
  const bySize = new Map<string, Value>();
  const sums: Value[] = [];
  for (const node of model.nodes) {
    if (!node.inputs.some((v) => moved.has(v))) continue;
    for (const v of node.outputs) moved.add(v);
    const value = node.outputs[0]!;
    const { dtype, shape } = model.typeOf(value);
    if (node.kind !== "op" || !wanted.has(value) || dtype !== "float32") continue;
    if (shape?.length !== 3 && shape?.length !== 4) continue;
    if (!shape.slice(1).every((d) => typeof d === "number") || shape[0] === 1) continue;
    const [, a, b, c] = shape as number[];
    if (shape.length === 4 && b! * c! > 1) bySize.set(`${b} × ${c}`, value);
    if (shape.length === 3 && a! > 1 && node.op === "Add") sums.push(value);
  }
  if (bySize.size > 1 || sums.length === 0) return [...bySize.values()];
  const count = Math.min(quarters, sums.length);
  return Array.from({ length: count }, (_, i) => sums[Math.ceil(((i + 1) * sums.length) / count) - 1]!);
}
