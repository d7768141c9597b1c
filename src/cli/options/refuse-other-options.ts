import { EngraftError } from "../../core/errors.js";
import { kebab } from "./option-owners.js";

/** Options that every command allows with --resume. */
const always: readonly string[] = ["resume", "json", "quiet", "verbose", "help"];

/**
 * Refuses data and options with --resume: a resumed run keeps its own.
 * @param fixedBy kind of run for the message: "run", "comparison"
 * @param allowed further options that are allowed with --resume
 * @throws OptionError that names the first refused option
 */
export function refuseOtherOptions(
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
