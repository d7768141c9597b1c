import { type Message, message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import type { Parameter } from "../../graph/surgery/index.js";
import type { Penalty } from "../../train/objectives/objective.js";
import { headOf } from "../body-weights.js";
import { selectWeights } from "../finetune/select-weights.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { planOf, usual } from "../recipe.js";
import { adapt, valuesOf } from "./adapt.js";
import type { AdapterSpec } from "./adapter-spec.js";
import { type Site, sitesOf } from "./sites.js";
import { requireSites } from "./targets.js";

/** Returns the weights that may have an adapter: all of the base, or those that `--trainable` selects. */
export function sitesFor(model: Graph, request: PlanRequest, strategy: string): Site[] {
  const sites = sitesOf(model);
  requireSites(model, sites, strategy);
  if (request.trainable === undefined) return sites;
  const weights = sites.map(
    ({ weight, uses, inputs, outputs }): Parameter => ({
      value: weight,
      kind: "weight",
      depth: uses[0]!.node,
      size: inputs * outputs,
    }),
  );
  const chosen = new Set(selectWeights(model, weights, request.trainable).map((w) => w.value));
  return sites.filter((site) => chosen.has(site.weight));
}

/**
 * Plans a strategy that freezes every weight of the base and trains small ones, and the head.
 * @param rate default rate of the adapters and the head
 */
export function planAdapters(
  model: Graph,
  request: PlanRequest,
  spec: AdapterSpec,
  { what, rate = usual.rate }: { readonly what: Message; readonly rate?: number },
): TrainingPlan {
  const adapted = adapt(model, spec, request.seed);
  const members = valuesOf(adapted).map(
    ({ value, dims, matrix }): Parameter => ({
      value,
      kind: matrix ? "weight" : "norm",
      depth: 0,
      size: dims.reduce((a, b) => a * b, 1),
    }),
  );
  const head = headOf(model);
  const { constants } = adapted;
  const stop: Penalty = {
    exposes: constants,
    terms: (_g, now) => ({ terms: {}, constants: constants.map(now.at) }),
  };
  const plan = planOf(
    [
      { label: message("group-adapters"), rate: request.rate ?? rate, members },
      { label: message("group-head"), rate: request.rate ?? usual.rate, members: head },
    ],
    request,
    { what, penalties: constants.length > 0 ? [stop] : undefined },
  );
  return { ...plan, adaptation: { graph: adapted.graph, spec } };
}
