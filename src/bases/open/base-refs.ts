import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";

/**
 * Returns the names or paths of the bases in `A+B`. A "+" in the path of a file or folder does not divide it.
 * @throws OptionError if nothing is before or behind a "+"
 */
export async function baseRefs(ref: string, { files }: Platform): Promise<readonly string[]> {
  const pieces = ref.split("+");
  const refs: string[] = [];
  for (let from = 0; from < pieces.length; ) {
    let to = pieces.length;
    const joined = (): string => pieces.slice(from, to).join("+").trim();
    while (to > from + 1 && (joined() === "" || !(await files.stat(files.resolve(joined()))))) to--;
    refs.push(joined());
    from = to;
  }
  if (refs.length > 1 && refs.includes(""))
    throw new EngraftError("OptionError", `a base is missing beside "+" in ${JSON.stringify(ref)}`, {
      help: "join bases as A+B",
    });
  return refs;
}
