// The file of a record, and how it is compared with a run of now.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Json, sha, shortened } from "./plain.js";
import type { RunRecord } from "./record.js";

/** A record as it is stored: the lines of pages as hashes. */
export interface StoredRecord extends Omit<RunRecord, "pages"> {
  /** The machines that compute the same bits. */
  readonly family: string;
  /** Of each page: a hash of 6 digits for each line; then one hash of all numbers in lines. */
  readonly pages?: Readonly<Record<string, readonly [lines: string, numbers: string]>>;
}

export const recordsFolder = fileURLToPath(new URL("records/", import.meta.url));
export const recordFile = (name: string): string => `${recordsFolder}${name}.json`;

const withoutNumbers = (line: string): string => line.replace(/\d[\d.,]*/g, "#");
const lineHash = (line: string): string => sha(withoutNumbers(line), 6);

/** Returns a record in the form that is stored. */
export function stored(record: RunRecord, family: string): StoredRecord {
  const { pages, result, eval: scored, predict, ...rest } = record;
  const hashed = Object.entries(pages ?? {}).map(
    ([lang, lines]) => [lang, [lines.map(lineHash).join(" "), sha(lines.join("\n"), 12)]] as const,
  );
  return {
    family,
    ...rest,
    ...(result !== undefined && { result: shortened(result) }),
    ...(scored !== undefined && { eval: shortened(scored) }),
    ...(predict !== undefined && { predict: shortened(predict) }),
    ...(pages && { pages: Object.fromEntries(hashed) }),
  };
}

/** One field a line; what is short stays on one line. */
function write(value: Json, indent: string): string {
  const text = JSON.stringify(value);
  if (text.length + indent.length <= 100 || typeof value !== "object" || value === null) return text;
  const deeper = `${indent} `;
  if (Array.isArray(value))
    return `[\n${value.map((one) => deeper + write(one, deeper)).join(",\n")}\n${indent}]`;
  const rows = Object.entries(value).map(
    ([key, one]) => `${deeper}${JSON.stringify(key)}: ${write(one, deeper)}`,
  );
  return `{\n${rows.join(",\n")}\n${indent}}`;
}

export function save(name: string, record: StoredRecord): void {
  const json = JSON.parse(JSON.stringify(record)) as Json;
  writeFileSync(recordFile(name), `${write(json, "")}\n`);
}

/** Returns a stored record; undefined if there is none. */
export function read(name: string): StoredRecord | undefined {
  const file = recordFile(name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as StoredRecord) : undefined;
}

/** How far numbers may differ on a machine of another family. */
const tolerance = 1e-5;
const isHash = (value: unknown): boolean =>
  typeof value === "string" && /^(#?[0-9a-f]{12,16})( of \d+)?$/.test(value);

/**
 * Returns a line for each field that differs: `result.test.accuracy: 0.5 became 0.75`. On a machine of another family numbers may
 * differ by 1e-5 of their size, and hashes are not compared.
 */
export function differences(before: StoredRecord, now: StoredRecord, record: RunRecord): string[] {
  const exact = before.family === now.family;
  const { pages: oldPages = {}, family: _, ...old } = before;
  const { pages: newPages = {}, family: __, ...fresh } = now;
  const found: string[] = [];
  compare(old as Json, fresh as Json, "", exact, found);
  for (const lang of new Set([...Object.keys(oldPages), ...Object.keys(newPages)]))
    comparePages(lang, oldPages[lang], newPages[lang], record.pages?.[lang] ?? [], exact, found);
  return found;
}

type Page = readonly [lines: string, numbers: string] | undefined;

function comparePages(
  lang: string,
  before: Page,
  now: Page,
  lines: readonly string[],
  exact: boolean,
  found: string[],
): void {
  if (!before || !now) {
    found.push(`page ${lang}: ${before ? "is missing" : "is new"}`);
    return;
  }
  const [old, fresh] = [before[0].split(" "), now[0].split(" ")];
  const known = new Set(old);
  for (const [i, hash] of fresh.entries())
    if (!known.has(hash)) found.push(`page ${lang}: a line is new: ${JSON.stringify(lines[i])}`);
  const gone = old.filter((hash) => !fresh.includes(hash)).length;
  if (gone > 0) found.push(`page ${lang}: ${gone} lines are gone or changed`);
  else if (before[0] !== now[0] && found.length === 0)
    found.push(`page ${lang}: lines have another order or number`);
  if (exact && before[0] === now[0] && before[1] !== now[1])
    found.push(`page ${lang}: a number in a line changed, the words did not`);
}

function compare(
  before: Json | undefined,
  now: Json | undefined,
  path: string,
  exact: boolean,
  found: string[],
) {
  if (JSON.stringify(before) === JSON.stringify(now)) return;
  if (!exact && isNear(before, now)) return;
  const both = [before, now];
  if (both.every((one) => typeof one === "object" && one !== null && !Array.isArray(one))) {
    const [old, fresh] = both as { readonly [key: string]: Json }[];
    for (const key of new Set([...Object.keys(old!), ...Object.keys(fresh!)]))
      compare(old![key], fresh![key], path === "" ? key : `${path}.${key}`, exact, found);
    return;
  }
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length) {
    for (const [i, one] of before.entries()) compare(one, now[i], `${path}[${i}]`, exact, found);
    return;
  }
  if (before === undefined) found.push(`${path}: is new: ${JSON.stringify(now)}`);
  else if (now === undefined) found.push(`${path}: is missing, was ${JSON.stringify(before)}`);
  else found.push(`${path}: ${JSON.stringify(before)} became ${JSON.stringify(now)}`);
}

function isNear(before: Json | undefined, now: Json | undefined): boolean {
  if (typeof before === "number" && typeof now === "number")
    return Math.abs(before - now) <= tolerance * Math.max(1, Math.abs(before), Math.abs(now));
  return isHash(before) && isHash(now);
}
