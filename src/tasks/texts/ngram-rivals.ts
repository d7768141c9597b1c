import { EngraftError } from "../../core/errors.js";
import { areTexts, type Sample } from "../../data/index.js";
import { isWithoutBase, usesNgrams } from "../../methods/registry.js";
import { keepsBest } from "../../options/is-planned.js";
import { type Context, type Unrecorded, wholeContext } from "../../run/context.js";
import type { Rival } from "../../run/trainable-task.js";
import { isOver } from "../../run/training/phases.js";
import type { NgramParts, SolvedNgrams } from "./solve-ngrams.js";

/** Solves a head with token n-grams for the targets of a task, and predicts with it. */
export type SolveNgrams<Answers, Item extends Sample = Sample> = (
  context: Unrecorded,
  parts: NgramParts<Item>,
  mayLearnFromAll?: boolean,
) => Promise<SolvedNgrams & { readonly answers: Answers }>;

/**
 * Fewest validation texts that can choose a head on characters. Of ten, one text is a standard error: on four text sets with 10 or
 * fewer the choice was chance. @see docs/decisions/0026-token-ngrams.md
 */
const fewestForCharacters = 30;

/** Returns the strategies of the heads with n-grams that a run of another one solves. */
export const ngramStrategies = (validation: number): readonly ("ngram-probe" | "characters")[] =>
  validation < fewestForCharacters ? ["ngram-probe"] : ["ngram-probe", "characters"];

/**
 * Solves heads with token n-grams besides the run's own model: as baselines, or if the run keeps the best of its models. Their
 * n-grams read whole texts.
 * @param parts texts with frozen features
 * @returns none if no such head is wanted, and none of those whose terms the texts do not have
 */
export async function frozenNgrams<Answers, Item extends Sample>(
  context: Context,
  parts: NgramParts<Item>,
  solve: SolveNgrams<Answers, Item>,
): Promise<readonly Rival<Answers>[]> {
  const { options } = context;
  if (!solvesNgrams(context) || isWithoutBase(options.strategy)) return [];
  const rivals: Rival<Answers>[] = [];
  for (const strategy of ngramStrategies(parts.validation.items.length)) {
    if (strategy === options.strategy || (await isOver("head", context, strategy))) continue;
    const rival = await unlessMissing(async () => {
      const its = { ...(await wholeContext(context)), options: { ...options, strategy } };
      return { ...(await solve(its, parts)), name: strategy, context: its };
    });
    if (rival) rivals.push(rival);
  }
  return rivals;
}

/** True if a run on texts solves a head with n-grams: as its own model, as a baseline, or to keep the best. */
export function solvesNgrams({ options, inputs, besides }: Unrecorded): boolean {
  if (!areTexts(inputs) || besides?.regime) return false;
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
