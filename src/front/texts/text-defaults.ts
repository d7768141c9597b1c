import type { Body } from "../../bases/body.js";
import type { Graph } from "../../graph/graph.js";
import { defaults, type TrainOptions } from "../options.js";

/** BERT-base beside its tables of words and places, whose rate is known best. */
const known = { rate: 2e-5, parameters: 86e6 };
/** The rate of the smallest encoders, whatever their size. */
const mostTimes = 25;

/**
 * What is usual for texts where nothing was asked for: AdamW at 2e-5 for an encoder of BERT-base's size, a warm-up over a
 * tenth of the run, then linear decay. Smaller encoders bear more, by the root of their size:
 * η = 2e-5 · min(25, √(86e6 / parameters)), tables of words and places left out.
 *
 * A strategy's rate is that of its head, which starts from the probe's solution; the body's last layers get a tenth of it.
 * Adapters and runs from scratch have their own rates, and so has another optimiser.
 */
export function textDefaults(
  options: TrainOptions,
  { graph }: Body,
): { readonly schedule?: "linear"; readonly usualRate?: number } {
  const { strategy = defaults.strategy, optimizer = "adamw" } = options;
  const ofBody = rateOfSize(graph);
  return {
    ...(optimizer.startsWith("adam") && {
      usualRate: strategy === "full" || strategy === "setfit" ? ofBody : 10 * ofBody,
    }),
    ...(strategy !== "gradual" && options.schedule === undefined && { schedule: "linear" }),
  };
}

/** η = 2e-5 · min(25, √(86e6 / parameters)), without tables that are only looked up: what an encoder's own weights bear. */
export function rateOfSize(graph: Graph): number {
  const consumers = graph.consumers();
  const lookedUp = (name: string): boolean =>
    (consumers.get(name) ?? []).every(({ op, inputs }) => op === "Gather" && inputs[0] === name);
  let parameters = 0;
  for (const [name, { dtype, data }] of graph.initializers)
    if (dtype === "float32" && !lookedUp(name)) parameters += data.length;
  const times = Math.min(mostTimes, Math.max(1, Math.sqrt(known.parameters / Math.max(1, parameters))));
  return Number((known.rate * times).toPrecision(2));
}
