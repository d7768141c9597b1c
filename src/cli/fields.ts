import { z } from "zod";

/** What help and messages show of an option; kept in the schema itself. */
export interface FieldMeta {
  /** Stands for the value in the help: `--epochs N`. Missing for a flag. */
  readonly value?: string;
  /** The allowed values in words: "a whole number from 1 to 1000". */
  readonly allowed?: string;
  readonly description: string;
  /** The default in words, where it depends on something else. */
  readonly otherwise?: string;
  /** It may be given several times: the field gets all values. */
  readonly repeated?: boolean;
}

// Every option arrives as text; a field turns it into its value or says no. The words for "no" are in `allowed`.
const text = z.string();

/** What `parse` returns for a text that is not allowed. */
const refused = Symbol("refused");

function field<T>(meta: FieldMeta, parse: (value: string) => T | typeof refused) {
  return text
    .transform((value, context): T => {
      const parsed = parse(value);
      if (parsed !== refused) return parsed;
      context.addIssue({ code: "custom", message: `must be ${meta.allowed}` });
      return z.NEVER;
    })
    .meta({ ...meta })
    .optional();
}

/** On or off: `--baselines`. */
export function flag(description: string) {
  return z.boolean().meta({ description }).optional();
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

/** Names with commas between: `--labels colour,shape`. */
export function nameList(description: string, value: string, otherwise?: string) {
  const meta = { description, value, allowed: `names with commas between, like ${value}`, otherwise };
  return field(meta, (s) => {
    const names = s.split(",").map((part) => part.trim());
    return names.every((name) => name !== "") ? names : refused;
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

/** `--option last=2 --option label-smoothing=0.1`: `{ last: 2, labelSmoothing: 0.1 }`. */
export function settings(description: string) {
  const allowed = "a name and a value, like last=2";
  return z
    .array(text)
    .transform((pairs, context): Record<string, number | string | boolean> => {
      const values: Record<string, number | string | boolean> = {};
      for (const pair of pairs) {
        const [, name, value] = /^([a-z][\w-]*)=(.+)$/i.exec(pair) ?? [];
        if (name === undefined || value === undefined) {
          context.addIssue({ code: "custom", message: `must be ${allowed}` });
          return z.NEVER;
        }
        const camel = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
        values[camel] = value === "true" ? true : value === "false" ? false : numberOr(value);
      }
      return values;
    })
    .meta({ description, value: "NAME=VALUE", allowed, repeated: true })
    .optional();
}

function numberOr(value: string): number | string {
  const n = Number(value);
  return value.trim() !== "" && Number.isFinite(n) ? n : value;
}
