import * as z from "zod/mini";
import { flag, flagsOf } from "./fields.js";

/** One command: what the parser, the help and the types are made from. */
export interface CommandSpec<Options extends z.ZodMiniObject = z.ZodMiniObject> {
  readonly name: string;
  readonly summary: string;
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
  help: flag("show this help"),
  json: flag("one JSON object a line on stdout, nothing else there"),
  quiet: flag("only the result"),
  verbose: flag("details too: reasons, recipes of baselines, all scores"),
  ...flagsOf("seed", "threads"),
};

/** How pictures become inputs, when no file beside the base says it. */
export const preprocessing = flagsOf("imageSize", "mean", "std", "rescale", "channels");

export function command<Shape extends z.core.$ZodLooseShape>(
  spec: Omit<CommandSpec, "options"> & { readonly options: Shape },
) {
  return { ...spec, options: z.strictObject({ ...spec.options, ...common }) };
}
