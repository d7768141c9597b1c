import type { Verdict } from "../core/events.js";
import { f1Of, type Tally } from "../evaluate/entities.js";
import { pairedBootstrap } from "./paired-bootstrap.js";
import { f1Sentence } from "./verdict-words.js";

/** What two models found in the same sentences. */
export interface ComparedEntities {
  readonly a: readonly Tally[];
  readonly b: readonly Tally[];
  readonly seed?: number;
  /** A gain within ± this counts as none; F1, default 0.01. */
  readonly margin?: number;
  readonly names?: { readonly a: string; readonly b: string };
  /** What was answered; default "sentences". */
  readonly items?: string;
}

/**
 * Did a find entities better than b? gain = F1(a) − F1(b), with a paired percentile bootstrap over sentences:
 * {@link pairedBootstrap}.
 */
export function compareEntities(options: ComparedEntities): Verdict {
  const { a, b, seed = 0, margin = 0.01 } = options;
  const { names = { a: "transfer", b: "training from scratch" }, items = "sentences" } = options;
  const n = a.length;
  const gainOf = (rows: ArrayLike<number>): number => {
    const of = (tallies: readonly Tally[]): number => {
      let [there, predicted, correct] = [0, 0, 0];
      for (let r = 0; r < n; r++) {
        const t = tallies[rows[r]!]!;
        there += t.n;
        predicted += t.predicted;
        correct += t.correct;
      }
      return f1Of({ n: there, predicted, correct });
    };
    return of(a) - of(b);
  };
  const { gain, ci95, p, transfer } = pairedBootstrap(n, gainOf, { seed, margin });
  const said = f1Sentence({ transfer, gain, ci95, names, on: `${n} test ${items}, 1 seed` });
  const tail = " One seed: how much another training run would differ is not in the interval.";
  return { transfer, gain, ci95, margin, p, seeds: 1, words: said + tail };
}
