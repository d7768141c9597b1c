import {
  type Message,
  type Recipe,
  type StrategyFacts,
  type WarningText,
  writeMessage,
} from "../core/messages/message.js";
import { html, type Markup } from "./html.js";
import type { Words } from "./words/index.js";

type RecordWords = Pick<Words, "tag" | "messages" | "uncoded">;

/**
 * Returns a text of a run's record in the page's language. Without messages of known codes it stays English and is marked as such:
 * in a run of an older or newer version, and in a text of a user's own task.
 * @param separator between sentences
 */
export function recorded(
  text: string,
  messages: readonly Message[] | undefined,
  { tag, messages: table, uncoded }: RecordWords,
  separator: "," | ";" = ",",
): Markup {
  if (tag === "en") return html`${text}`;
  const translated = messages ? translate(messages, { messages: table }, separator) : uncoded(text);
  return translated === undefined ? asEnglish(text) : html`${translated}`;
}

/** Returns messages in the page's language; undefined if it does not know all of their codes. */
export function translate(
  messages: readonly Message[] | undefined,
  { messages: table }: Pick<Words, "messages">,
  separator: "," | ";" = ",",
): string | undefined {
  if (!messages?.every(({ code }) => Object.hasOwn(table, code))) return undefined;
  try {
    return messages.map((one) => writeMessage(table, one)).join(separator === "," ? "，" : "；");
  } catch {
    // The record is damaged: its values do not fit its code.
    return undefined;
  }
}

/** Returns a text that is English in every language. */
export const asEnglish = (text: string): Markup => html`<span lang="en">${text}</span>`;

/** Returns how something was trained. */
export const recordedRecipe = ({ recipe, recipe_messages: messages }: Recipe, words: RecordWords): Markup =>
  recorded(recipe, messages, words);

/** Returns why a run uses its strategy. */
export const recordedReasons = (
  { reasons, reason_messages: messages }: Omit<StrategyFacts, "name">,
  words: RecordWords,
): Markup => recorded(reasons.join("; "), messages, words, ";");

/** Returns a list of warnings. */
export const recordedWarnings = (warnings: readonly WarningText[], words: RecordWords): Markup =>
  html`<ul>${warnings.map(({ message, sentence }) => html`<li>${recorded(message, sentence && [sentence], words)}</li>`)}</ul>`;

/** Returns the attribute ` lang="en"` for an element with recorded English sentences; nothing on an English page. */
export const asRecorded = ({ tag }: Pick<Words, "tag">): Markup | string =>
  tag === "en" ? "" : html` lang="en"`;
