import { EngraftError } from "../../core/errors.js";

/** Factor above the chance loss that counts as divergence, and the decay of the average over steps. */
const [factor, memory] = [4, 0.95] as const;

/** The loss of guessing, and its description. */
export interface Guessing {
  readonly loss: number;
  readonly words: string;
}

/** Loss of guessing among C classes: ln C. */
export const guessingAmong = (classes: number): Guessing => ({
  loss: Math.log(classes),
  words: `guessing among ${classes} classes costs ${Math.log(classes).toPrecision(3)}`,
});

/** Loss of predicting the mean of standardised numbers: their variance for the squared error (less for Huber's). */
export const answeringMean: Guessing = { loss: 1, words: "always answering the mean costs 1" };

/** State of the watch. */
export interface WatchState {
  readonly sum: number;
  readonly weight: number;
  readonly first?: number;
}

/**
 * Detects a finite loss that has diverged: its average over about twenty steps is above four times the chance loss (ln
 * C for classes), or four times its value in the first step if that is more.
 *
 * fastai's rate finder stops at four times the lowest loss; a run has bumps, and recovers from losses far below chance.
 */
export class DivergenceWatch {
  constructor(
    private readonly guessing: Guessing,
    /** Saved state of an earlier watch. */
    private seen: WatchState = { sum: 0, weight: 0 },
  ) {}

  /** State for a checkpoint. */
  get state(): WatchState {
    return this.seen;
  }

  /** Forgets the steps seen: the training begins again. */
  forget(): void {
    this.seen = { sum: 0, weight: 0 };
  }

  /** @param loss of a step @throws NumericError if it has diverged */
  see(loss: number, step: number): void {
    const { first = loss } = this.seen;
    const sum = memory * this.seen.sum + (1 - memory) * loss;
    const weight = memory * this.seen.weight + (1 - memory);
    this.seen = { sum, weight, first };
    const average = sum / weight;
    const limit = factor * Math.max(first, this.guessing.loss);
    // The average over fewer than twenty steps is unreliable.
    if (!(average > limit) || weight < 1 - Math.exp(-1)) return;
    throw new EngraftError(
      "NumericError",
      `the loss rose to ${average.toPrecision(3)} at step ${step}: ${this.guessing.words}`,
      { help: "use a smaller learning rate (--lr)", details: { step, loss: average, limit } },
    );
  }
}
