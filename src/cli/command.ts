import type { Output } from "./output.js";

/** Context of every command, in addition to its arguments and options. */
export interface Context {
  readonly output: Output;
  /** Aborted by Ctrl-C, and if the reader of stdout is closed. */
  readonly signal: AbortSignal;
}

/** Command: works, reports to `output`, throws errors. */
export type Command<Options> = (args: readonly string[], options: Options, context: Context) => Promise<void>;
