import { EngraftError } from "../../core/errors.js";
import { kebab } from "./parse.js";

/** Options that may stand beside --resume in every command. */
const always: readonly string[] = ["resume", "json", "quiet", "verbose", "help"];

/**
 * Refuses data and options beside --resume: a resumed run keeps those that it was started with.
 * @param fixedBy what keeps them: "run", "comparison"
 * @param allowed further options that may stand beside --resume
 * @throws OptionError that names the first one
 */
export function requireAlone(
  command: string,
  args: readonly string[],
  options: { readonly resume?: string | undefined },
  fixedBy: string,
  allowed: readonly string[] = [],
): void {
  const [data] = args;
  const other = Object.entries(options).find(
    ([name, value]) => value !== undefined && !always.includes(name) && !allowed.includes(name),
  );
  if (data === undefined && !other) return;
  const flags = allowed.map((name) => `--${kebab(name)}`);
  const last = flags.pop();
  const beside =
    last === undefined
      ? "nothing may stand beside --resume"
      : `beside --resume only ${flags.length > 0 ? `${flags.join(", ")} and ${last}` : last} may stand`;
  const what = other ? `--${kebab(other[0])}` : `"${data}"`;
  throw new EngraftError("OptionError", `${what} is fixed by the ${fixedBy}: ${beside}`, {
    help: `engraft ${command} --resume ${options.resume}`,
  });
}
