import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { readSettings } from "../settings.js";
import { loraSettings } from "../strategy-settings.js";
import { planAdapters, sitesFor } from "./plan-adapters.js";
import { attentionRoles } from "./roles.js";
import type { Site } from "./sites.js";
import { chooseSites } from "./targets.js";

/**
 * LoRA: a low-rank change of frozen weights.
 *
 * y = W x + s B A x,   A float32[r, in], B float32[out, r],   s = α / r, or α / √r with `rslora`.
 *
 * A starts Kaiming-uniform (U(-1/√in, 1/√in)), B at 0, so that the output does not change at first. For a convolution,
 * A has its kernel, strides and pads with r output channels, and B is 1 × 1. Without `targets`: the projections of
 * attention (query, key, value and output), or every product and convolution if there is no attention. Grouped
 * convolutions are excluded: their low-rank change would have more parameters than the weight. r 8, α 8, dropout 0 are
 * PEFT's defaults. The rate is 1e-3, for small data (GLUE in the paper: 4e-4 to 5e-4 over tens of thousands of steps).
 *
 * @see Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021; Kalajdzievski, "A Rank Stabilization
 * Scaling Factor for Fine-Tuning with LoRA", 2023 (rsLoRA)
 * @throws OptionError if targets match nothing; ModelError if the base computes with integers
 */
export function loraPlan(model: Graph, request: PlanRequest): TrainingPlan {
  return lowRankPlan(model, request, "lora");
}

/**
 * DoRA: separates direction and magnitude of each output's weights; the direction has LoRA's change.
 *
 * W' = m ⊙ (W + s B A) / ‖W + s B A‖,   the norm over each output's weights, m float32[out] starts at ‖W‖.
 *
 * The norm is a constant in the backward pass. Options and defaults are LoRA's.
 * @see Liu et al., "DoRA: Weight-Decomposed Low-Rank Adaptation", 2024, equations 5 and 11
 */
export function doraPlan(model: Graph, request: PlanRequest): TrainingPlan {
  return lowRankPlan(model, request, "dora");
}

function lowRankPlan(model: Graph, request: PlanRequest, kind: "lora" | "dora"): TrainingPlan {
  const { r, alpha, rslora, dropout, targets } = readSettings(
    loraSettings,
    request.option ?? {},
    `strategy "${kind}"`,
  );
  const all = sitesFor(model, request, `strategy "${kind}"`);
  const able = all.filter((site) => site.groups === 1);
  const { query, key, value, out } = attentionRoles(model, able);
  const attention = able.filter((s) => [query, key, value, out].some((role) => role.has(s)));
  const chosen = chooseSites(
    model,
    targets === "all" ? able : all,
    targets,
    attention.length > 0 ? attention : able,
    `targets of strategy "${kind}"`,
  );
  requireUngrouped(chosen, kind);
  const scale = alpha / (rslora ? Math.sqrt(r) : r);
  const places = chosen.map(({ name, weight }) => ({ name, at: weight }));
  return planAdapters(
    model,
    request,
    { kind, r, alpha, rslora, scale, dropout, places },
    { what: message(kind, { rank: r, places: places.length, all: all.length, scale: round(scale) }) },
  );
}

function requireUngrouped(chosen: readonly Site[], kind: string): void {
  const grouped = chosen.filter((site) => site.groups > 1);
  const [first] = grouped;
  if (chosen.length > 0 && first === undefined) return;
  throw new EngraftError(
    "OptionError",
    first === undefined
      ? `the base has only convolutions in groups: ${kind} has no change of low rank for those`
      : `"${first.name}" is a convolution in ${first.groups} groups, for which ${kind} has no change of low rank`,
    {
      help: "leave it out of targets, or use ia3, which scales its channels",
      details: { grouped: grouped.map((site) => site.name) },
    },
  );
}

const round = (x: number): string => String(Number(x.toPrecision(3)));
