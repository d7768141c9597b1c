import type { LimitedWork } from "../platform/process/limited-work.js";
import type { Output } from "./output.js";

/** Context of every command, in addition to its arguments and options. */
export interface Context {
  readonly output: Output;
  /** Aborted by Ctrl-C, and if the reader of stdout is closed. */
  readonly signal: AbortSignal;
  /** Ends the process if the command does not answer while it has this work in hand; undefined: it has none. */
  readonly limit: (work: LimitedWork | undefined) => void;
}

/** Command: works, reports to `output`, throws errors. */
export type Command<Options> = (args: readonly string[], options: Options, context: Context) => Promise<void>;
