import type { CommandSpec } from "./command-spec.js";
import type { Field } from "./fields.js";
import { commands } from "./options.js";

/** batchSize -> batch-size */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** An option with its name on the command line. */
export interface CommandOption extends Field<unknown> {
  readonly field: string;
  readonly name: string;
}

export const optionsOfCommand = (spec: CommandSpec): CommandOption[] =>
  Object.entries(spec.options).map(([field, option]) => ({ ...option, field, name: kebab(field) }));

/** Returns the commands that have an option, in words: at most four of them. Undefined without one. */
export function ownersOf(option: string): string | undefined {
  const names = Object.values<CommandSpec>(commands).flatMap((spec) =>
    optionsOfCommand(spec).some(({ name }) => name === option) ? [spec.name] : [],
  );
  if (names.length === 0) return undefined;
  const more = names.length > 4 ? ` and ${names.length - 4} more` : "";
  return `--${option} is an option of ${names.slice(0, 4).join(", ")}${more}`;
}

/** Returns a sentence with the options of a command as flags: `--max-length` for `maxLength`. Texts in quotes and paths stay. */
export function withFlags(command: string, text: string, option?: unknown): string {
  const spec = Object.values<CommandSpec>(commands).find(({ name }) => name === command);
  const fields = Object.keys(spec?.options ?? {});
  // A name of one small word may be a word of the sentence, unless the error is about this option and begins with it.
  const names = fields.filter((name) => /[A-Z]/.test(name));
  const subject = fields.find((name) => name === option && text.startsWith(`${name} `));
  const named = subject === undefined ? text : `--${kebab(subject)}${text.slice(subject.length)}`;
  if (names.length === 0) return named;
  const field = new RegExp(
    `"[^"]*"|(?<![\\w./\\\\'\`-])(?:${names.join("|")})(?![\\w/\\\\'\`:=-]|\\.\\w)`,
    "g",
  );
  return named.replace(field, (found) => (found.startsWith('"') ? found : `--${kebab(found)}`));
}

/** A command line in a sentence: its options are those of its command, or of another program. */
const commandLine = /(engraft [a-z][a-z-]* |python -m |optimum-cli |paddle2onnx )[^`\n]*/g;

/** Returns advice with the commands that have the options it names, as far as the command that prints it lacks them. */
export function withOwners(command: string, advice: string): string {
  const spec = Object.values<CommandSpec>(commands).find(({ name }) => name === command);
  if (!spec || advice.includes(" is an option of ")) return advice;
  const own = new Set(optionsOfCommand(spec).map(({ name }) => name));
  const named = advice.replace(commandLine, "").matchAll(/(?<![\w-])--([a-z][a-z-]*[a-z])/g);
  const others = [...new Set(Array.from(named, ([, name]) => name!))].filter((name) => !own.has(name));
  const owners = others.flatMap((name) => ownersOf(name) ?? []);
  return owners.length === 0 ? advice : `${advice} (${owners.join("; ")})`;
}
