import { EngraftError } from "../../core/errors.js";
import { shellWord } from "../../run/command-line.js";
import type { Extension } from "../../train/fit.js";
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
    help: `engraft ${command} --resume ${shellWord(options.resume!)}`,
    details: { fixed: other?.[0] ?? "data" },
  });
}

/** Returns the data of a new study. @throws OptionError without, or with `--data` */
export function dataOfStudy(
  command: string,
  [data]: readonly string[],
  options: Parameters<typeof requireResume>[0],
): string {
  requireResume(options);
  if (data !== undefined) return data;
  throw new EngraftError("OptionError", `${command} needs a data folder`, {
    help: `engraft ${command} <data>`,
  });
}

/** @throws OptionError for `--data` of a new run, whose data is an argument, and for `--more` */
export function requireResume({
  data,
  more,
}: {
  readonly data?: string | undefined;
  readonly more?: Extension | undefined;
}): void {
  if (more !== undefined)
    throw new EngraftError("OptionError", "--more trains a finished run further", {
      help: "add --resume DIR; a new run takes --budget TIME or --epochs N",
    });
  if (data !== undefined)
    throw new EngraftError("OptionError", "--data is the new path of the data of a resumed run", {
      help: "give the data as the first word, or add --resume DIR",
    });
}
