import { EngraftError } from "../../core/errors.js";
import { kebab } from "./parse.js";

/**
 * What is gone on with knows what it was started with.
 * @param allowed options that may stand beside --resume
 * @param why ends the message: "is fixed by the comparison: …"
 * @throws OptionError when data or another option stands beside it
 */
export function refuseOtherOptions(
  command: string,
  data: string | undefined,
  options: { readonly resume?: string | undefined },
  allowed: ReadonlySet<string>,
  why: string,
): void {
  const other = Object.entries(options).find(([name, value]) => value !== undefined && !allowed.has(name));
  if (data === undefined && !other) return;
  throw new EngraftError("OptionError", `${other ? `--${kebab(other[0])}` : `"${data}"`} ${why}`, {
    help: `engraft ${command} --resume ${options.resume}`,
  });
}
