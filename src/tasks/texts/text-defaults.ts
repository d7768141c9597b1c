import type { Body } from "../../bases/body.js";
import type { Graph } from "../../graph/graph.js";
import { ulmfitFactor } from "../../methods/strategy-settings.js";
import { defaults, type RecipeOptions } from "../../options/options.js";
import type { TaskDefaults } from "../../run/context.js";

/** Parameters of BERT-base without its embedding tables. Its learning rates are the best known. */
const bertBase = 86e6;
/**
 * Learning rate of BERT-base, exponent by which smaller encoders get a higher rate, and the largest factor. With a label for
 * each word, a step has many times as many labels as with one per text.
 */
const rates = {
  text: { rate: 2e-5, power: 1 / 2, mostTimes: 25 },
  word: { rate: 5e-5, power: 3 / 4, mostTimes: 80 },
} as const;
/** Unit with a label: a text, or each of its words. */
type Labelled = keyof typeof rates;

/**
 * Returns the defaults for texts: AdamW with a warm-up over a tenth of the run, then linear decay. The learning rate is 2e-5
 * for an encoder of BERT-base's size (5e-5 if words have labels). Smaller encoders get a higher rate: {@link rateOfSize}.
 *
 * The rate of a strategy is that of its head. The body's last layers get the rate for an encoder: {@link headTimes}. Adapters, runs from scratch and other optimisers have rates of their own.
 */
export function textDefaults(
  options: RecipeOptions,
  { graph }: Body,
  labelled: Labelled = "text",
): TaskDefaults {
  const { strategy = defaults.strategy, optimizer = "adamw" } = options;
  return {
    ...(optimizer.startsWith("adam") && {
      rate: Number((headTimes(strategy, options) * rateOfSize(graph, labelled)).toPrecision(2)),
    }),
    ...(strategy !== "gradual" && { schedule: "linear" }),
  };
}

/** Returns how many times the rate of the body's last layers the rate of a strategy's head is. */
function headTimes(strategy: RecipeOptions["strategy"], { option }: RecipeOptions): number {
  if (strategy === "full" || strategy === "setfit") return 1;
  if (strategy === "discriminative" || strategy === "gradual") return Number(option?.factor ?? ulmfitFactor);
  return 10;
}

/**
 * Returns the rate for an encoder's own weights, without embedding tables: η = 2e-5 · min(25, √(86e6 / parameters)),
 * and if words have labels 5e-5 · min(80, (86e6 / parameters)^¾).
 * @see decisions 13 and 16 for the sources of both
 */
export function rateOfSize(graph: Graph, labelled: Labelled = "text"): number {
  const consumers = graph.consumers();
  const isLookedUp = (name: string): boolean =>
    (consumers.get(name) ?? []).every(({ op, inputs }) => op === "Gather" && inputs[0] === name);
  let parameters = 0;
  for (const [name, { dtype, data }] of graph.initializers)
    if (dtype === "float32" && !isLookedUp(name)) parameters += data.length;
  const { rate, power, mostTimes } = rates[labelled];
  const times = Math.min(mostTimes, Math.max(1, (bertBase / Math.max(1, parameters)) ** power));
  return Number((rate * times).toPrecision(2));
}
