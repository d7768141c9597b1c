// The start of each program in bench/ and scripts/: one declaration gives the parser of its arguments, --help and --check.
import { realpathSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** What a program may need beside this repository and its npm packages. */
export const needs = {
  data: "public datasets",
  models: "public ONNX files",
  state: "the saved state of a pretraining",
  torch: "Python with PyTorch",
  sklearn: "Python with scikit-learn",
  network: "a network connection",
  strace: "Linux with strace",
  gpu: "a GPU",
  cluster: "Debian's packages parallel and slurm-wlm",
};

/** Returns "needs Python with PyTorch". */
const needsOf = (declaration) =>
  `needs ${declaration.needs.map((need) => needs[need]).join(", ") || "nothing"}`;

/** Returns the line of `--check`: "report  needs Python with PyTorch". */
export const needsLine = (name, declaration) => `${name}  ${needsOf(declaration)}`;

/** Arguments that a declaration does not allow. */
export class ArgumentError extends Error {}

/** A program that was imported instead of run. It stops before any work. */
export class ImportedProgram extends Error {
  constructor(declaration) {
    super("this module is a program: run it with node");
    this.declaration = declaration;
  }
}

/**
 * Reads the arguments of a program.
 *
 * @param declaration `takes`: the positional arguments, as in "FOLDER [SET …]", default none. `needs`: keys of {@link needs}.
 * `options`: { batch: { type: "number", default: 16, about: "samples of a step" } }; a number is whole and at least `least`,
 * default 1. `smallest`: settings of a run that takes seconds, which `--smallest` uses instead of the defaults.
 * @returns values of the options, positional arguments, and "help", "check" or "run"
 * @throws ArgumentError
 */
export function readArguments(words, declaration) {
  const { options = {}, smallest } = declaration;
  const own = { ...flags(declaration), ...options };
  const given = parsed(words, own);
  const does = given.values.help ? "help" : given.values.check && !options.check ? "check" : "run";
  const defaults = given.values.smallest ? smallest : {};
  const values = Object.fromEntries(
    Object.entries(own).map(([name, option]) => {
      const value = checkedValue(name, option, given.values[name] ?? defaults[name] ?? option.default);
      if (option.required && value === undefined && does === "run")
        throw new ArgumentError(`--${name} needs a value`);
      return [name, value];
    }),
  );
  if (does === "run") checkPositionals(given.positionals, declaration.takes ?? "");
  return { values, positionals: given.positionals, does };
}

/** Options of every program. An option of the program's own has precedence. */
const flags = ({ smallest }) => ({
  help: { type: "boolean", about: "print the options" },
  check: { type: "boolean", about: "print what the program needs, and end before any work" },
  ...(smallest && { smallest: { type: "boolean", about: "take seconds, and write no page" } }),
});

function parsed(words, options) {
  const types = Object.entries(options).map(([name, { type }]) => [
    name,
    { type: type === "boolean" ? "boolean" : "string" },
  ]);
  try {
    return parseArgs({ args: words, options: Object.fromEntries(types), allowPositionals: true });
  } catch (error) {
    throw new ArgumentError(error.message);
  }
}

function checkedValue(name, { type, choices, least = 1 }, given) {
  if (type === "boolean") return given ?? false;
  if (given === undefined) return undefined;
  const value = type === "number" ? Number(given) : given;
  const isRight =
    type === "number" ? Number.isInteger(value) && value >= least : !choices || choices.includes(value);
  if (isRight) return value;
  const wanted =
    choices?.join(" or ") ?? `a whole number ${least === 1 ? "above 0" : `of at least ${least}`}`;
  throw new ArgumentError(`--${name} needs ${wanted}, got ${given}`);
}

function checkPositionals(positionals, takes) {
  const places = takes === "" ? [] : takes.match(/\[[^\]]+\]|\S+/g);
  const fewest = places.filter((place) => !place.startsWith("[")).length;
  const most = takes.includes("…") ? Number.POSITIVE_INFINITY : places.length;
  if (positionals.length >= fewest && positionals.length <= most) return;
  const wanted = takes === "" ? "no arguments" : takes;
  throw new ArgumentError(`takes ${wanted}, got ${positionals.join(" ") || "no arguments"}`);
}

/** Returns the text of `--help`. */
export function helpText(usage, declaration) {
  const { about, takes = "", options = {} } = declaration;
  const rows = Object.entries({ ...options, ...flags(declaration), ...options }).map(([name, option]) => {
    const fallback = (option.default ?? "") === "" ? "" : ` (default ${option.default})`;
    return `  --${name.padEnd(14)}${option.about}${fallback}`;
  });
  const words = [usage, takes, "[options]"].filter(Boolean).join(" ");
  return [words, "", ...(about ? [about] : []), needsOf(declaration), "", ...rows].join("\n");
}

/**
 * Reads the arguments of a program. Prints and exits for --help, --check and wrong arguments.
 *
 * @param name name of the program in the line of `--check`
 * @param usage command that runs it
 * @returns values of the options, and positional arguments
 */
export function startWith(words, { name, usage }, declaration) {
  try {
    const { values, positionals, does } = readArguments(words, declaration);
    if (does === "run") return { values, positionals };
    console.log(does === "help" ? helpText(usage, declaration) : needsLine(name, declaration));
    return process.exit(0);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    console.error(error.message);
    return process.exit(2);
  }
}

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Starts a program that is a file, with the arguments of the command line.
 *
 * @param url `import.meta.url` of the program
 * @throws ImportedProgram if it was imported instead of run
 */
export function startProgram(url, declaration) {
  const file = fileURLToPath(url);
  const [, program] = process.argv;
  if (program === undefined || realpathSync(program) !== realpathSync(file))
    throw new ImportedProgram(declaration);
  const name = relative(root, file).replaceAll("\\", "/");
  return startWith(process.argv.slice(2), { name, usage: `node ${name}` }, declaration);
}
