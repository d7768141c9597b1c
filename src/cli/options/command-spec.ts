import * as z from "zod/mini";
import { flag, flagsOf } from "./fields.js";

/** Group of a command in the help. */
export type CommandGroup = "train" | "understand" | "use" | "manage";

/** Command: the parser, the help and the types are made from it. */
export interface CommandSpec<Options extends z.ZodMiniObject = z.ZodMiniObject> {
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

export function command<Shape extends z.core.$ZodLooseShape>(
  spec: Omit<CommandSpec, "options"> & { readonly options: Shape },
) {
  return { ...spec, options: z.strictObject({ ...spec.options, ...common }) };
}
