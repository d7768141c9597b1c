import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatDuration } from "../core/duration.js";
import { EngraftError, type ErrorOptions } from "../core/errors.js";
import type { ToChild, ToParent } from "./child-work.js";
import { telemetrySwitch } from "./node-telemetry.js";
import type { ChildProcessWork } from "./platform.js";

/** Characters of the child's stderr that are kept for the message about a crash. */
const keptCharacters = 2000;

/**
 * V8's young generation for a child that creates many small objects: the default of 16 MB takes 40 MB more without
 * benefit.
 */
const smallSpaceMb = 2;

/**
 * Settings of the C library's malloc: few pools, and large blocks are returned when freed. Other allocators ignore
 * them.
 */
const frugalMalloc = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_MMAP_THRESHOLD_: "131072",
  MALLOC_TRIM_THRESHOLD_: "131072",
};

/** Result of work in a child process, and its memory. */
export interface ChildResult {
  readonly value: unknown;
  /** Peak resident memory of the child, MB. */
  readonly peakMb: number;
}

/**
 * Runs work in a child process, see {@link Platform.runInChildProcess}.
 * @throws what the work throws; RunError with `details.stderr` if the process ends without a message
 */
export async function runInChild({
  module,
  input,
  onMessage,
  signal,
  what,
  silence,
  small = false,
}: ChildProcessWork): Promise<ChildResult> {
  if (signal?.aborted) throw new EngraftError("Interrupted", "stopped on request");
  // Options of the parent (a debugger, a test runner) do not apply to the child.
  const child = fork(childFile(what), [], {
    execArgv: small ? [`--max-semi-space-size=${smallSpaceMb}`] : [],
    env: { [telemetrySwitch]: "1", ...process.env, ...(small && frugalMalloc) },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "advanced",
  });
  const stop = (): void => {
    if (child.connected) child.send({ stop: true } satisfies ToChild);
    // A child that computes reads no message: its watcher gets the signal. On Windows, the signal would end it before it has saved its state.
    if (process.platform !== "win32") child.kill("SIGTERM");
  };
  signal?.addEventListener("abort", stop);
  const line = `${what} did not answer for ${formatDuration((silence ?? 0) / 1000)}, and its process was ended`;
  let stderr = "";
  child.stderr!.on("data", (text: Buffer) => {
    stderr = (stderr + text.toString("utf8")).slice(-keptCharacters);
  });
  try {
    return await new Promise<ChildResult>((resolve, reject) => {
      child.on("error", reject);
      child.on("message", (sent: ToParent) => {
        if ("message" in sent) onMessage?.(sent.message);
        else if ("error" in sent) {
          const { kind, message, ...more } = sent.error;
          reject(new EngraftError(kind, message, more as ErrorOptions));
        } else resolve({ value: sent.result, peakMb: sent.peakMb });
      });
      child.on("close", (code, killedBy) => {
        if (signal?.aborted) reject(new EngraftError("Interrupted", "stopped on request"));
        const details = { code, signal: killedBy, stderr };
        reject(stderr.includes(`${line}\n`) ? silentChild(line, details) : endedChild(what, details));
      });
      const limit = silence === undefined ? undefined : { line, silence };
      child.send({ module, input, ...(limit && { limit }) } satisfies ToChild);
    });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

type ChildEnd = Readonly<Record<"code" | "signal" | "stderr", unknown>>;

const silentChild = (message: string, details: ChildEnd): EngraftError =>
  new EngraftError("RunError", message, {
    help: "look for a damaged or very large file in the data",
    details,
  });

function endedChild(what: string, details: ChildEnd): EngraftError {
  const { code, signal } = details;
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  return new EngraftError("RunError", `${what}'s process ended ${how}`, {
    help:
      signal === "SIGKILL"
        ? "most often the system took it for want of memory: a smaller --batch-size needs less"
        : "run it alone to see more",
    details,
  });
}

/**
 * Returns the path of the built child program: next to this file, next to the bundled program, or in dist/ if this file
 * runs as TypeScript.
 */
function childFile(what: string): string {
  const file = import.meta.url.endsWith(".ts")
    ? "../../dist/platform/child-process.js"
    : "../platform/child-process.js";
  const path = fileURLToPath(new URL(file, import.meta.url));
  if (!existsSync(path))
    throw new EngraftError("InternalError", `the file of ${what}'s process is missing`, {
      at: "dist/platform/child-process.js",
      help: "in a checkout: npm run build; otherwise install the package again",
    });
  return path;
}
