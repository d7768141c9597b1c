// Program of a child process that runs one function for its parent: started by run-in-child.ts, never imported.
import { EngraftError, messageOf } from "../core/errors.js";
import type { ChildWork, ToChild, ToParent } from "./child-work.js";
import { peakMb } from "./peak-memory.js";
import { watchSignals } from "./process/watch-signals-node.js";

/** Longest time to save the state, ms. */
const longestFarewell = 60_000;

const stopper = new AbortController();
// Ctrl-C reaches every process of the terminal. The parent decides whether to stop.
for (const name of ["SIGINT", "SIGHUP"] as const) process.on(name, () => undefined);
// A parent that is killed says nothing, and a computation that does not end would not hear it.
const signals = watchSignals(["SIGTERM"], () => stopper.abort(), { parent: true });
const watched = signals.watch();
// The parent is gone: save the state and exit.
process.on("disconnect", () => {
  stopper.abort();
  setTimeout(() => process.exit(1), longestFarewell);
});

const send = (message: ToParent): Promise<void> =>
  new Promise((resolve) => {
    if (!process.connected) resolve();
    else process.send!(message, undefined, undefined, () => resolve());
  });

process.on("message", (message: ToChild) => {
  if ("stop" in message) stopper.abort();
  else void work(message);
});

/** @param module below dist/, as in "api/train-child.js" */
async function work({ module, input, limit }: Extract<ToChild, { module: string }>): Promise<void> {
  try {
    await watched;
    signals.limit(limit);
    const { default: executeRun } = (await import(new URL(`../${module}`, import.meta.url).href)) as {
      default: ChildWork<unknown, unknown>;
    };
    const result = await executeRun(input, {
      sendMessage: (message) => send({ message }),
      signal: stopper.signal,
    });
    await send({ result, peakMb: peakMb() });
  } catch (thrown) {
    const aborted = (thrown as { name?: unknown }).name === "AbortError";
    const error =
      thrown instanceof EngraftError
        ? thrown
        : new EngraftError(aborted ? "Interrupted" : "InternalError", messageOf(thrown));
    const { kind, code, message, at, help, details } = error;
    await send({
      error: {
        kind,
        ...(code && { code }),
        message,
        ...(at !== undefined && { at }),
        ...(help !== undefined && { help }),
        details,
      },
    });
  }
  process.exit(0);
}
