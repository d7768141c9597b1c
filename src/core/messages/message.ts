import { withShortNames } from "../short-names.js";
import { english } from "./english.js";

/** A table of sentences: a text for each code, or a function of the code's values. */
export type MessageTable = typeof english;
export type MessageCode = keyof MessageTable;

/** Values of a code; undefined for a sentence without values. */
export type MessageValues<C extends MessageCode> = MessageTable[C] extends (values: infer V) => string
  ? V
  : undefined;

/** A sentence as a run records it: its code and its values. Tables of sentences write it in a language. */
export type Message = {
  [C in MessageCode]: MessageValues<C> extends undefined
    ? { readonly code: C }
    : { readonly code: C; readonly values: MessageValues<C> };
}[MessageCode];

/**
 * Returns the message of a code.
 * @example message("epochs-of-batches", { epochs: 10, batch: 8 })
 */
export function message<C extends MessageCode>(
  code: C,
  ...[values]: MessageValues<C> extends undefined ? [] : [MessageValues<C>]
): Message {
  return (values === undefined ? { code } : { code, values }) as Message;
}

/** Returns the sentence of a message from a table. */
export function writeMessage(table: MessageTable, { code, ...rest }: Message): string {
  const entry = table[code] as string | ((values: unknown) => string);
  return typeof entry === "string" ? entry : entry((rest as { readonly values?: unknown }).values);
}

/** A sentence of a record: a message, or an English text of a task from outside. */
export type Sentence = string | Message;

/** Returns sentences in English, joined by commas. */
export const inEnglish = (sentences: readonly Sentence[], separator = ", "): string =>
  sentences.map((one) => (typeof one === "string" ? one : writeMessage(english, one))).join(separator);

/** Returns the sentences as messages; undefined if one is a text. */
export function messagesOf(sentences: readonly Sentence[]): readonly Message[] | undefined {
  const messages = sentences.filter((one) => typeof one !== "string");
  return messages.length === sentences.length ? messages : undefined;
}

/** The name of a group of weights: in English, and as a message for reports in other languages. */
export interface GroupName {
  readonly name: string;
  readonly label: Message;
}

/** Returns the fields that name a group of weights. */
export const groupName = (label: Message): GroupName => ({ name: inEnglish([label]), label });

/** How something was trained. */
export interface Recipe {
  /** In English. */
  readonly recipe: string;
  /** The same for reports in other languages. Missing if a sentence is a text of a task from outside. */
  readonly recipe_messages?: readonly Message[];
}

/** Returns the fields of a result that say how something was trained. */
export function recipeFields(sentences: readonly Sentence[]): Recipe {
  const messages = messagesOf(sentences);
  return { recipe: inEnglish(sentences), ...(messages && { recipe_messages: messages }) };
}

/** Something that the user should know and that stops nothing. */
export interface WarningText {
  /** For programs: stays the same when the words change. */
  readonly code: string;
  readonly message: string;
  /** The message for reports in other languages. Missing for the text of an error. */
  readonly sentence?: Message;
}

/** Returns a warning. */
export const warningText = (code: string, sentence: Message): WarningText => ({
  code,
  message: withShortNames(inEnglish([sentence])),
  sentence,
});

/** Name of a strategy, with the reasons for it. */
export interface StrategyFacts {
  readonly name: string;
  /** In English. */
  readonly reasons: readonly string[];
  /** The same for reports in other languages. Missing if a sentence is a text of a task from outside. */
  readonly reason_messages?: readonly Message[];
}

/** Returns the fields of a record that say why a run uses its strategy. */
export function reasonFields(sentences: readonly Sentence[]): Omit<StrategyFacts, "name"> {
  const messages = messagesOf(sentences);
  return {
    reasons: sentences.map((one) => inEnglish([one])),
    ...(messages && { reason_messages: messages }),
  };
}
