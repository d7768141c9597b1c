// A process can only be started with Node's own module: this file is loaded on Node alone.
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { EngraftError, type ErrorKind } from "../core/errors.js";
import type { AnyResultEvent } from "../core/events.js";
import type { ToChild, ToParent, TrainApart } from "./apart.js";

/** Of what the process writes to stderr, the end is kept for the message about its crash. */
const keptText = 2000;

/**
 * Train in a process of its own.
 * @throws what the training throws; RunError when the process ends without a word
 */
export const trainApart: TrainApart = async ({ onEvent, signal, ...task }) => {
  if (signal?.aborted) throw new EngraftError("Interrupted", "stopped on request");
  // Options of the program that started this one (a debugger, a test runner) are none of the training's.
  const child = fork(childFile(), [], { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const stop = (): void => void (child.connected && child.send({ stop: true } satisfies ToChild));
  signal?.addEventListener("abort", stop);
  let said = "";
  child.stderr!.on("data", (text: Buffer) => {
    said = (said + text.toString("utf8")).slice(-keptText);
  });
  try {
    return await new Promise<AnyResultEvent>((resolve, reject) => {
      child.on("error", reject);
      child.on("message", (message: ToParent) => {
        if ("event" in message) onEvent(message.event);
        else if ("result" in message) resolve(message.result);
        else {
          const { kind, message: text, ...more } = message.error;
          reject(new EngraftError(kind as ErrorKind, text, more));
        }
      });
      child.on("close", (code, killedBy) => {
        const how = killedBy === null ? `with exit code ${code}` : `by ${killedBy}`;
        reject(
          new EngraftError("RunError", `the training's process ended ${how}`, {
            help:
              killedBy === "SIGKILL"
                ? "most often the system took it for want of memory: a smaller --batch-size needs less"
                : "run it alone to see more",
            details: { code, signal: killedBy, stderr: said },
          }),
        );
      });
      child.send({ task } satisfies ToChild);
    });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
};

/** The built child: beside this file, beside the bundled program, or in dist/ when this file runs as TypeScript. */
function childFile(): string {
  const file = import.meta.url.endsWith(".ts")
    ? "../../dist/front/apart-child-node.js"
    : "../front/apart-child-node.js";
  const path = fileURLToPath(new URL(file, import.meta.url));
  if (!existsSync(path))
    throw new EngraftError("InternalError", "the file of the training's process is missing", {
      at: "dist/front/apart-child-node.js",
      help: "in a checkout: npm run build; otherwise install the package again",
    });
  return path;
}
