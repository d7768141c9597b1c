import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import type { Graph } from "../../graph/graph.js";
import type { PlanRequest, TrainingPlan } from "../plan.js";
import { readSettings } from "../settings.js";
import { adapterSettings, auto } from "../strategy-settings.js";
import { planAdapters, sitesFor } from "./plan-adapters.js";
import { branchEnds } from "./roles.js";
import { chooseSites } from "./targets.js";

/**
 * Adapters: a bottleneck after each residual branch, before it is added to the shortcut.
 *
 * h ← h + U gelu(D h + d) + u,   D float32[m, channels], U float32[channels, m] starts at 0, so that nothing changes at
 * first.
 *
 * In a transformer it is after attention and after the feed-forward layer, as in the paper; in a ResNet after the last
 * convolution of each block, 1 × 1. The paper trains the normalisations too; here they stay frozen, so that base and
 * adapter are separate. It is not linear: the model keeps it as two products.
 * @see Houlsby et al., "Parameter-Efficient Transfer Learning for NLP", 2019, section 2.1; m = 64 is its best for BERT
 */
export function adapterPlan(model: Graph, request: PlanRequest): TrainingPlan {
  const who = 'strategy "adapter"';
  const { bottleneck: r, targets } = readSettings(adapterSettings, request.option ?? {}, who);
  const sites = sitesFor(model, request, who);
  const ends = branchEnds(model, sites);
  const chosen =
    targets === auto
      ? ends.map(({ value, site }) => ({ name: site.name, at: value }))
      : chooseSites(model, sites, targets, [], `targets of ${who}`).flatMap(({ name, uses }) =>
          uses.map((use) => ({ name, at: model.nodes[use.end]!.outputs[0]! })),
        );
  if (chosen.length === 0)
    throw new EngraftError("OptionError", "the base has no residual branches to put an adapter behind", {
      help: "name weights to put one behind (--option targets=all), or use lora",
    });
  const times = new Map<string, number>();
  const places = chosen.map(({ name, at }) => {
    const n = (times.get(name) ?? 0) + 1;
    times.set(name, n);
    return { name: n === 1 ? name : `${name}#${n}`, at };
  });
  return planAdapters(
    model,
    request,
    { kind: "adapter", r, alpha: 1, rslora: false, scale: 1, dropout: 0, places },
    { what: message("bottlenecks", { width: r, places: places.length }) },
  );
}
