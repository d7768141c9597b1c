// The process of one training: gets its task from the one that started it, tells it every event, ends with a result
// or an error. Built beside the library; never imported.
import { EngraftError, messageOf } from "../core/errors.js";
import type { ToChild, ToParent } from "./apart.js";
import { resume, train } from "./train.js";

/** What saving the state may take, in milliseconds. */
const longestFarewell = 60_000;

const stopper = new AbortController();
// Ctrl-C reaches every process of the terminal: whether to stop is for the one that asked.
for (const name of ["SIGINT", "SIGHUP"] as const) process.on(name, () => undefined);
process.on("SIGTERM", () => stopper.abort());
// Nobody is left to tell: save the state and go.
process.on("disconnect", () => {
  stopper.abort();
  setTimeout(() => process.exit(1), longestFarewell);
});

const tell = (message: ToParent): Promise<void> =>
  new Promise((resolve) => {
    if (!process.connected) resolve();
    else process.send!(message, undefined, undefined, () => resolve());
  });

process.on("message", (message: ToChild) => {
  if ("stop" in message) stopper.abort();
  else void work(message.task);
});

async function work({
  data,
  options,
  resume: run,
}: Extract<ToChild, { task: unknown }>["task"]): Promise<void> {
  const told = {
    ...options,
    signal: stopper.signal,
    onEvent: (event: Parameters<NonNullable<typeof options.onEvent>>[0]) => void tell({ event }),
  };
  try {
    const result =
      run === undefined
        ? await train(data!, { ...told, task: told.task ?? "image-classification" })
        : await resume(run, {
            onEvent: told.onEvent,
            signal: told.signal,
            ...(options.threads !== undefined && { threads: options.threads }),
          });
    await tell({ result });
  } catch (thrown) {
    const aborted = (thrown as { name?: unknown }).name === "AbortError";
    const error =
      thrown instanceof EngraftError
        ? thrown
        : new EngraftError(aborted ? "Interrupted" : "InternalError", messageOf(thrown));
    const { kind, message, at, help, details } = error;
    await tell({
      error: {
        kind,
        message,
        ...(at !== undefined && { at }),
        ...(help !== undefined && { help }),
        details,
      },
    });
  }
  process.exit(0);
}
