import { EngraftError, type ErrorKind } from "../../core/errors.js";
import { parseJson } from "../../core/parse-json.js";
import type { Files, Platform } from "../../platform/platform.js";

/**
 * What an error of a training blames. "task": every machine would fail, so it is never started again. "machine": another machine may
 * succeed, and this one stops. "unknown": tried again, `mostAttempts` times in all.
 */
const blamed = {
  ShapeError: "task",
  OperatorError: "task",
  ModelError: "task",
  DataError: "task",
  OptionError: "task",
  NumericError: "task",
  FileError: "machine",
  NetworkError: "machine",
  DeviceError: "machine",
  MachineError: "machine",
  RunError: "unknown",
  Interrupted: "machine",
  InternalError: "unknown",
} as const satisfies Record<ErrorKind, "task" | "machine" | "unknown">;

/** How often a training is started that fails for an unknown reason, or that the system killed. */
export const mostAttempts = 3;

/** A failed attempt of a training, as a line of its file. */
export interface FailedAttempt {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly help?: string;
  readonly host: string;
  readonly at: string;
}

export const blameOf = (error: EngraftError): (typeof blamed)[ErrorKind] => blamed[error.kind];

/** File of the failed attempts of a training, beside its run folder. */
const attemptsFile = (run: string): string => `${run}.failures.jsonl`;

/** Records a failed attempt. The caller holds the training's lock. The file is written anew, so that no link is followed. */
export async function recordAttempt({ files }: Platform, run: string, attempt: FailedAttempt): Promise<void> {
  const before = await readAttempts(files, run);
  await files.writeAtomic(attemptsFile(run), `${before}${JSON.stringify(attempt)}\n`);
}

/** Largest file of failed attempts that is read, bytes. */
const largest = 2 ** 20;

/** True if a path in a folder is a link to another place. */
export async function isLink(files: Files, folder: string, ...parts: string[]): Promise<boolean> {
  const real = await files.realPath(folder);
  return (await files.realPath(files.join(folder, ...parts))) !== files.join(real, ...parts);
}

/** Returns the text of the failed attempts of a training. @throws RunError for a file that no worker wrote */
async function readAttempts(files: Files, run: string): Promise<string> {
  const file = attemptsFile(run);
  const there = await files.stat(file);
  if (!there) return "";
  const folder = files.dirname(file);
  if (
    there.kind === "file" &&
    there.size <= largest &&
    !(await isLink(files, folder, files.relative(folder, file)))
  )
    return new TextDecoder().decode(await files.read(file, { limit: largest }));
  throw new EngraftError("RunError", `the record of failures "${file}" is not what a worker writes`, {
    help: "remove it: then a worker starts the training again",
  });
}

/**
 * Returns the last attempt of a training that is not to be started again; otherwise undefined.
 * @throws RunError for a file that no worker wrote
 */
export async function finalFailure({ files }: Platform, run: string): Promise<FailedAttempt | undefined> {
  const attempts = (await readAttempts(files, run)).split("\n").flatMap((line) => {
    const attempt = parsed(line);
    return attempt ? [attempt] : [];
  });
  const last = attempts.at(-1);
  const ended = attempts.length >= mostAttempts || (last && blamed[last.kind] === "task");
  return ended ? last : undefined;
}

/** Reads a line that any machine wrote. A killed process may leave half a line. */
function parsed(line: string): FailedAttempt | undefined {
  try {
    return readAttempt(parseJson(line));
  } catch {
    return undefined;
  }
}

/** Returns a failed attempt as any machine may have written it; undefined if it is none. */
export function readAttempt(value: unknown): FailedAttempt | undefined {
  const { kind, message, host, at, help } = (value ?? {}) as Partial<FailedAttempt>;
  if (typeof kind !== "string" || !Object.hasOwn(blamed, kind)) return undefined;
  if (typeof message !== "string" || typeof host !== "string" || typeof at !== "string") return undefined;
  return { kind, message, host, at, ...(typeof help === "string" && { help }) };
}

/** Returns the error of a training that failed for good. */
export const errorOf = (
  label: string,
  seed: number,
  { kind, message, help, host }: FailedAttempt,
): EngraftError => new EngraftError(kind, `${label}, seed ${seed}, on ${host}: ${message}`, { help });

/** Returns the error of a machine that cannot do the work. */
export const machineError = ({ message, at, help }: EngraftError): EngraftError =>
  new EngraftError("MachineError", message, { at, help });
