import { chatMessageLimit } from "../../core/file-limits.js";
import { count, quoted } from "../split/found.js";
import { type ChatMessage, isAnswer, isFromAssistant } from "./chat.js";

type Fields = Readonly<Record<string, unknown>>;

/** The messages of a record, or the reason why they cannot be used. */
type Read = readonly ChatMessage[] | string;

/** A layout of records with chats. */
interface Layout {
  /** Fields that a record of the layout has. */
  readonly fields: readonly string[];
  /** True for a value that fits one of the fields. */
  readonly holds: (value: unknown) => boolean;
  readonly read: (record: Fields) => Read;
}

const isText = (value: unknown): boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** The layouts, in the order in which they are tried. */
const layouts: readonly Layout[] = [
  // OpenAI and Hugging Face.
  { fields: ["messages"], holds: Array.isArray, read: ({ messages }) => readMessages(messages) },
  // ShareGPT.
  {
    fields: ["conversations"],
    holds: Array.isArray,
    read: ({ conversations }) => readMessages(conversations),
  },
  // TRL: two texts, or two lists of messages.
  {
    fields: ["prompt", "completion"],
    holds: (value) => isText(value) || Array.isArray(value),
    read: ({ prompt, completion }) => joined(readTurn(prompt, "user"), readTurn(completion, "assistant")),
  },
  // Alpaca. The paper's prompt puts the input below the instruction.
  {
    fields: ["instruction", "output"],
    holds: isText,
    read: ({ instruction, input, output }) =>
      joined(readTurn(withBelow(instruction, input), "user"), readTurn(output, "assistant")),
  },
  // Dolly.
  {
    fields: ["instruction", "response"],
    holds: isText,
    read: ({ instruction, context, response }) =>
      joined(readTurn(withBelow(instruction, context), "user"), readTurn(response, "assistant")),
  },
  {
    fields: ["question", "answer"],
    holds: isText,
    read: ({ question, answer }) => joined(readTurn(question, "user"), readTurn(answer, "assistant")),
  },
];

function withBelow(text: unknown, below: unknown): string {
  return isText(below) && String(below).trim() !== "" ? `${String(text)}\n\n${String(below)}` : String(text);
}

/** Roles by their names in data, in small letters. Other names are roles themselves. */
const roles: Readonly<Record<string, string>> = {
  ...{ system: "system", user: "user", human: "user" },
  ...{ assistant: "assistant", gpt: "assistant", chatgpt: "assistant", bot: "assistant", model: "assistant" },
};

/** Types of parts that are text, in the data of OpenAI and Hugging Face. */
const textParts: readonly unknown[] = ["text", "input_text", "output_text", undefined, ""];

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Parquet files have "" for null. */
const isMissing = (value: unknown): boolean => value === undefined || value === null || value === "";

function layoutOf(record: Fields): Layout | undefined {
  return layouts.find(({ fields, holds }) => fields.every((field) => holds(record[field])));
}

/** True if records with these fields may have one of the layouts of chats. */
export const haveChatFields = (names: readonly string[]): boolean =>
  layouts.some(({ fields }) => fields.every((field) => names.includes(field)));

/** True if messages are in the field of this name, in one of the layouts. */
export const isChatField = (name: string): boolean => layouts.some(({ fields }) => fields.includes(name));

/** True if a record has one of the layouts of chats, whether its messages are usable or not. */
export const isChatRecord = (record: unknown): boolean => isFields(record) && layoutOf(record) !== undefined;

/**
 * Returns the messages of a record up to its last answer to learn, or the reason why it cannot be used. A text in the field "system" becomes
 * the first message, unless the messages begin with one of a system.
 * @example readChat({ prompt: "2 + 2?", completion: "4" }) // [{ role: "user", content: "2 + 2?" }, { role: "assistant", content: "4" }]
 */
export function readChat(record: unknown): Read {
  const all = allMessages(record);
  if (typeof all === "string") return all;
  const messages = all.slice(0, all.findLastIndex(isAnswer) + 1);
  if (messages.length === 0) {
    if (all.some(isFromAssistant)) return "has no answer to learn: all have weight 0";
    const others = new Set(all.map(({ role }) => role).filter((role) => !Object.hasOwn(roles, role)));
    return others.size === 0
      ? "has no answer"
      : `has no answer of an assistant, but roles ${quoted([...others], 4)}`;
  }
  if (messages.length > chatMessageLimit) return `has more than ${count(chatMessageLimit, "message")}`;
  return messages;
}

/**
 * Returns the messages that a model answers, or the reason why the record cannot be used. An answer at the end of the record is left out.
 * @example readPrompt({ prompt: "2 + 2?", completion: "4" }) // [{ role: "user", content: "2 + 2?" }]
 */
export function readPrompt(record: unknown): Read {
  const all = allMessages(record);
  if (typeof all === "string") return all;
  const messages = all.at(-1)?.role === "assistant" ? all.slice(0, -1) : all;
  return messages.length > 0 ? messages : "has no question";
}

/** Returns all messages of a record, or the reason why it has none. */
function allMessages(record: unknown): Read {
  if (!isFields(record)) return "is no object";
  const layout = layoutOf(record);
  if (!layout) return `has no messages, but ${quoted(Object.keys(record), 8) || "nothing"}`;
  const read = layout.read(record);
  if (typeof read === "string") return read;
  const { system } = record;
  const isAdded = typeof system === "string" && system.trim() !== "" && read[0]?.role !== "system";
  return isAdded ? [{ role: "system", content: system }, ...read] : read;
}

function joined(first: Read, second: Read): Read {
  if (typeof first === "string") return first;
  return typeof second === "string" ? second : [...first, ...second];
}

/** Returns the messages of one side: a list of them, or a text of a role. */
function readTurn(value: unknown, role: string): Read {
  return Array.isArray(value) ? readMessages(value) : [{ role, content: String(value) }];
}

function readMessages(value: unknown): Read {
  const messages: ChatMessage[] = [];
  for (const one of value as readonly unknown[]) {
    const message = isFields(one) ? readMessage(one) : "has a message that is no object";
    if (typeof message === "string") return message;
    messages.push(message);
  }
  return messages;
}

function readMessage(fields: Fields): ChatMessage | string {
  const name = fields.role ?? fields.from;
  if (typeof name !== "string" || name === "") return "has a message without a role";
  const { tool_calls: calls, function_call: call } = fields;
  if (name === "function_call" || (Array.isArray(calls) && calls.length > 0) || isFields(call))
    return "calls a tool";
  const content = readContent(fields.content ?? fields.value);
  if (content.reason !== undefined) return content.reason;
  const known = name.toLowerCase();
  const role = Object.hasOwn(roles, known) ? roles[known]! : name;
  const isContext = role === "assistant" && fields.weight === 0;
  return { role, content: content.text, ...(isContext && { weight: 0 }) };
}

/** Returns the text of a content: a text, or parts of which all are texts. */
function readContent(
  value: unknown,
): { readonly text: string; readonly reason?: undefined } | { readonly reason: string } {
  if (isMissing(value)) return { text: "" };
  if (isText(value)) return { text: String(value) };
  if (!Array.isArray(value)) return { reason: "has a message whose content is no text" };
  let text = "";
  for (const part of value as readonly unknown[]) {
    const piece = isFields(part) && textParts.includes(part.type) ? part.text : part;
    if (typeof piece !== "string")
      return { reason: `has a part that is no text: ${quoted([String(isFields(part) ? part.type : part)])}` };
    text += piece;
  }
  return { text };
}
