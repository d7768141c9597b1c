// Lists that the user opens, read as `engraft train` reads them.
import { EngraftError } from "../../src/core/errors.js";
import { readCsv, type Table } from "../../src/data/lists/csv.js";
import { requireColumnNames } from "../../src/data/lists/first-line.js";
import { readJson } from "../../src/data/lists/json.js";
import { decodeTexts } from "../../src/data/lists/list-bytes.js";
import { otherSeparator } from "../../src/data/lists/other-separator.js";
import { currentWords } from "../words/current-words.js";

/** Lists in text form. */
export const listTypes = ".csv,.tsv,.json,.jsonl,.ndjson";

/** Largest list that the page reads at once, in bytes. */
const largest = 2 ** 26;

/**
 * Reads a list in text form.
 * @param most largest number of rows to read, default all
 * @throws DataError with the line, and what to do
 */
export async function readListFile(content: Blob, name: string, most?: number): Promise<Table> {
  const { lists: words } = currentWords().tasks;
  if (content.size > largest)
    throw new EngraftError("DataError", words.tooLarge(name, content.size), { help: words.tooLargeHelp });
  const text = await decodeTexts(new Uint8Array(await content.arrayBuffer()), name);
  const isJson = /\.(json|jsonl|ndjson)$/i.test(name);
  const list = isJson
    ? readJson(text, name, !/\.json$/i.test(name), most)
    : readCsv(text, name, /\.tsv$/i.test(name), { header: "text,label", most });
  if (!isJson) requireColumnNames({ name, ...list });
  if (list.rows.length === 0)
    throw new EngraftError("DataError", words.noRows(name), { help: words.noRowsHelp });
  if (list.columns.length < 2)
    throw new EngraftError("DataError", words.oneColumn(name), {
      help: otherSeparator(list.columns) ?? words.oneColumnHelp,
    });
  return list;
}

/** Returns a cell as text; "" for a missing value. */
export const cellText = (value: unknown): string =>
  value === undefined || value === null
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value).trim();
