import { EngraftError, messageOf } from "../../core/errors.js";
import { inEnglish, type Message, message } from "../../core/messages/message.js";
import type { Context } from "../context.js";

/** Shortest time of optional work, in seconds: a run past its budget explains little, not nothing. */
const least = 1;

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

  /** Returns why work ended. @throws if the user stopped it */
  reasonFor(error: unknown): { readonly why: string; readonly message?: Message } {
    const stopped = error instanceof EngraftError && error.kind === "Interrupted";
    if (!stopped) return { why: messageOf(error) };
    if (this.asked?.aborted) throw error;
    const over = message("time-for-report-over", { seconds: Math.max(1, Math.round(this.seconds)) });
    return { why: inEnglish([over]), message: over };
  }
}

/** Returns the limit of a run's explanations: these seconds, or fewer if less of its budget is left. */
export function limitOf({ run, options }: Pick<Context, "run" | "options">, seconds: number): Limit {
  const { budget = Number.POSITIVE_INFINITY, signal } = options;
  return new Limit(Math.min(seconds, Math.max(least, budget - run.secondsOfProcess())), signal);
}
