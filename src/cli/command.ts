import type { Output } from "./output.js";

/** What every command gets beside its own words and options. */
export interface Context {
  readonly output: Output;
  /** Aborted by Ctrl-C, and when nobody reads stdout any more. */
  readonly signal: AbortSignal;
}

/** A command: works, reports to `output`, throws what goes wrong. */
export type Command<Options> = (args: readonly string[], options: Options, context: Context) => Promise<void>;
