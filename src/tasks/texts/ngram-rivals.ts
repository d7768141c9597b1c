import { EngraftError } from "../../core/errors.js";
import { areTexts, type Sample } from "../../data/index.js";
import { usesNgrams } from "../../methods/registry.js";
import { keepsBest } from "../../options/is-planned.js";
import type { Context, Unrecorded } from "../../run/context.js";
import type { Rival } from "../../run/trainable-task.js";
import type { NgramParts, SolvedNgrams } from "./solve-ngrams.js";

/** Solves a head with token n-grams for the targets of a task, and predicts with it. */
export type SolveNgrams<Answers, Item extends Sample = Sample> = (
  context: Unrecorded,
  parts: NgramParts<Item>,
  mayLearnFromAll?: boolean,
) => Promise<SolvedNgrams & { readonly answers: Answers }>;

/**
 * Solves a head with token n-grams besides the run's own model: as a baseline, or if the run keeps the best of its models. Its
 * n-grams read whole texts.
 * @param parts texts with frozen features
 * @returns undefined if no such head is wanted, or the texts have no n-grams
 */
export async function frozenNgrams<Answers, Item extends Sample>(
  context: Context,
  parts: NgramParts<Item>,
  solve: SolveNgrams<Answers, Item>,
): Promise<Rival<Answers> | undefined> {
  if (usesNgrams(context.options.strategy) || !solvesNgrams(context)) return undefined;
  const { options } = context;
  const strategy = "ngram-probe";
  return unlessMissing(async () => {
    const its = { ...context, ...(await context.openWhole?.()), options: { ...options, strategy } } as const;
    return { ...(await solve(its, parts)), name: strategy, context: its };
  });
}

/** True if a run on texts solves a head with n-grams: as its own model, as a baseline, or to keep the best. */
export function solvesNgrams({ options, inputs, regime }: Unrecorded): boolean {
  if (!areTexts(inputs) || regime) return false;
  return usesNgrams(options.strategy) || options.baselines === true || keepsBest(options);
}

/** Returns undefined if the texts have no n-grams. */
export async function unlessMissing<R extends { readonly seconds: number }>(
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
