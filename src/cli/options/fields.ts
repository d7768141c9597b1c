import * as z from "zod/mini";
import { bytesOf } from "../../core/bytes.js";
import { readPair } from "../../methods/settings.js";

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

export function integer(description: string, { min, max, value = "N", otherwise }: RangeOptions) {
  const meta = { description, value, allowed: `a whole number from ${min} to ${max}`, otherwise };
  return field(meta, (s) => {
    const n = Number(s);
    return s.trim() !== "" && Number.isInteger(n) && n >= min && n <= max ? n : refused;
  });
}

/** A real number in (min, max]. */
export function number(description: string, { min, max, value = "X", otherwise }: RangeOptions) {
  const meta = { description, value, allowed: `a number above ${min}, at most ${max}`, otherwise };
  return field(meta, (s) => {
    const x = Number(s);
    return s.trim() !== "" && x > min && x <= max ? x : refused;
  });
}

export function oneOf<const T extends string>(
  description: string,
  values: readonly T[],
  otherwise?: string,
  value: string = values.join("|"),
) {
  const meta = {
    description,
    value,
    allowed: `one of ${values.join(", ")}`,
    values,
    otherwise,
  };
  return field(meta, (s) => values.find((v) => v === s) ?? refused);
}

export function words(description: string, value: string, otherwise?: string) {
  return field({ description, value, allowed: "a text", otherwise }, (s) => (s === "" ? refused : s));
}

/** Numbers with commas between: `--mean 0.485,0.456,0.406`. */
export function numberList(description: string, value: string, otherwise?: string) {
  const meta = { description, value, allowed: `numbers with commas between, like ${value}`, otherwise };
  return field(meta, (s) => {
    const list = s.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
    return list.every(Number.isFinite) ? list : refused;
  });
}

/** An amount of memory: `--memory-limit 4GB`. It stays the text that was given. */
export function memory(description: string, otherwise?: string) {
  const meta = { description, value: "4GB", allowed: "an amount of memory, like 4GB or 512MiB", otherwise };
  return field(meta, (s) => (bytesOf(s) === undefined ? refused : s));
}

/** Names with commas between: `--labels colour,shape`. */
export function nameList(description: string, value: string, otherwise?: string) {
  const meta = { description, value, allowed: `names with commas between, like ${value}`, otherwise };
  return field(meta, (s) => {
    const names = s.split(",").map((part) => part.trim());
    return names.every((name) => name !== "") ? names : refused;
  });
}

/** One of some words, or several of some others: `--augment light`, `--augment delete,swap` */
export function oneOrSeveral<const One extends string, const Many extends string>(
  description: string,
  ones: readonly One[],
  many: readonly Many[],
  otherwise?: string,
) {
  const allowed = `one of ${ones.join(", ")}, or some of ${many.join(", ")} with commas between`;
  return field(
    { description, value: "NAME,...", allowed, otherwise },
    (s): One | Many | `${Many},${string}` | typeof refused => {
      const names = s.split(",").map((part) => part.trim());
      const each = many.filter((name) => names.includes(name));
      const several = each.length === names.length ? (each.join(",") as Many | `${Many},${string}`) : refused;
      return ones.find((one) => one === s) ?? several;
    },
  );
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

/** A real number in (min, max], or a word that stands for one. */
export function numberOrWord<const T extends string>(
  description: string,
  word: T,
  { min, max, value = "X", otherwise }: RangeOptions,
) {
  const allowed = `a number above ${min}, at most ${max}, or ${word}`;
  return field(
    { description, value: `${value}|${word}`, allowed, otherwise },
    (s): number | T | typeof refused => {
      if (s === word) return word;
      const x = Number(s);
      return s.trim() !== "" && x > min && x <= max ? x : refused;
    },
  );
}

const units: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

/** A time, as seconds: `90s`, `10m`, `1h30m`; a bare number is seconds. */
export function duration(description: string, { min, max, value = "TIME", otherwise }: RangeOptions) {
  const allowed = `a time from ${min} s to ${max / 86_400} days, like 90s, 10m or 1h30m`;
  return field({ description, value, allowed, otherwise }, (s) => {
    const parts = /^(?:\d+(?:\.\d+)?[dhms])+$/.test(s) ? [...s.matchAll(/([\d.]+)([dhms])/g)] : [];
    const seconds =
      parts.length > 0
        ? parts.reduce((sum, [, n, unit]) => sum + Number(n) * units[unit!]!, 0)
        : s.trim() === ""
          ? Number.NaN
          : Number(s);
    return seconds >= min && seconds <= max ? seconds : refused;
  });
}
