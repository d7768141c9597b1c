import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { readSettings } from "../settings.js";
import { ia3Settings } from "../strategy-settings.js";
import type { Place } from "./adapter-spec.js";
import { planAdapters, sitesFor } from "./plan-adapters.js";
import { attentionRoles, branchEnds } from "./roles.js";
import type { Site } from "./sites.js";
import { chooseSites } from "./targets.js";

/** Learning rate; PEFT's benchmark: 31 % at 1e-4, 45 % at 5e-3. */
const rate = 5e-3;

/**
 * IA3: learned factors, one per channel, and nothing else.
 *
 * k ← l_k ⊙ k,  v ← l_v ⊙ v,  feed-forward: W₂ (l_ff ⊙ gelu(W₁ x)),   every l starts at 1.
 *
 * Without attention (a convolutional network) the outputs of every convolution and product are scaled. If an exporter
 * joined q, k and v in one product, q's channels have factors too.
 * @see Liu et al., "Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper than In-Context Learning", 2022
 */
export function ia3Plan(model: Graph, request: PlanRequest): TrainingPlan {
  const who = 'strategy "ia3"';
  const { targets, inputs } = readSettings(ia3Settings, request.option ?? {}, who);
  const sites = sitesFor(model, request, who);
  const { key, value, out } = attentionRoles(model, sites);
  const attention = sites.filter((s) => key.has(s) || value.has(s));
  const ends = new Set(branchEnds(model, sites).map((end) => end.site));
  const second = attention.length > 0 ? sites.filter((s) => ends.has(s) && !out.has(s)) : [];
  const after = chooseSites(
    model,
    sites,
    targets,
    attention.length > 0 ? attention : sites,
    `targets of ${who}`,
  );
  const before = inputs === "none" ? [] : chooseSites(model, sites, inputs, second, `inputs of ${who}`);
  const place = ({ name, weight: at }: Site): Place => ({ name, at });
  const places = [...after.map(place), ...before.map((s) => ({ ...place(s), input: true }))];
  return planAdapters(
    model,
    request,
    { kind: "ia3", r: 0, alpha: 1, rslora: false, scale: 1, dropout: 0, places },
    { what: message("ia3", { outputs: after.length, inputs: before.length }), rate },
  );
}
