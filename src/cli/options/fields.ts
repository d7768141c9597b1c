import { readPair } from "../../methods/settings.js";
import * as checks from "../../options/option-checks.js";
import { helpOf } from "../../options/option-rows.js";
import { type OptionName, optionTable } from "../../options/option-table.js";
import type { TrainOptions } from "../../options/options.js";
import type { Extension } from "../../train/fit.js";

/** Texts of an option for help and messages. */
export interface FieldMeta {
  /** Placeholder of the value in the help: `--epochs N`. Missing for a flag. */
  readonly value?: string;
  /** The allowed values in words: "a whole number from 1 to 1000". */
  readonly allowed?: string;
  readonly description: string;
  /** The default in words, if it depends on something else. */
  readonly otherwise?: string;
  /** The allowed words of a choice. */
  readonly values?: readonly string[];
  /** The option may be repeated: the field gets all values. */
  readonly repeated?: boolean;
}

/** Result of reading a text that is not allowed. */
export const refused = Symbol("refused");

/** An option of a command. It arrives as text, as several if it may be repeated, or as true if it has no value. */
export interface Field<T> extends FieldMeta {
  readonly read: (given: never) => T | typeof refused;
}

const field = <T>(meta: FieldMeta, read: (given: string) => T | typeof refused): Field<T> => ({
  ...meta,
  read,
});

/** On or off: `--baselines`. */
export const flag = (description: string): Field<boolean> => ({
  description,
  read: (given: boolean) => given,
});

export interface RangeOptions {
  readonly min: number;
  readonly max: number;
  readonly value?: string;
  readonly otherwise?: string;
}

interface Words {
  readonly description: string;
  readonly value?: string | undefined;
  readonly otherwise?: string | undefined;
}

/** Returns a field whose text a check converts. `T` is the type of allowed values. */
function checked<T>(check: checks.Check, { description, value, otherwise }: Words) {
  const { allowed, written = allowed, values, placeholder = "VALUE", read } = check;
  const meta = {
    description,
    value: value ?? placeholder,
    allowed: written,
    otherwise,
    ...(values && { values }),
  };
  return field(meta, (word) => {
    const given = read ? read(word) : word;
    return check.holds(given) ? (given as T) : refused;
  });
}

/** Value of an option's flag: `--baselines` is present, or not. */
type FlagValue<N extends OptionName> = N extends "baselines" ? boolean : NonNullable<TrainOptions[N]>;

/** Returns flags of options of `train`, with the checks, defaults and help of the option table. */
export function flagsOf<N extends OptionName>(
  ...names: readonly N[]
): { readonly [Name in N]: Field<FlagValue<Name>> } {
  const fields: Record<string, Field<unknown>> = {};
  for (const name of names) {
    const { check, otherwise } = optionTable[name];
    const description = helpOf(optionTable[name]);
    const isFlag = check.placeholder === undefined;
    fields[name] = isFlag ? flag(description) : checked(check, { description, otherwise });
  }
  return fields as { readonly [Name in N]: Field<FlagValue<Name>> };
}

/** Returns the flag of an option of `train` with another default. @param otherwise the default in words */
export function flagOf<N extends OptionName>(name: N, otherwise: string) {
  const row = optionTable[name];
  return checked<FlagValue<N>>(row.check, { description: helpOf(row), otherwise });
}

export function integer(description: string, { min, max, value, otherwise }: RangeOptions) {
  return checked<number>(checks.whole(min, max), { description, value, otherwise });
}

/** A real number in (min, max]. */
export function number(description: string, { min, max, value, otherwise }: RangeOptions) {
  return checked<number>(checks.above(min, max), { description, value, otherwise });
}

export function oneOf<const T extends string>(
  description: string,
  values: readonly T[],
  otherwise?: string,
  value?: string,
) {
  return checked<T>(checks.oneOf(...values), { description, value, otherwise });
}

export function words(description: string, value: string, otherwise?: string) {
  return checked<string>(checks.text, { description, value, otherwise });
}

/** A time in seconds: `90s`, `10m`, `1h30m`; a number without a unit is in seconds. */
export function duration(description: string, { min, max, otherwise }: RangeOptions) {
  return checked<number>(checks.duration(min, max), { description, otherwise });
}

