import { type Field, flag, flagsOf } from "./fields.js";

/** Group of a command in the help. */
export type CommandGroup = "train" | "understand" | "use" | "manage";

/** Options of a command by the name of their field. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** Command: the parser, the help and the types are made from it. */
export interface CommandSpec<Options extends Fields = Fields> {
  readonly name: string;
  readonly summary: string;
  /** Group in the program's help. */
  readonly group: CommandGroup;
  /** Arguments after the name, as the help shows them. */
  readonly usage: string;
  /** Fewest arguments without a dash. */
  readonly least: number;
  readonly most: number;
  readonly options: Options;
  readonly examples: readonly string[];
}

/** Options of every command. */
export const common = {
  help: flag("show help; --help all: every option"),
  json: flag("print JSON lines (events and result) on stdout"),
  quiet: flag("print only the result"),
  verbose: flag("also print reasons, baseline recipes and all scores"),
  ...flagsOf("seed", "threads"),
};

/** Preprocessing of images, if no file next to the base has it. */
export const preprocessing = flagsOf("imageSize", "mean", "std", "rescale", "channels");

export const command = <Options extends Fields>(
  spec: CommandSpec<Options>,
): CommandSpec<Options & typeof common> => ({ ...spec, options: { ...spec.options, ...common } });
