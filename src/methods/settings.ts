import { EngraftError } from "../core/errors.js";
import type { Capability } from "./capabilities.js";

/** Value of a strategy option: `--option NAME=VALUE`, or `option: { name: value }`. */
export type SettingValue = number | string | boolean;

/** An option: its description, default, and accepted values. */
export interface Setting<T extends SettingValue = SettingValue> {
  readonly description: string;
  /** Description of a default that depends on something else; then `value` is missing. */
  readonly otherwise: string;
  readonly value: T;
  /** "a whole number from 1 to 100" */
  readonly allowed: string;
  readonly holds: (value: SettingValue) => boolean;
  /** Capabilities that a task must have for it. Default: none. */
  readonly needs?: readonly Capability[];
}
export type Settings = Readonly<Record<string, Setting>>;
/** The values of some options. */
export type ValuesOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};
/** Requested options, not yet validated. */
export type RequestedOptions = Readonly<Record<string, SettingValue>>;

/** Creates an option for a number in [min, max]. */
export function real(
  description: string,
  value: number,
  min: number,
  max: number,
  otherwise = String(value),
): Setting<number> {
  return {
    description,
    otherwise,
    value,
    allowed: `a number from ${min} to ${max}`,
    holds: (v) => typeof v === "number" && v >= min && v <= max,
  };
}

/** Creates an option for a whole number in [min, max]. */
export function whole(
  ...[description, value, min, max, otherwise]: Parameters<typeof real>
): Setting<number> {
  const number = real(description, value, min, max, otherwise);
  const allowed = `a whole number from ${min} to ${max}`;
  return { ...number, allowed, holds: (v) => Number.isInteger(v) && number.holds(v) };
}

/** Restricts an option to tasks with some capabilities. */
export function needing<S extends Setting>(needs: readonly Capability[], setting: S): S {
  return { ...setting, needs };
}

/** Creates an option for one of some words; the first is the default. */
export function choice<const T extends string>(
  description: string,
  ...words: readonly [T, ...T[]]
): Setting<T> {
  return {
    description,
    otherwise: words[0],
    value: words[0],
    allowed: `one of ${words.join(", ")}`,
    holds: (v) => (words as readonly SettingValue[]).includes(v),
  };
}

/** Creates a boolean option, default false. */
export function yes(description: string): Setting<boolean> {
  return {
    description,
    otherwise: "false",
    value: false,
    allowed: "true or false",
    holds: (v) => typeof v === "boolean",
  };
}

/** Creates an option for growing comma-separated whole numbers; empty for none. A single one may be a number. */
export function growing(description: string, otherwise: string): Setting<string> {
  return {
    description,
    otherwise,
    value: "",
    allowed: "growing whole numbers from 1 on with commas between, like 1,3,6",
    holds: (v) => {
      if (typeof v === "boolean") return false;
      const list = numbersOf(String(v));
      return list.every((x, i) => Number.isInteger(x) && x >= 1 && (i === 0 || x > list[i - 1]!));
    },
  };
}

/** Parses `label-smoothing=0.1` to ["labelSmoothing", 0.1]; undefined if it is no name and value. */
export function readPair(pair: string): readonly [name: string, value: SettingValue] | undefined {
  const [, name, value] = /^([a-z][\w-]*)=(.+)$/i.exec(pair) ?? [];
  if (name === undefined || value === undefined) return undefined;
  const camel = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const n = Number(value);
  const isNumber = value.trim() !== "" && Number.isFinite(n);
  return [camel, value === "true" ? true : value === "false" ? false : isNumber ? n : value];
}

/** "1,3,6" -> [1, 3, 6] */
export function numbersOf(text: string | number): number[] {
  return String(text) === ""
    ? []
    : String(text)
        .split(",")
        .map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
}

/**
 * Returns the values of the options, with the requested ones validated.
 * @param who owner in messages: `strategy "last-n"`
 * @throws OptionError for an unknown name, listing the known ones, or an invalid value
 */
export function readSettings<S extends Settings>(
  settings: S,
  requested: RequestedOptions,
  who: string,
): ValuesOf<S> {
  const values: Record<string, SettingValue> = {};
  for (const [name, setting] of Object.entries(settings)) values[name] = setting.value;
  for (const [name, value] of Object.entries(requested)) {
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (!setting) {
      const names = Object.keys(settings);
      throw new EngraftError("OptionError", `${who} has no option ${name}`, {
        help: names.length > 0 ? `it has ${names.join(", ")}` : "it has none",
        details: { option: name, options: names },
      });
    }
    if (!setting.holds(value))
      throw new EngraftError("OptionError", `option ${name} of ${who} is ${JSON.stringify(value)}`, {
        help: `give ${setting.allowed}`,
        details: { option: name, value },
      });
    values[name] = value;
  }
  return values as ValuesOf<S>;
}

/** Creates an option for any text. */
export function text(description: string, value: string, allowed: string): Setting<string> {
  return { description, otherwise: value, value, allowed, holds: (v) => typeof v === "string" && v !== "" };
}
