import { messageOf } from "../../core/errors.js";
import { parseJson } from "../../core/parse-json.js";
import { quoted } from "../split/found.js";
import type { Row } from "./columns.js";
import type { ParsedTable } from "./csv.js";
import { listError } from "./list-bytes.js";

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const example = '{"text":"a text","label":"cat"}';

/**
 * Parses JSON Lines or one JSON document. A document is a list of objects, a list of texts, or an object with one such list.
 * @param lines true for .jsonl and .ndjson, where each object is a row
 * @param most largest number of rows to read, default all
 * @throws DataError with the line
 */
export function readJson(text: string, name: string, lines: boolean, most?: number): ParsedTable {
  if (text.trim() === "" || text.trim() === "\uFEFF")
    throw listError(name, "is empty", undefined, `write one object a line: ${example}`);
  const begin = text.match(/^\uFEFF?\s*([[{])/)?.[1];
  const document = begin === "[" || (begin === "{" && !lines) ? parseDocument(text) : undefined;
  if (document === undefined && begin === "[") parseLine(text, name, undefined, "write a list of objects");
  if (Array.isArray(document)) return tableOf(document, name, most);
  // An object for each row, by its number: pandas' orient="index".
  if (isObject(document) && "0" in document && Object.values(document).every(isObject))
    return tableOf(Object.values(document), name, most);
  if (isObject(document)) {
    const table = listInside(document, name);
    if (table) return tableOf(table, name, most);
  }
  return jsonLines(text, name, most);
}

function parseDocument(text: string): unknown {
  try {
    return parseJson(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

/** Returns the list inside an object; undefined if the object itself is a row. @throws DataError for columns, and for two lists */
function listInside(document: JsonObject, name: string): readonly unknown[] | undefined {
  const values = Object.values(document);
  const isColumn = (value: unknown): boolean => isObject(value) && "0" in value;
  if (values.length > 0 && values.every(isColumn))
    throw listError(
      name,
      "holds columns, not rows, as pandas writes them by default",
      undefined,
      'write rows: to_json(FILE, orient="records")',
    );
  if (["columns", "index", "data"].every((key) => Array.isArray(document[key])))
    throw listError(
      name,
      'holds columns, index and data, as pandas writes them with orient="split"',
      undefined,
      'write rows: to_json(FILE, orient="records")',
    );
  const lists = Object.keys(document).filter((key) => {
    const value = document[key];
    return Array.isArray(value) && value.length > 0 && value.every(isObject);
  });
  if (lists.includes("images") && lists.includes("annotations"))
    throw listError(name, "is a COCO file", undefined, "give the folder that holds it and its pictures");
  if (lists.length > 1)
    throw listError(
      name,
      `holds several lists of objects: ${quoted(lists)}`,
      undefined,
      "write the one to use into a file of its own",
    );
  return lists[0] === undefined ? undefined : (document[lists[0]] as unknown[]);
}

function tableOf(items: readonly unknown[], name: string, most = items.length): ParsedTable {
  const columns = new Set<string>();
  const rows = items.slice(0, most).map((item, i): Row => {
    const values = typeof item === "string" ? { text: item } : item;
    if (!isObject(values))
      throw listError(
        name,
        `holds no object, but ${JSON.stringify(item)}`,
        i + 1,
        `write a list of ${example}`,
      );
    for (const key of Object.keys(values)) columns.add(key);
    return { line: i + 1, values };
  });
  return { columns: [...columns], rows, isWhole: items.length <= most };
}

/** Yields the lines of a text. A long text is not divided at once: the first lines may be enough. */
function* linesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    yield text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
  }
}

function jsonLines(text: string, name: string, most = Number.POSITIVE_INFINITY): ParsedTable {
  const rows: Row[] = [];
  const columns = new Set<string>();
  let [line, isWhole] = [0, true];
  for (const one of linesOf(text.replace(/^\uFEFF/, ""))) {
    line++;
    if (one.trim() === "") continue;
    if (rows.length >= most) {
      isWhole = false;
      break;
    }
    const values = parseLine(one, name, line, "write one JSON object a line");
    if (!isObject(values))
      throw listError(name, "is not a JSON object", line, `write one object a line: ${example}`);
    for (const key of Object.keys(values)) columns.add(key);
    rows.push({ line, values });
  }
  return { columns: [...columns], rows, isWhole };
}

function parseLine(text: string, name: string, line: number | undefined, help: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw listError(name, `is not JSON: ${messageOf(error)}`, line, help, error);
  }
}
