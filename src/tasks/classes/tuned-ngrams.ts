import { withWeights } from "../../bases/heads.js";
import { EngraftError } from "../../core/errors.js";
import type { Graph } from "../../graph/graph.js";
import { rowOf, withNgrams } from "../../methods/registry.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { type OpenedBase, openTrunk } from "../../run/setup.js";
import type { Rival } from "../../run/trainable-task.js";
import { withFeatures } from "../../run/training/frozen-features.js";
import { solveClassNgrams } from "../texts/class-ngrams.js";
import type { ClassPredictions } from "./solve-head.js";

/**
 * Solves a head with token n-grams on the features of a fine-tuned encoder. Its n-grams read whole texts. As for the encoder, the
 * validation split takes no part in the fit.
 *
 * @param model the fine-tuned network
 * @returns undefined for other inputs than texts, for adapters, and if the texts have no n-grams
 */
export async function solveTunedNgrams(
  context: Context,
  model: Graph,
): Promise<Rival<ClassPredictions, string> | undefined> {
  const { options, opened, inputs, runtime, platform, dataset, regime } = context;
  const { strategy = defaults.strategy } = options;
  if (!inputs || regime || rowOf(strategy).adapts) return undefined;
  const begin = performance.now();
  const whole = await context.openWhole?.();
  const its = { ...context, ...whole, opened: withWeightsOf(model, whole?.opened ?? opened) };
  // The cache is for features of the base.
  const trunk = await openTrunk(withWeightsOf(model, opened), runtime, platform, { cache: false }, inputs);
  try {
    const {
      predictions,
      model: head,
      ...solved
    } = await withFeatures(context, trunk, dataset.items, ({ of }) =>
      solveClassNgrams(its, { train: of("train"), validation: of("validation"), test: of("test") }, false),
    );
    const seconds = (performance.now() - begin) / 1000;
    return { ...solved, name: withNgrams(strategy), context: its, head, answers: predictions, seconds };
  } catch (error) {
    if (error instanceof EngraftError && error.kind === "DataError") return undefined;
    throw error;
  }
}

/** Returns a base whose body has the weights of a model that was trained from it. */
const withWeightsOf = ({ initializers }: Graph, opened: OpenedBase): OpenedBase => ({
  ...opened,
  body: { ...opened.body, graph: withWeights(opened.body.graph, initializers) },
});
