import type { EngraftEvent } from "../../src/core/events/events.js";
import type { NumberedEvent } from "./trainer.js";

/** Events of a run in this tab, numbered from 1. */
export class EventLog {
  readonly #events: NumberedEvent[] = [];
  #over = false;
  #wake: (() => void) | undefined;
  #next = new Promise<void>((resolve) => {
    this.#wake = resolve;
  });

  add(event: EngraftEvent): void {
    this.#events.push({ id: this.#events.length + 1, event });
    this.#notify();
  }

  /** No event follows. */
  end(): void {
    this.#over = true;
    this.#notify();
  }

  /** Yields the events after a number, then those that come. */
  async *after(number: number, signal: AbortSignal): AsyncGenerator<NumberedEvent> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    for (let at = number; !signal.aborted; ) {
      const next = this.#next;
      for (; at < this.#events.length && !signal.aborted; at++) yield this.#events[at]!;
      if (this.#over && at >= this.#events.length) return;
      await Promise.race([next, aborted]);
    }
  }

  #notify(): void {
    this.#wake?.();
    this.#next = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
