import { parseArgs } from "node:util";
import { EngraftError } from "../../core/errors.js";
import { didYouMean, nearest } from "../../core/nearest.js";
import type { CommandSpec } from "./command-spec.js";
import { refused } from "./fields.js";
import { type HelpTopic, helpTopics } from "./help-groups.js";
import { type CommandOption, optionsOfCommand, ownersOf } from "./option-owners.js";
import { type CommandName, commands, type OptionsOf } from "./options.js";

/** Parsed command line. */
export type Parsed =
  | { readonly kind: "help"; readonly command: CommandName | undefined; readonly topic?: HelpTopic }
  | { readonly kind: "version" }
  | {
      [Name in CommandName]: {
        readonly kind: "command";
        readonly command: Name;
        readonly args: readonly string[];
        readonly options: OptionsOf<Name>;
      };
    }[CommandName];

/** What does the work of an option that a command lacks. */
const instead: Readonly<Record<string, string>> = {
  "report follow": "engraft studio RUN shows a run while it trains",
  "extend with": "name what to add after the first source: engraft extend FIRST MORE…",
};

const helpOf = (command: string): string => `engraft ${command === "" ? "" : `${command} `}--help`;

function unknown(
  kind: "command" | "option",
  word: string,
  names: readonly string[],
  command = "",
): EngraftError {
  const dash = kind === "option" ? "--" : "";
  const meant = nearest(word, names);
  const elsewhere = kind === "option" ? (instead[`${command} ${word}`] ?? ownersOf(word)) : undefined;
  const isOpposite = meant === `no-${word}` || meant === `${word}out`;
  const cures = [
    ...(meant === undefined
      ? []
      : [isOpposite ? `${dash}${meant} is the opposite; ` : `did you mean ${dash}${meant}? `]),
    ...(elsewhere === undefined ? [] : [`${elsewhere}; `]),
  ];
  return new EngraftError("OptionError", `there is no ${kind} ${dash}${word}`, {
    help: `${cures.join("")}see ${helpOf(command)}`,
    details: { [kind]: word, nearest: meant },
  });
}

/**
 * Reads a command line.
 * @throws OptionError for an unknown command or option, a missing or invalid value, too many or too few words
 */
export function parse(argv: readonly string[]): Parsed {
  const [first, ...rest] = argv;
  if (first === undefined || first === "--help" || first === "-h")
    return { kind: "help", command: undefined };
  if (first === "--version" || first === "-V") return { kind: "version" };
  if (first === "help") {
    const about = rest[0];
    if (about === undefined) return { kind: "help", command: undefined };
    return { kind: "help", command: commandNamed(about) };
  }
  const name = commandNamed(first);
  const spec: CommandSpec = commands[name];
  const { values, args } = readWords(rest, optionsOfCommand(spec), name);
  if (values.help === true) {
    const topic = helpTopics.find((one) => args.includes(one));
    return { kind: "help", command: name, ...(topic && { topic }) };
  }
  const checked = checkedValues(spec, values);
  requireCount(spec, args);
  // These options are for the output, not for commands.
  const { verbose: _verbose, ...given } = checked as { readonly verbose?: boolean };
  return { kind: "command", command: name, args, options: given } as Parsed;
}

/** Words of a command line. */
interface Words {
  readonly values: Readonly<Record<string, unknown>>;
  readonly args: readonly string[];
}

/** Separates options from other words. @throws OptionError for an unknown option, a missing value, or a value of a flag */
function readWords(words: readonly string[], infos: readonly CommandOption[], command: CommandName): Words {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {};
  for (const { name, value } of infos) options[name] = { type: value === undefined ? "boolean" : "string" };
  options.help = { type: "boolean", short: "h" };
  const values: Record<string, unknown> = {};
  const args: string[] = [];
  const { tokens } = parseArgs({
    args: withJoinedNegatives(words),
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "positional") args.push(token.value);
    if (token.kind !== "option") continue;
    const info = infos.find((i) => i.name === token.name);
    if (!info) {
      const names = infos.map((i) => i.name);
      throw unknown("option", token.name, names, command);
    }
    values[info.field] = givenValue(info, token.value, values[info.field], helpOf(command));
  }
  return { values, args };
}

/**
 * Returns the value of an option on a command line.
 * @param before the value so far; of a repeatable option all values
 * @throws OptionError for a value of a flag, a missing value, and a second value
 */
function givenValue(info: CommandOption, word: string | undefined, before: unknown, help: string): unknown {
  if (info.value === undefined) {
    if (word === undefined) return true;
    throw new EngraftError("OptionError", `--${info.name} takes no value, got "${word}"`, {
      help: `see ${help}`,
    });
  }
  if (word === undefined)
    throw new EngraftError("OptionError", `--${info.name} needs a value: ${info.allowed}`, {
      help: `see ${help}`,
    });
  if (info.repeated) return [...((before ?? []) as readonly string[]), word];
  if (before !== undefined)
    throw new EngraftError("OptionError", `--${info.name} is given twice: ${String(before)} and ${word}`, {
      help: `give it once: ${info.allowed}`,
    });
  return word;
}

/** Returns the values of options. @throws OptionError for an invalid value */
function checkedValues(spec: CommandSpec, values: Words["values"]): Readonly<Record<string, unknown>> {
  const checked: Record<string, unknown> = {};
  for (const { field, name, allowed, values: words = [], read } of optionsOfCommand(spec)) {
    if (values[field] === undefined) continue;
    const given = values[field];
    const value = read(given as never);
    if (value === refused)
      throw new EngraftError("OptionError", `--${name} ${String(given)}: must be ${allowed}`, {
        help: `${didYouMean(String(given), words)}see engraft ${spec.name} --help`,
        details: { option: name, value: given },
      });
    checked[field] = value;
  }
  return checked;
}

/** Checks the number of words. @throws OptionError for too many or too few words */
function requireCount({ name, usage, least, most }: CommandSpec, args: readonly string[]): void {
  if (args.length >= least && args.length <= most) return;
  const [wrong, count] = args.length < least ? ["few", least] : ["many", most];
  throw new EngraftError(
    "OptionError",
    `too ${wrong} arguments: ${name} takes ${count}, got ${args.length}`,
    { help: `engraft ${name} ${usage}`, details: { command: name, arguments: args } },
  );
}

function commandNamed(word: string): CommandName {
  if (Object.hasOwn(commands, word)) return word as CommandName;
  const kind = word.startsWith("-") ? "option" : "command";
  const bare = word.replace(/^-+/, "");
  throw unknown(
    kind,
    kind === "option" ? bare : word,
    kind === "option" ? ["help", "version"] : Object.keys(commands),
  );
}

/** `--mean -1,0,1`: a negative value is the option's value, not another option. */
function withJoinedNegatives(argv: readonly string[]): string[] {
  const out: string[] = [];
  for (const word of argv) {
    const before = out.at(-1);
    if (/^-\d/.test(word) && before !== undefined && /^--[a-z-]+$/.test(before))
      out[out.length - 1] = `${before}=${word}`;
    else out.push(word);
  }
  return out;
}
