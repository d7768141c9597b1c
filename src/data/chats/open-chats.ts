import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { message } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import { columnOf } from "../lists/columns.js";
import { findLists, noData } from "../lists/find-lists.js";
import { byCodePoint, count, listName } from "../split/found.js";
import { holdBack } from "../split/hold-back.js";
import { type SplitOrigin, splitOrigin } from "../split/split-origin.js";
import { type Chat, isAnswer } from "./chat.js";
import { isChatRecord, readChat } from "./chat-layouts.js";
import { chatRecords } from "./chat-records.js";

/** Chats to learn answers from: a training part and a held-out part. */
export interface Chats extends SplitOrigin {
  readonly root: string;
  readonly train: readonly Chat[];
  readonly heldOut: readonly Chat[];
  readonly skipped: readonly Skipped[];
  /** Number of removed copies. */
  readonly duplicates: number;
  /** sha256 of the messages of both parts. */
  readonly fingerprint: string;
}

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

/**
 * Reads chats from a JSONL, JSON, CSV, TSV or Parquet file, or from all such files of a folder and its subfolders in the order of
 * their names.
 *
 * A record has `messages` (OpenAI, Hugging Face), `conversations` (ShareGPT), `prompt` with `completion` (TRL), or `instruction` with
 * `output` and perhaps `input` (Alpaca). A chat ends with its last answer: later messages are dropped. An answer of
 * weight 0 is context, and is not learnt. Exact copies are removed. The
 * seed selects a tenth of the chats to hold out. Chats with the same first question are on one side.
 * @throws DataError for fewer than four different chats, and for chats that all have the same prompt; FileError
 * @example
 * const { train, heldOut } = await openChats(nodePlatform, "chats.jsonl", { seed: 1 });
 */
export async function openChats(
  platform: Platform,
  path: string,
  { seed = 0 }: { readonly seed?: number } = {},
): Promise<Chats> {
  const skipped: Skipped[] = [];
  const byText = new Map<string, Chat>();
  const found = await readChats(platform, path, skipped);
  for (const { chat } of found) {
    const text = contentOf(chat);
    if (!byText.has(text)) byText.set(text, chat);
  }
  const chats = [...byText.values()];
  requireChats(path, chats.length, found.length, skipped);
  const { held, by } = heldChats(chats, seed);
  if (held.size === 0)
    throw new EngraftError("DataError", `all chats of "${path}" have the same prompt`, {
      help: "give chats with different questions: some are held back to see whether the training helps",
      details: { chats: chats.length },
    });
  const texts = [...byText.keys()];
  const part = <T>(of: readonly T[], isHeld: boolean): T[] => of.filter((_, i) => held.has(i) === isHeld);
  const values = { held: held.size, chats: chats.length, seed, ...(by && { by }) };
  return {
    root: platform.files.resolve(path),
    train: part(chats, false),
    heldOut: part(chats, true),
    skipped,
    duplicates: found.length - chats.length,
    ...splitOrigin([message("chats-held-back", values)]),
    fingerprint: await platform.sha256(["train", ...part(texts, false), "held out", ...part(texts, true)]),
  };
}

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
 * Reads all usable chats of a file or a folder.
 * @param skipped receives the others
 * @throws DataError for a path with nothing, or a file that cannot be read
 */
export async function readChats(
  platform: Platform,
  path: string,
  skipped: Skipped[],
): Promise<readonly FoundChat[]> {
  const all: FoundChat[] = [];
  for (const file of await findFiles(platform, path))
    all.push(...(await chatsOfFile(platform, file, skipped)));
  return all;
}

/**
 * Returns true if the first record shows that answers are learnt: it has a layout of chats and no label. A question with its answer is a pair of
 * texts if other fields stand beside it.
 */
export async function holdsAnswers(platform: Platform, path: string): Promise<boolean> {
  const record = await firstRecord(platform, path);
  if (!isChatRecord(record)) return false;
  const fields = Object.keys(record as object);
  const isPair = fields.includes("question") && fields.includes("answer") && fields.length > 2;
  return columnOf("label", fields) === undefined && !isPair;
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
    for await (const { value, reason } of chatRecords(platform, first.path, first.name, firstRecords)) {
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
): Promise<readonly FoundChat[]> {
  const chats: FoundChat[] = [];
  try {
    for await (const { line, value, reason } of chatRecords(platform, path, name)) {
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

/** Selects the chats to hold back. `by`: what the chats on one side have in common, if a group has several. */
function heldChats(
  chats: readonly Chat[],
  seed: number,
): { readonly held: ReadonlySet<number>; readonly by?: "question" | "prompt" } {
  const questions = chats.map(questionOf);
  const different = new Set(questions).size;
  if (different > 1)
    return { held: holdBack(questions, seed), ...(different < chats.length && { by: "question" }) };
  return { held: holdBack(promptKeys(chats), seed), by: "prompt" };
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
