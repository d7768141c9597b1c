import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";
import { columnOf } from "../lists/columns.js";
import { findLists, noData } from "../lists/find-lists.js";
import { type Quotes, requireQuotes } from "../lists/quotes.js";
import { byCodePoint, count, listName } from "../split/found.js";
import { type Chat, isAnswer } from "./chat.js";
import { isChatRecord, readChat } from "./chat-layouts.js";
import { chatRecords } from "./chat-records.js";

interface Skipped {
  readonly item: string;
  readonly reason: string;
}

interface FoundFile {
  readonly path: string;
  /** The split that its name says. */
  readonly part?: Part;
  /** Path relative to the folder of the data. */
  readonly name: string;
  /** True for a file of a folder. It is skipped if it cannot be read. */
  readonly isInFolder: boolean;
}

const minChats = 4;
/** Number of records in which {@link firstRecord} looks for one that can be read. */
const firstRecords = 20;
const example =
  '{"messages": [{"role": "user", "content": "a question"}, {"role": "assistant", "content": "its answer"}]}';
const help = `give a file with one chat a line, such as ${example}, and at least ${minChats} different chats`;

/** Returns what makes chats copies of each other: their messages with roles, and which answers are learnt. */
export const contentOf = ({ messages }: Chat): string =>
  JSON.stringify(messages.map(({ role, content, weight }) => [role, content, ...(weight === 0 ? [0] : [])]));

/** A chat with its record. */
export interface FoundChat {
  readonly chat: Chat;
  /** All fields of its record. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly file: string;
  readonly line: number;
  /** The split that the name of its file says. */
  readonly part: Part | undefined;
}

/**
 * Reads the usable chats of a JSONL, JSON, CSV, TSV or Parquet file, or of all such files of a folder and its subfolders in the order of
 * their names.
 *
 * A record has `messages` (OpenAI, Hugging Face), `conversations` (ShareGPT), `prompt` with `completion` (TRL), `instruction` with
 * `output` and perhaps `input` (Alpaca), `instruction` with `response` (Dolly), or `question` with `answer`. A chat ends with its last
 * answer: later messages are dropped. An answer of weight 0 is context, and is not learnt.
 * @param skipped receives the records that are no usable chats
 * @param quotes meaning of quotes in a CSV or TSV. Default: decided by each file
 * @throws DataError for a path with nothing, or a file that cannot be read; OptionError for quotes without a CSV or TSV;
 * FileError
 * @example
 * const chats = await readChats(nodePlatform, "chats.jsonl", skipped);
 */
export async function readChats(
  platform: Platform,
  path: string,
  skipped: Skipped[],
  quotes?: Quotes,
): Promise<readonly FoundChat[]> {
  const all: FoundChat[] = [];
  const found = await findFiles(platform, path);
  requireQuotes(
    quotes,
    found.map(({ name }) => name),
  );
  for (const file of found) all.push(...(await chatsOfFile(platform, file, skipped, quotes)));
  return all;
}

/** Fields of a record that is a chat of a question and its answer. A record with another field is a pair of texts. */
const besideAnswer: readonly string[] = ["question", "answer", "id", "split", "group"];

/**
 * Returns true if the first record shows that answers are learnt: it has a layout of chats and no label. A field "category" is the topic of
 * a chat, as in Dolly. A question with its answer is a pair of texts if the record has other fields.
 */
export async function holdsAnswers(platform: Platform, path: string): Promise<boolean> {
  const record = await firstRecord(platform, path);
  if (!isChatRecord(record)) return false;
  const fields = Object.keys(record as object).map((field) => field.toLowerCase());
  const isPair =
    ["question", "answer"].every((field) => fields.includes(field)) &&
    fields.some((field) => !besideAnswer.includes(field));
  const others = fields.filter((field) => field !== "category");
  return columnOf("label", others) === undefined && !isPair;
}

/** Returns true if the first record of a file, or of the first file of a folder, has a layout of chats. */
export const holdsChats = async (platform: Platform, path: string): Promise<boolean> =>
  isChatRecord(await firstRecord(platform, path));

/** Returns the first record that can be read; undefined if there is none. */
async function firstRecord(platform: Platform, path: string): Promise<unknown> {
  if (!(await platform.files.stat(platform.files.resolve(path)))) return undefined;
  const [first] = await findFiles(platform, path);
  if (!first || !listName.test(first.path)) return undefined;
  try {
    let read = 0;
    for await (const { value, reason } of chatRecords(platform, first.path, first.name, {
      most: firstRecords,
    })) {
      if (reason === undefined) return value;
      if (++read >= firstRecords) return undefined;
    }
  } catch (error) {
    // The reader of another task reports the error.
    if (!isDataError(error)) throw error;
  }
  return undefined;
}

