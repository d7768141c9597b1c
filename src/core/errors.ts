import type { errorsZh } from "./messages/errors-zh.js";
import { withShortNames } from "./short-names.js";

/**
 * Kinds of {@link EngraftError}. The kind determines the exit code of the command line (2: the input is at fault, 1:
 * Engraft is).
 */
export const errorKinds = {
  ShapeError: { exit: 2, means: "tensor shapes or types that do not fit each other" },
  OperatorError: { exit: 2, means: "an operator that is unknown, unsupported here, or has no gradient" },
  ModelError: { exit: 2, means: "a model file that cannot be read, or is not what the task needs" },
  DataError: { exit: 2, means: "pictures, texts, tables or folders that cannot be used as they are" },
  OptionError: { exit: 2, means: "an option or argument with a value that is not allowed" },
  FileError: { exit: 2, means: "a file or folder that cannot be read or written" },
  NetworkError: { exit: 2, means: "a download that failed" },
  RunError: { exit: 2, means: "a run folder that is in use, damaged, or does not fit the command" },
  DeviceError: { exit: 2, means: "a GPU that is missing, was lost, or cannot hold the run" },
  NumericError: { exit: 2, means: "a value that became infinite or not a number" },
  MachineError: { exit: 75, means: "a machine that cannot do its part of a study; another may" },
  Interrupted: { exit: 130, means: "stopped on request; the state is saved" },
  InternalError: { exit: 1, means: "a mistake in Engraft itself" },
} as const satisfies Record<string, { exit: 1 | 2 | 75 | 130; means: string }>;

/** The kind of an error. */
export type ErrorKind = keyof typeof errorKinds;

/** Code of an error that a user can cause. `errorText` writes it in another language, from the error's details. */
export type ErrorCode = keyof typeof errorsZh;

/** The code of an error with the details that its sentence needs. */
type Coded = {
  [C in ErrorCode]: {
    readonly code: C;
    readonly details: Parameters<(typeof errorsZh)[C]>[0] & Readonly<Record<string, unknown>>;
  };
}[ErrorCode];

/** Place, remedy and values of an error, besides its message. */
export type ErrorOptions = ErrorPlace &
  (Coded | { readonly code?: undefined; readonly details?: Readonly<Record<string, unknown>> });

interface ErrorPlace {
  /** Place: the values, the file and line, the option. Shown as `  at …`. */
  readonly at?: string;
  /** Remedy. Shown as `  help: …`. */
  readonly help?: string;
  readonly cause?: unknown;
}

/**
 * An error with a message for people.
 *
 * @example
 * throw new EngraftError("ShapeError", "MatMul: inner dimensions differ: a is float32[N, 512], b is float32[768, 10]", {
 *   at: 'values "backbone/pool" and "head/fc.weight"',
 *   help: "a's last axis (512) must equal b's first (768); rebuild the head for 512 features",
 * });
 */
export class EngraftError extends Error {
  readonly kind: ErrorKind;
  /** Missing: a user of a page does not cause such an error. */
  readonly code: ErrorCode | undefined;
  readonly at: string | undefined;
  readonly help: string | undefined;
  /** The conflicting values, for programs. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(kind: ErrorKind, message: string, options: ErrorOptions = {}) {
    super(withShortNames(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = kind;
    this.kind = kind;
    this.code = options.code;
    this.at = options.at === undefined ? undefined : withShortNames(options.at);
    this.help = options.help;
    this.details = options.details ?? {};
  }

  /** 2: the user's input is at fault, 1: Engraft, 75: this machine, 130: interrupted. */
  get exitCode(): 1 | 2 | 75 | 130 {
    return errorKinds[this.kind].exit;
  }

  /** Formats the error for a user: one line, then the place, then the remedy. */
  format(): string {
    // A name in a message may have several lines: indented, they cannot pass for the lines below.
    const indented = (text: string): string => text.replace(/\r?\n/g, "\n    ");
    const lines = [`${this.kind}: ${indented(this.message)}`];
    if (this.at !== undefined) lines.push(`  at ${indented(this.at)}`);
    if (this.help !== undefined) lines.push(`  help: ${this.help}`);
    return lines.join("\n");
  }
}

/** Throws an InternalError if a guarantee of Engraft does not hold. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition)
    throw new EngraftError("InternalError", message, { help: "please report this with the command you ran" });
}

/** @throws Interrupted if the signal is aborted */
export function stopIf(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new EngraftError("Interrupted", "stopped on request");
}

/** Returns the message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
