import { EngraftError } from "../../core/errors.js";

/** Value of a field in a cache key. */
export type KeyValue = string | number | boolean | null | undefined | readonly KeyValue[] | KeyFields;
export interface KeyFields {
  readonly [name: string]: KeyValue;
}

/**
 * Returns JSON with sorted fields, so that equal values have equal texts. Undefined fields are left out.
 * @throws InternalError for a number that JSON cannot hold: different keys must never become equal
 */
export function canonicalJson(value: KeyValue): string {
  if (value === undefined) return "null";
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new EngraftError("InternalError", `${value} cannot be part of a cache key`, {
      help: "please report this with the command you ran",
    });
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((v: KeyValue) => canonicalJson(v)).join(",")}]`;
  const fields = value as KeyFields;
  return `{${Object.keys(fields)
    .filter((name) => fields[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(fields[name])}`)
    .join(",")}}`;
}
