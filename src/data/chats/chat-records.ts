import { listLimit, recordLimit } from "../../core/file-limits.js";
import { parseJson } from "../../core/parse-json.js";
import type { Platform } from "../../platform/platform.js";
import { piecesOf, type Text } from "../lists/csv-records.js";
import { readJson } from "../lists/json.js";
import { decodePieces, decodeTexts } from "../lists/list-bytes.js";
import { type ReadOptions, readList } from "../lists/read-list.js";
import { count } from "../split/found.js";
import { isChatRecord } from "./chat-layouts.js";

/** A record of a file: its value, or the reason why it cannot be read. */
export interface ChatRecord {
  /** Line in a text file; number of the record in a JSON document or Parquet file. Both from 1. */
  readonly line: number;
  readonly value?: unknown;
  readonly reason?: string;
}

/**
 * Yields the records of a JSONL, JSON, CSV, TSV or Parquet file. A line of JSONL that cannot be read is a record with a reason.
 * @param name name of the file in messages
 * @param options.most largest number of records that the caller takes. Default: all
 * @param options.quotes meaning of quotes in a CSV or TSV. Default: decided by the file
 * @throws DataError for a file that cannot be read; FileError for one that is too large
 */
export async function* chatRecords(
  platform: Platform,
  path: string,
  name: string,
  { most, quotes }: Pick<ReadOptions, "most" | "quotes"> = {},
): AsyncGenerator<ChatRecord> {
  if (!/\.(json|jsonl|ndjson)$/i.test(path)) {
    const options = { header: "prompt,completion", fewerClasses: true, keepUnlabelled: true, most, quotes };
    for (const { line = 0, values } of (await readList(platform, path, options)).rows)
      yield { line, value: values };
    return;
  }
  const bytes = await platform.files.read(path, { limit: listLimit });
  const begin = String.fromCharCode(...bytes.subarray(0, 1024)).match(/^(?:ï»¿)?\s*([[{])/)?.[1];
  if (begin === "[" || /\.json$/i.test(path)) yield* documentRecords(await decodeTexts(bytes, name), name);
  else yield* lineRecords(await decodePieces(bytes, name));
}

/** Yields the records of a JSON document: a list, an object with one list, or an object that is a chat itself. */
function* documentRecords(text: string, name: string): Generator<ChatRecord> {
  const document = documentOf(text);
  if (isChatRecord(document)) yield { line: 1, value: document };
  else if (Array.isArray(document))
    for (const [i, value] of document.entries()) yield { line: i + 1, value: value as unknown };
  else for (const { line = 0, values } of readJson(text, name, false).rows) yield { line, value: values };
}

function documentOf(text: string): unknown {
  try {
    return parseJson(text.replace(/^\uFEFF/, ""));
  } catch {
    // The reader of lists reports the error, unless each line is an object.
    return undefined;
  }
}

function* lineRecords(text: Text): Generator<ChatRecord> {
  let line = 0;
  for (const one of linesOf(text)) {
    line++;
    const json = line === 1 ? one.replace(/^\uFEFF/, "") : one;
    if (json.trim() === "") continue;
    if (json.length > recordLimit) {
      yield { line, reason: `is longer than ${count(recordLimit, "character")}` };
      continue;
    }
    let record: ChatRecord;
    try {
      record = { line, value: parseJson(json) };
    } catch {
      record = { line, reason: "is not JSON" };
    }
    yield record;
  }
}

/** Yields the lines of a text. The pieces of a long line are joined once. */
function* linesOf(text: Text): Generator<string> {
  let begun: string[] = [];
  for (const piece of piecesOf(text)) {
    let from = 0;
    for (let end = piece.indexOf("\n"); end >= 0; end = piece.indexOf("\n", from)) {
      begun.push(piece.slice(from, end));
      yield begun.join("");
      begun = [];
      from = end + 1;
    }
    begun.push(piece.slice(from));
  }
  yield begun.join("");
}
