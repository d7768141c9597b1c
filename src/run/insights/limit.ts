import { EngraftError } from "../../core/errors.js";

/** Time limit of optional work, which it stops without loss. */
export class Limit {
  private readonly begin = performance.now();
  private readonly stop = new AbortController();

  constructor(
    private readonly seconds: number,
    private readonly asked: AbortSignal | undefined,
  ) {
    // Not AbortSignal.any() of AbortSignal.timeout(): Node 20 may collect the latter before its time.
    const timer = setTimeout(() => this.stop.abort(), Math.max(1, Math.ceil(1000 * seconds)));
    timer.unref?.();
    if (asked?.aborted) this.stop.abort();
    asked?.addEventListener("abort", () => this.stop.abort(), { once: true });
  }

  get signal(): AbortSignal {
    return this.stop.signal;
  }

  get spent(): number {
    return (performance.now() - this.begin) / 1000;
  }

  get left(): number {
    return this.signal.aborted ? 0 : Math.max(0, this.seconds - this.spent);
  }

  /** Returns a limit for a share of the remaining time. */
  within(share: number): Limit {
    return new Limit(share * this.left, this.asked);
  }

  /** Says why work ended: at the time limit, as words; a user's stop is thrown again. */
  wordsOf(error: unknown): string {
    const stopped = error instanceof EngraftError && error.kind === "Interrupted";
    if (!stopped) return error instanceof Error ? error.message : String(error);
    if (this.asked?.aborted) throw error;
    return `no time was left of ${Math.max(1, Math.round(this.seconds))} s`;
  }
}
