import { bytesOf } from "../core/bytes.js";
import { EngraftError } from "../core/errors.js";
import { mostViews } from "../data/dataset.js";

/** Form of the values of an option, for programs that ask a user for one. */
export type OptionForm = (
  | {
      readonly kind: "whole" | "number" | "seconds";
      readonly min: number;
      readonly max: number;
      /** True if `min` itself is not allowed. */
      readonly aboveMin?: true;
      /** True if `max` itself is not allowed. */
      readonly belowMax?: true;
    }
  | {
      readonly kind: "choice";
      readonly choices: readonly string[];
      /** Choices of which several may be given, with commas between. */
      readonly joined?: readonly string[];
    }
  | { readonly kind: "flag" | "string" | "numbers" | "memory" | "settings" | "sentences" }
) & {
  /** A word that is allowed too, such as "find". */
  readonly word?: string;
};

/** Allowed values of an option, and how a word of the command line is read. */
export interface Check {
  /** The allowed values in words. */
  readonly allowed: string;
  readonly holds: (value: unknown) => boolean;
  /** The allowed words of the command line, if they differ from the allowed values. */
  readonly written?: string;
  /** Returns the value of a word. Default: the word itself. */
  readonly read?: (word: string) => unknown;
  /** Placeholder of the value in help: `--epochs N`. Missing for options that are true or false. */
  readonly placeholder?: string;
  /** Allowed words, if there is a list of them. */
  readonly values?: readonly string[];
}

/** Check of an option that a form may ask for. */
export interface FormCheck extends Check {
  readonly form: OptionForm;
}

const numberIn = (word: string): number => (word.trim() === "" ? Number.NaN : Number(word));
const isNumber = (value: unknown): value is number => typeof value === "number";

export const whole = (min: number, max: number): FormCheck => ({
  allowed: `a whole number from ${min} to ${max}`,
  form: { kind: "whole", min, max },
  placeholder: "N",
  read: numberIn,
  holds: (v) => isNumber(v) && Number.isInteger(v) && v >= min && v <= max,
});
export const between = (min: number, max: number): FormCheck => ({
  allowed: `a number from ${min} to ${max}`,
  form: { kind: "number", min, max },
  placeholder: "X",
  read: numberIn,
  holds: (v) => isNumber(v) && v >= min && v <= max,
});
export const above = (min: number, max: number): FormCheck => ({
  allowed: `a number above ${min}, at most ${max}`,
  form: { kind: "number", min, max, aboveMin: true },
  placeholder: "X",
  read: numberIn,
  holds: (v) => isNumber(v) && v > min && v <= max,
});
export const oneOf = (...words: readonly string[]): FormCheck => ({
  allowed: `one of ${words.join(", ")}`,
  form: { kind: "choice", choices: words },
  placeholder: words.join("|"),
  values: words,
  holds: (v) => words.includes(v as string),
});
export const text: FormCheck = {
  allowed: "a text",
  form: { kind: "string" },
  placeholder: "TEXT",
  holds: (v) => typeof v === "string" && v !== "",
};
export const yesOrNo: FormCheck = {
  allowed: "true or false",
  form: { kind: "flag" },
  holds: (v) => typeof v === "boolean",
};

/** Returns a check with another placeholder. */
export const named = (placeholder: string, check: FormCheck): FormCheck => ({ ...check, placeholder });

/** Returns a check that also allows a word. */
export const orWord = (check: FormCheck, word: string): FormCheck => ({
  ...check,
  allowed: `${check.allowed}, or ${word}`,
  form: { ...check.form, word },
  placeholder: `${check.placeholder}|${word}`,
  read: (given) => (given === word ? word : check.read ? check.read(given) : given),
  holds: (v) => v === word || check.holds(v),
});

/** Returns the check of one to three numbers. */
export const numbers = (example: string): FormCheck => ({
  allowed: "one to three finite numbers",
  form: { kind: "numbers" },
  written: `numbers with commas between, like ${example}`,
  placeholder: example,
  read: (word) => word.split(",").map(numberIn),
  holds: (v) => Array.isArray(v) && v.length >= 1 && v.length <= 3 && v.every((x) => Number.isFinite(x)),
});

export const settingsGiven: FormCheck = {
  allowed: "an object of numbers, texts, true and false",
  form: { kind: "settings" },
  placeholder: "NAME=VALUE",
  holds: (v) =>
    typeof v === "object" &&
    v !== null &&
    Object.values(v).every((x) => ["number", "string", "boolean"].includes(typeof x)),
};

export const memoryAmount: FormCheck = {
  allowed: "an amount of memory, like 4GB or 512MiB",
  form: { kind: "memory" },
  placeholder: "4GB",
  holds: (v) => (typeof v === "string" || typeof v === "number") && bytesOf(v) !== undefined,
};

const units: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

/** Returns the check of a time in seconds; on the command line `90s`, `10m` or `1h30m`. */
export const duration = (min: number, max: number): FormCheck => ({
  ...between(min, max),
  form: { kind: "seconds", min, max },
  written: `a time from ${min} s to ${max / 86_400} days, like 90s, 10m or 1h30m`,
  placeholder: "TIME",
  read(word) {
    const parts = /^(?:\d+(?:\.\d+)?[dhms])+$/.test(word) ? [...word.matchAll(/([\d.]+)([dhms])/g)] : [];
    return parts.length > 0
      ? parts.reduce((sum, [, n, unit]) => sum + Number(n) * units[unit!]!, 0)
      : numberIn(word);
  },
});

/** Checks options against a table. @throws OptionError for an unknown option or an invalid value */
export function checkAgainst(
  checks: Readonly<Record<string, Check>>,
  options: Readonly<Record<string, unknown>>,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || name === "onEvent" || name === "signal") continue;
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check)
      throw new EngraftError("OptionError", `there is no option ${name}`, {
        help: `the options are ${Object.keys(checks).join(", ")}`,
        details: { unknown: name },
      });
    if (!check.holds(value))
      throw new EngraftError("OptionError", `${name} is ${JSON.stringify(value) ?? String(value)}`, {
        help: `give ${check.allowed}`,
        details: { option: name, value },
      });
  }
}

/** Check of the number of views of a picture whose predictions are averaged. */
export const views: FormCheck = whole(1, mostViews);

/** Checks the number of views. @throws OptionError */
export function checkViews(tta: unknown): void {
  if (!views.holds(tta))
    throw new EngraftError("OptionError", `tta is ${String(tta)}`, {
      help: `give ${views.allowed}: the views of a picture that are averaged`,
      details: { option: "tta", value: tta },
    });
}
