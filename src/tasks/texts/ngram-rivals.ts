import { withWeights } from "../../bases/heads.js";
import { EngraftError } from "../../core/errors.js";
import type { Graph } from "../../graph/graph.js";
import { rowOf, usesNgrams, withNgrams } from "../../methods/registry.js";
import { keepsBest } from "../../options/is-planned.js";
import { defaults } from "../../options/options.js";
import type { Context, Unrecorded } from "../../run/context.js";
import { type OpenedBase, openTrunk } from "../../run/setup.js";
import type { Rival } from "../../run/trainable-task.js";
import { withFeatures } from "../../run/training/frozen-features.js";
import type { NgramParts, SolvedNgrams } from "./solve-ngrams.js";

/** Solves a head with token n-grams for the targets of a task, and predicts with it. */
export type SolveNgrams<Answers> = (
  context: Unrecorded,
  parts: NgramParts,
  mayLearnFromAll?: boolean,
) => Promise<SolvedNgrams & { readonly answers: Answers }>;

/**
 * Solves a head with token n-grams besides the run's own model: as a baseline, or if the run keeps the best of its models. Its
 * n-grams read whole texts.
 * @param parts texts with frozen features
 * @returns undefined if no such head is wanted, or the texts have no n-grams
 */
export async function frozenNgrams<Answers>(
  context: Context,
  parts: NgramParts,
  solve: SolveNgrams<Answers>,
): Promise<Rival<Answers> | undefined> {
  const { options, inputs, regime } = context;
  const isWanted = options.baselines === true || keepsBest(options);
  if (!inputs || regime || usesNgrams(options.strategy) || !isWanted) return undefined;
  const strategy = "ngram-probe";
  return unlessMissing(async () => {
    const its = { ...context, ...(await context.openWhole?.()), options: { ...options, strategy } } as const;
    return { ...(await solve(its, parts)), name: strategy, context: its };
  });
}

/**
 * Solves a head with token n-grams on the features of a fine-tuned encoder. Its n-grams read whole texts. As for the encoder, the
 * validation split takes no part in the fit.
 * @param model the fine-tuned network
 * @returns undefined for other inputs than texts, for adapters, and if the texts have no n-grams
 */
export async function tunedNgrams<Answers>(
  context: Context,
  model: Graph,
  solve: SolveNgrams<Answers>,
): Promise<Rival<Answers, string> | undefined> {
  const { options, opened, inputs, runtime, platform, dataset, regime } = context;
  const { strategy = defaults.strategy } = options;
  if (!inputs || regime || rowOf(strategy).adapts) return undefined;
  return unlessMissing(async () => {
    const whole = await context.openWhole?.();
    const its = { ...context, ...whole, opened: withWeightsOf(model, whole?.opened ?? opened) };
    // The cache is for features of the base.
    const trunk = await openTrunk(withWeightsOf(model, opened), runtime, platform, { cache: false }, inputs);
    const solved = await withFeatures(context, trunk, dataset.items, ({ of }) =>
      solve(its, { train: of("train"), validation: of("validation"), test: of("test") }, false),
    );
    return { ...solved, name: withNgrams(strategy), context: its };
  });
}

/** Returns undefined if the texts have no n-grams. */
async function unlessMissing<R extends { readonly seconds: number }>(
  solve: () => Promise<R>,
): Promise<R | undefined> {
  const begin = performance.now();
  try {
    return { ...(await solve()), seconds: (performance.now() - begin) / 1000 };
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
