import { type ReadonlySignal, signal } from "@preact/signals";

import type { Draft } from "../store/store.js";
import type { Predictor, ShownAnswer } from "./predictor.js";

/** An input to try. */
export interface TryInput {
  /** Input of the model. The page closes an `ImageBitmap` when it shows another one. */
  readonly input: unknown;
  /** Content of the input as a new sample, for a correction. */
  readonly keep: () => Promise<Draft>;
}

/** An input with what the model predicts for it. */
export interface AnsweredInput {
  readonly input: TryInput;
  /** The most probable first; empty for a kind without a display of its own. */
  readonly answers: readonly ShownAnswer[];
  /** The whole prediction, if there are no `answers`. */
  readonly raw?: unknown;
  readonly error?: unknown;
}

/** Predicts one input at a time. Only the newest of the inputs that arrive meanwhile waits. */
export class TryQueue {
  readonly #shown = signal<AnsweredInput | undefined>(undefined);
  #predictor: Predictor | undefined;
  #waiting: TryInput | undefined;
  #isBusy = false;
  /** Number of calls of `clear`. The page does not show a prediction that began before the last call. */
  #clears = 0;

  /** The last predicted input. */
  readonly shown: ReadonlySignal<AnsweredInput | undefined> = this.#shown;

  /** Changes the model, and predicts the shown input again. */
  use(predictor: Predictor | undefined): void {
    this.#predictor = predictor;
    const input = this.#shown.peek()?.input;
    if (!predictor) this.clear();
    else if (input && !this.#waiting) this.take(input);
  }

  take(input: TryInput): void {
    if (this.#waiting !== input) free(this.#waiting, this.#shown.peek()?.input);
    this.#waiting = input;
    if (!this.#isBusy) void this.#run();
  }

  /** Forgets the shown input. */
  clear(): void {
    this.#clears++;
    free(this.#waiting);
    free(this.#shown.peek()?.input);
    this.#waiting = undefined;
    this.#shown.value = undefined;
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting && this.#predictor) {
      const input: TryInput = this.#waiting;
      const predictor = this.#predictor;
      this.#waiting = undefined;
      const clears = this.#clears;
      const shown = await predicted(predictor, input);
      if (this.#clears !== clears) free(input);
      else {
        const before = this.#shown.peek()?.input;
        if (before !== input) free(before, this.#waiting);
        this.#shown.value = shown;
      }
    }
    this.#isBusy = false;
  }
}

async function predicted(predictor: Predictor, input: TryInput): Promise<AnsweredInput> {
  try {
    const answers = await predictor.predict(input.input);
    if (answers.length > 0) return { input, answers };
    return { input, answers, raw: await predictor.predictRaw(input.input) };
  } catch (error) {
    return { input, answers: [], error };
  }
}

/** Frees the memory of a picture, unless it is still `used`. */
function free(input: TryInput | undefined, used?: TryInput): void {
  if (input !== used && input?.input instanceof ImageBitmap) input.input.close();
}
