import { withWeights } from "../../bases/heads.js";
import { areTexts, type Sample, type Samples } from "../../data/index.js";
import type { Graph } from "../../graph/graph.js";
import { rowOf, withNgrams } from "../../methods/registry.js";
import { defaults } from "../../options/options.js";
import { type Context, wholeContext } from "../../run/context.js";
import { type OpenedBase, openTrunk } from "../../run/setup.js";
import type { Rival } from "../../run/trainable-task.js";
import { withFeatures } from "../../run/training/frozen-features.js";
import { isOver } from "../../run/training/phases.js";
import { type SolveNgrams, unlessMissing } from "./ngram-rivals.js";

/**
 * Solves a head with token n-grams on the features of a fine-tuned encoder. Its n-grams read whole texts. As for the encoder, the
 * validation split takes no part in the fit.
 * @param model the fine-tuned network
 * @returns undefined for other inputs than texts, for adapters, and if the texts have no n-grams
 */
export async function tunedNgrams<Answers, Item extends Sample>(
  context: Context & { readonly dataset: Samples<Item> },
  model: Graph,
  solve: SolveNgrams<Answers, Item>,
): Promise<Rival<Answers, string> | undefined> {
  const { options, opened, inputs, machine, dataset, besides } = context;
  const { strategy = defaults.strategy } = options;
  if (!areTexts(inputs) || besides?.regime || rowOf(strategy).adapts) return undefined;
  if (await isOver("rivals", context, withNgrams(strategy))) return undefined;
  return unlessMissing(async () => {
    const whole = await wholeContext(context);
    const its = { ...whole, opened: withWeightsOf(model, whole.opened) };
    // The cache is for features of the base.
    const trunk = await openTrunk(
      withWeightsOf(model, opened),
      machine.runtime,
      machine.platform,
      { cache: false },
      inputs,
    );
    const solved = await withFeatures(context, trunk, dataset.items, ({ of }) =>
      solve(its, { train: of("train"), validation: of("validation"), test: of("test") }, false),
    );
    return { ...solved, name: withNgrams(strategy), context: its };
  });
}

/** Returns a base whose body has the weights of a model that was trained from it. */
const withWeightsOf = ({ initializers }: Graph, opened: OpenedBase): OpenedBase => ({
  ...opened,
  body: { ...opened.body, graph: withWeights(opened.body.graph, initializers) },
});