/** Epochs, or a time: `--more 5`, `--more 10m`. */
export function epochsOrTime(description: string): Field<Extension> {
  const [epochs, time] = [checks.whole(1, 10_000), checks.duration(1, 30 * 86_400)];
  const meta = {
    value: "N|TIME",
    allowed: `a number of epochs like 5, or ${time.written}`,
    otherwise: "none",
  };
  return field<Extension>({ description, ...meta }, (word) => {
    const isTime = /[dhms]$/.test(word);
    const amount = isTime ? time.read!(word) : Number(word);
    if (!(isTime ? time : epochs).holds(amount)) return refused;
    return isTime ? { seconds: amount as number } : { epochs: amount as number };
  });
}

/** Names separated by commas: `--labels colour,shape`. */
export function nameList(description: string, value: string, otherwise?: string) {
  const meta = { description, value, allowed: `names with commas between, like ${value}`, otherwise };
  return field(meta, (s) => {
    const names = s.split(",").map((part) => part.trim());
    return names.every((name) => name !== "") ? names : refused;
  });
}

/** `--sizes 20,40,80` */
/** A text that may be given several times. */
export const repeatable = (description: string, value: string): Field<readonly string[]> => ({
  value,
  allowed: "a text",
  description: `${description}; repeatable`,
  repeated: true,
  read: (given: readonly string[]) => given,
});

export function wholeList(description: string, value: string, otherwise?: string) {
  const meta = { description, value, allowed: `whole numbers with commas between, like ${value}`, otherwise };
  return field(meta, (s) => {
    const parts = s.split(",").map((part) => part.trim());
    return parts.every((part) => /^\d{1,9}$/.test(part)) ? parts.map(Number) : refused;
  });
}

/** `--task-weights colour:1,shape:0.5`: `{ colour: 1, shape: 0.5 }`. */
export function weightList(description: string, value: string, otherwise?: string) {
  const meta = { description, value, allowed: `names with numbers, like ${value}`, otherwise };
  return field(meta, (s): Record<string, number> | typeof refused => {
    const pairs = s.split(",").map((part): [string, number] => {
      const at = part.lastIndexOf(":");
      const number = part.slice(at + 1).trim();
      return [part.slice(0, at).trim(), at < 1 || number === "" ? Number.NaN : Number(number)];
    });
    return pairs.every(([name, w]) => name !== "" && Number.isFinite(w))
      ? Object.fromEntries(pairs)
      : refused;
  });
}

/** A folder, or one for each of several names: `./photos`, `a=./photos,b=./drawings`. */
export function folders(description: string, value: string) {
  const meta = { description, value, allowed: "a folder, or NAME=FOLDER with commas between" };
  return field<string | Readonly<Record<string, string>>>(meta, (s) => {
    if (s.trim() === "") return refused;
    if (!s.includes("=")) return s;
    const pairs = s.split(",").map((pair): [string, string] => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    });
    return pairs.some(([name, folder]) => name === "" || folder === "") ? refused : Object.fromEntries(pairs);
  });
}

/** `--option last=2 --option label-smoothing=0.1`: `{ last: 2, labelSmoothing: 0.1 }`. */
export function settings(description: string): Field<Record<string, number | string | boolean>> {
  const allowed = "a name and a value, like last=2";
  const read = (given: readonly string[]): Record<string, number | string | boolean> | typeof refused => {
    const pairs = given.map(readPair);
    return pairs.every((pair) => pair !== undefined) ? Object.fromEntries(pairs) : refused;
  };
  return { description, value: "NAME=VALUE", allowed, repeated: true, read };
}

/** A study for several machines, or whose data have moved. */
export const prepared = () => ({
  data: words("with --resume: path of the data on this machine", "PATH", "as the study recorded it"),
  prepare: flag("check data and options, write the folder and stop: engraft work does the trainings"),
});

/** Trainings at once, and a study for several machines: of commands that make one from many trainings. */
export const sharedWork = () => ({
  jobs: integer("trainings at once; they share cores and memory", { min: 1, max: 64, otherwise: "1" }),
  ...prepared(),
});
