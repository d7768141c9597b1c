import * as z from "zod/mini";
import { flag, flagsOf } from "./fields.js";

/** What a person wants to do with a command. */
export type CommandGroup = "train" | "understand" | "use" | "manage";

/** One command: what the parser, the help and the types are made from. */
export interface CommandSpec<Options extends z.ZodMiniObject = z.ZodMiniObject> {
  readonly name: string;
  readonly summary: string;
  /** Where the program's help lists it. */
  readonly group: CommandGroup;
  /** Words after the name, as the help shows them. */
  readonly usage: string;
  /** How many arguments without a dash. */
  readonly least: number;
  readonly most: number;
  readonly options: Options;
  readonly examples: readonly string[];
}

/** Every command has these. */
export const common = {
  help: flag("show help; --help all: every option"),
  json: flag("print JSON lines (events and result) on stdout"),
  quiet: flag("print only the result"),
  verbose: flag("also print reasons, baseline recipes and all scores"),
  ...flagsOf("seed", "threads"),
};

/** How pictures become inputs, when no file beside the base says it. */
export const preprocessing = flagsOf("imageSize", "mean", "std", "rescale", "channels");

export function command<Shape extends z.core.$ZodLooseShape>(
  spec: Omit<CommandSpec, "options"> & { readonly options: Shape },
) {
  return { ...spec, options: z.strictObject({ ...spec.options, ...common }) };
}
