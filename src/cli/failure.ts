import { join } from "node:path";
import { EngraftError, messageOf } from "../core/errors.js";

/** Returns anything thrown as an EngraftError: an unexpected error is an error in Engraft. */
export function asEngraftError(error: unknown): EngraftError {
  if (error instanceof EngraftError) return error;
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (name === "AbortError") return new EngraftError("Interrupted", "stopped on request", { cause: error });
  if (code === "ENOSPC")
    return new EngraftError("FileError", `the disk is full: ${messageOf(error)}`, {
      help: "free some space and run the command again",
      cause: error,
    });
  return new EngraftError("InternalError", messageOf(error), { cause: error });
}

/** Returns the last line of `--json`. */
export function errorEvent(error: EngraftError): Record<string, unknown> {
  return {
    event: "error",
    kind: error.kind,
    message: error.message,
    ...(error.at === undefined ? {} : { at: error.at }),
    ...(error.help === undefined ? {} : { help: error.help }),
    ...(Object.keys(error.details).length === 0 ? {} : { details: error.details }),
    exit: error.exitCode,
  };
}

/**
 * Writes a report for a maintainer to a file: command, versions, stack; nothing from the environment.
 * @returns the same error, with the path in its help
 */
export async function withReport(
  error: EngraftError,
  argv: readonly string[],
  version: string,
): Promise<EngraftError> {
  const text = [
    `engraft ${version}, node ${process.version}, ${process.platform} ${process.arch}`,
    `command: engraft ${argv.join(" ")}`,
    "",
    stackOf(error),
  ].join("\n");
  const ask = "this is a mistake in Engraft: please report it";
  try {
    const { cacheDir, writeAtomic } = await import("../platform/node.js");
    const name = `error-${new Date().toISOString().replace(/[:.]/g, "-")}.txt`;
    const path = join(cacheDir(), "logs", name);
    await writeAtomic(path, `${text}\n`);
    return again(error, `${ask}, with the file ${path}`);
  } catch {
    return again(error, `${ask}, with these lines:\n${text}`);
  }
}

/** Returns the same error with another help. */
function again(error: EngraftError, help: string): EngraftError {
  return new EngraftError(error.kind, error.message, {
    at: error.at,
    help,
    details: error.details,
    cause: error,
  });
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return (error.stack ?? error.message) + cause;
}
