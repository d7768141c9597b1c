import { EngraftError } from "../../core/errors.js";

/** How far above what guessing costs a loss has to be, and over how many steps it is averaged. */
const [factor, memory] = [4, 0.95] as const;

/** What the loss is where nothing is known, and in words. */
export interface Guessing {
  readonly loss: number;
  readonly words: string;
}

/** One of C classes at random: ln C. */
export const guessingAmong = (classes: number): Guessing => ({
  loss: Math.log(classes),
  words: `guessing among ${classes} classes costs ${Math.log(classes).toPrecision(3)}`,
});

/** The mean of standardised numbers, whose squared error is their variance (Huber's loss is less). */
export const answeringMean: Guessing = { loss: 1, words: "always answering the mean costs 1" };

/** What a watch remembers. */
export interface Seen {
  readonly sum: number;
  readonly weight: number;
  readonly first?: number;
}

/**
 * Watches a loss for one that is still a number and yet beyond help: its average over about twenty steps is four times
 * what guessing costs (ln C among classes), or four times what it was in the first step if that is more.
 *
 * fastai's finder stops at four times the lowest; a run has bumps, and recovers from losses far below that of guessing.
 */
export class DivergenceWatch {
  constructor(
    private readonly guessing: Guessing,
    /** Where another one was when it was saved. */
    private seen: Seen = { sum: 0, weight: 0 },
  ) {}

  /** For a checkpoint. */
  get state(): Seen {
    return this.seen;
  }

  /** @param loss of a step. @throws NumericError when it has got out of hand */
  see(loss: number, step: number): void {
    const { first = loss } = this.seen;
    const sum = memory * this.seen.sum + (1 - memory) * loss;
    const weight = memory * this.seen.weight + (1 - memory);
    this.seen = { sum, weight, first };
    const average = sum / weight;
    const limit = factor * Math.max(first, this.guessing.loss);
    // Of the first twenty steps the average says little.
    if (!(average > limit) || weight < 1 - Math.exp(-1)) return;
    throw new EngraftError(
      "NumericError",
      `the loss rose to ${average.toPrecision(3)} at step ${step}: ${this.guessing.words}`,
      { help: "use a smaller learning rate (--lr)", details: { step, loss: average, limit } },
    );
  }
}
