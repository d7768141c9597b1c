import { bytesOf } from "../core/bytes.js";

/** What an option may be, in words, and whether a value is that. */
export type Check = readonly [allowed: string, (value: unknown) => boolean];

export const whole = (min: number, max: number): Check => [
  `a whole number from ${min} to ${max}`,
  (v) => typeof v === "number" && Number.isInteger(v) && v >= min && v <= max,
];
export const between = (min: number, max: number): Check => [
  `a number from ${min} to ${max}`,
  (v) => typeof v === "number" && v >= min && v <= max,
];
export const above = (min: number, max: number): Check => [
  `a number above ${min}, at most ${max}`,
  (v) => typeof v === "number" && v > min && v <= max,
];
export const oneOf = (...words: readonly string[]): Check => [
  `one of ${words.join(", ")}`,
  (v) => words.includes(v as string),
];
export const text: Check = ["a text", (v) => typeof v === "string" && v !== ""];
export const yesOrNo: Check = ["true or false", (v) => typeof v === "boolean"];
export const numbers: Check = [
  "one to three finite numbers",
  (v) => Array.isArray(v) && v.length >= 1 && v.length <= 3 && v.every((x) => Number.isFinite(x)),
];

export const settingsGiven: Check = [
  "an object of numbers, texts, true and false",
  (v) =>
    typeof v === "object" &&
    v !== null &&
    Object.values(v).every((x) => ["number", "string", "boolean"].includes(typeof x)),
];

export const memoryAmount: Check = [
  "an amount of memory, like 4GB or 512MiB",
  (v) => (typeof v === "string" || typeof v === "number") && bytesOf(v) !== undefined,
];