const isDataError = (error: unknown): error is EngraftError =>
  error instanceof EngraftError && error.kind === "DataError";

/** Returns the files at a path that may hold chats. @throws DataError if nothing is there */
async function findFiles(platform: Platform, path: string): Promise<readonly FoundFile[]> {
  const { files } = platform;
  const root = files.resolve(path);
  const state = await files.stat(root);
  if (!state) throw new EngraftError("DataError", `there are no chats at "${path}"`, { help });
  if (state.kind === "folder") {
    const lists = await findLists(files, root);
    if (lists?.layout !== "splits") return filesOfFolder(platform, root, "");
    return lists.files.map(({ name, part }) => ({
      ...{ path: files.join(lists.folder, name), name, isInFolder: true },
      ...(part && { part }),
    }));
  }
  return [{ path: root, name: files.relative(files.dirname(root), root), isInFolder: false }];
}

async function filesOfFolder(platform: Platform, folder: string, below: string): Promise<FoundFile[]> {
  const { files } = platform;
  const found: FoundFile[] = [];
  const entries = [...(await files.list(folder))].sort((a, b) => byCodePoint(a.name, b.name));
  for (const { name, kind } of entries) {
    if (name.startsWith(".")) continue;
    const path = files.join(folder, name);
    if (kind === "folder") found.push(...(await filesOfFolder(platform, path, `${below}${name}/`)));
    else if (listName.test(name) && !noData.test(name))
      found.push({ path, name: `${below}${name}`, isInFolder: true });
  }
  return found;
}

/** Returns the usable chats of a file. @throws DataError for a file outside a folder that cannot be read; FileError */
async function chatsOfFile(
  platform: Platform,
  { path, name, isInFolder, part }: FoundFile,
  skipped: Skipped[],
  quotes: Quotes | undefined,
): Promise<readonly FoundChat[]> {
  const chats: FoundChat[] = [];
  const own = /\.[ct]sv$/i.test(name) ? quotes : undefined;
  try {
    for await (const { line, value, reason } of chatRecords(platform, path, name, { quotes: own })) {
      const id = `${name}:${line}`;
      const read = reason ?? readChat(value);
      if (typeof read === "string") skipped.push({ item: id, reason: read });
      else
        chats.push({
          chat: { id, messages: read },
          fields: value as FoundChat["fields"],
          ...{ file: name, line, part },
        });
    }
  } catch (error) {
    if (!isInFolder || !isDataError(error)) throw error;
    skipped.push({ item: name, reason: error.message });
  }
  return chats;
}

/** Returns what chats on two sides of a split may not share: the first question, or the whole prompt if all chats have one question. */
export function promptKeys(chats: readonly Chat[]): readonly string[] {
  const questions = chats.map(questionOf);
  if (new Set(questions).size > 1) return questions;
  // One question about many texts, each in the system's message.
  return chats.map(({ messages }) => JSON.stringify(messages.slice(0, messages.findIndex(isAnswer))));
}

const questionOf = ({ messages }: Chat): string => (messages.find(isQuestion) ?? messages[0]!).content.trim();

const isQuestion = ({ role }: Chat["messages"][number]): boolean => role === "user";

/** @throws DataError for fewer than four different chats, with the numbers of skipped records */
export function requireChats(
  path: string,
  different: number,
  found: number,
  skipped: readonly Skipped[],
): void {
  if (different >= minChats) return;
  const byReason = new Map<string, { readonly first: string; records: number }>();
  for (const { item, reason } of skipped) {
    const known = byReason.get(reason);
    if (known) known.records++;
    else byReason.set(reason, { first: item, records: 1 });
  }
  const reasons = [...byReason].sort(([, a], [, b]) => b.records - a.records).slice(0, 3);
  const copies = found > different ? `, and ${count(found - different, "copy", "copies")} of them` : "";
  throw new EngraftError(
    "DataError",
    different === 0 ? `"${path}" holds no chats` : `"${path}" holds ${count(different, "chat")}${copies}`,
    {
      ...(reasons.length > 0 && {
        at: `${count(skipped.length, "record")} skipped: ${reasons
          .map(
            ([reason, { first, records }]) =>
              `${first} ${reason}${records > 1 ? ` (${count(records, "record")})` : ""}`,
          )
          .join("; ")}`,
      }),
      help,
      details: { chats: different, found, skipped: skipped.length },
    },
  );
}
