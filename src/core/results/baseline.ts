import type { Recipe } from "../messages/message.js";

/** A baseline of a run, on the same data and test set. */
export interface BaselineOf<Scores> extends Recipe {
  readonly test: Scores;
  readonly seconds: number;
  /** For training from scratch: its course, and the learning rates that were tried. */
  readonly training?: ScratchFacts;
  readonly tried?: readonly ScratchTried[];
}

/** Steps and seconds of a training. */
export interface Effort {
  readonly steps: number;
  readonly seconds: number;
}

/** What a verdict records about the effort of both trainings, and the interval of their difference. */
interface SavedTimeFacts {
  readonly effort?: { readonly transfer?: Effort; readonly scratch: Effort };
  readonly ci95: readonly [low: number, high: number] | null;
}

/**
 * True if transfer was better after no more steps than training from scratch: the interval of the gain is above 0, and
 * the steps of both are known. A solved head has no steps. Each text about a verdict asks here.
 */
export function savedTime({ effort, ci95 }: SavedTimeFacts): boolean {
  return (
    effort?.transfer !== undefined &&
    effort.transfer.steps <= effort.scratch.steps &&
    ci95 !== null &&
    ci95[0] > 0
  );
}

/** Course of the training of a baseline from scratch. */
export interface ScratchFacts {
  /** Steps made, and most steps. */
  readonly steps: number;
  readonly limit: number;
  readonly seconds: number;
  readonly rate: number;
  readonly best_epoch: number;
  /** "stopped improving": validation no longer improved. "budget": its steps or its time ended first. */
  readonly ended: "stopped improving" | "budget" | "diverged";
  /** True if its training loss came clearly below the loss of guessing. */
  readonly learnt: boolean;
  /** Score and loss of the epoch that was kept. */
  readonly validation: ValidationFacts;
  /** Equal effort: the best by validation after as many steps as the run had, which is `steps`. Missing: it made fewer. */
  readonly at_transfer?: { readonly steps: number; readonly validation: ValidationFacts };
}

/** A learning rate that a baseline from scratch tried for a tenth of its steps. */
export interface ScratchTried {
  readonly rate: number;
  readonly steps: number;
  readonly seconds: number;
  /** The lowest loss, which decides, and the best score. */
  readonly validation: ValidationFacts;
  /** True for the rate that was chosen. */
  readonly kept: boolean;
}

/**
 * True if the chosen learning rate has the lowest validation loss. It has not while no rate is better than guessing.
 */
export function isBestTried(tried: readonly ScratchTried[]): boolean {
  const kept = tried.find((one) => one.kept);
  return kept !== undefined && tried.every(({ validation }) => validation.loss >= kept.validation.loss);
}

/** On the validation part: accuracy, F1 or R², and the loss. */
export interface ValidationFacts {
  readonly score: number;
  readonly loss: number;
}

/**
 * Returns how a training from scratch ended, with "not learnt" if its steps ended before it was clearly better than
 * guessing.
 */
export const endOf = ({ ended, learnt }: ScratchFacts): ScratchFacts["ended"] | "not learnt" =>
  ended === "budget" && !learnt ? "not learnt" : ended;
