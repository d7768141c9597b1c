import * as z from "zod/mini";
import { readPair } from "../../methods/settings.js";
import * as checks from "../../options/option-checks.js";
import { type OptionName, optionTable } from "../../options/option-table.js";
import type { TrainOptions } from "../../options/options.js";

/** What help and messages show of an option; kept in the schema itself. */
export interface FieldMeta {
  /** Stands for the value in the help: `--epochs N`. Missing for a flag. */
  readonly value?: string;
  /** The allowed values in words: "a whole number from 1 to 1000". */
  readonly allowed?: string;
  readonly description: string;
  /** The default in words, where it depends on something else. */
  readonly otherwise?: string;
  /** The words that are allowed, where there is a list of them. */
  readonly values?: readonly string[];
  /** It may be given several times: the field gets all values. */
  readonly repeated?: boolean;
}

// Every option arrives as text; a field turns it into its value or says no. The words for "no" are in `allowed`.
const text = z.string();

/** What `parse` returns for a text that is not allowed. */
const refused = Symbol("refused");

function field<T>(meta: FieldMeta, parse: (value: string) => T | typeof refused) {
  const parsed = z.transform((value: string, context): T => {
    const parsed = parse(value);
    if (parsed !== refused) return parsed;
    context.issues.push({ code: "custom", message: `must be ${meta.allowed}`, input: value });
    return z.NEVER;
  });
  return z.optional(z.pipe(text, parsed).register(z.globalRegistry, { ...meta }));
}

/** On or off: `--baselines`. */
export function flag(description: string) {
  return z.optional(z.boolean().register(z.globalRegistry, { description }));
}

export interface RangeOptions {
  readonly min: number;
  readonly max: number;
  readonly value?: string;
  readonly otherwise?: string;
}

/** An option that may be left out. */
type Field<T> = z.ZodMiniOptional<z.ZodMiniType<T, string | undefined>>;

interface Words {
  readonly description: string;
  readonly value?: string | undefined;
  readonly otherwise?: string | undefined;
}

/** A field whose words a check reads. `T` is the type of the values that hold. */
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

/** What the flag of an option gives: `--baselines` is there, or not. */
type FlagValue<N extends OptionName> = N extends "baselines" ? boolean : NonNullable<TrainOptions[N]>;

/** Flags of options of `train`, with the checks, defaults and help of the option table. */
export function flagsOf<N extends OptionName>(
  ...names: readonly N[]
): { readonly [Name in N]: Field<FlagValue<Name>> } {
  const fields: Record<string, z.ZodMiniType> = {};
  for (const name of names) {
    const { check, help: description, otherwise } = optionTable[name];
    const isFlag = check.placeholder === undefined;
    fields[name] = isFlag ? flag(description) : checked(check, { description, otherwise });
  }
  return fields as { readonly [Name in N]: Field<FlagValue<Name>> };
}

/** Flag of an option of `train` that has another default in a command. @param otherwise the default in words */
export function flagOf<N extends OptionName>(name: N, otherwise: string) {
  const { check, help: description } = optionTable[name];
  return checked<FlagValue<N>>(check, { description, otherwise });
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

/** An amount of memory: `--memory-limit 4GB`. It stays the text that was given. */
export function memory(description: string, otherwise?: string) {
  return checked<string>(checks.memoryAmount, { description, otherwise });
}

/** A time, as seconds: `90s`, `10m`, `1h30m`; a bare number is seconds. */
export function duration(description: string, { min, max, otherwise }: RangeOptions) {
  return checked<number>(checks.duration(min, max), { description, otherwise });
}

/** Names with commas between: `--labels colour,shape`. */
export function nameList(description: string, value: string, otherwise?: string) {
  const meta = { description, value, allowed: `names with commas between, like ${value}`, otherwise };
  return field(meta, (s) => {
    const names = s.split(",").map((part) => part.trim());
    return names.every((name) => name !== "") ? names : refused;
  });
}

/** `--sizes 20,40,80` */
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
export function settings(description: string) {
  const allowed = "a name and a value, like last=2";
  const read = z.transform((pairs: string[], context): Record<string, number | string | boolean> => {
    const values: Record<string, number | string | boolean> = {};
    for (const pair of pairs) {
      const read = readPair(pair);
      if (read === undefined) {
        context.issues.push({ code: "custom", message: `must be ${allowed}`, input: pairs });
        return z.NEVER;
      }
      values[read[0]] = read[1];
    }
    return values;
  });
  const meta: FieldMeta = { description, value: "NAME=VALUE", allowed, repeated: true };
  return z.optional(z.pipe(z.array(text), read).register(z.globalRegistry, { ...meta }));
}
