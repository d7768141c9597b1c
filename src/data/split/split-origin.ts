import { inEnglish, type Message } from "../../core/messages/message.js";

/** Where the splits of a dataset come from. */
export interface SplitOrigin {
  /** In English. */
  readonly splitWords: string;
  /** The same for reports in other languages. Missing: they show the English text. */
  readonly splitMessages?: readonly Message[];
}

/** Returns the origin of splits from its messages. */
export const splitOrigin = (messages: readonly Message[]): SplitOrigin => ({
  splitWords: inEnglish(messages, "; "),
  splitMessages: messages,
});

/** Returns the origin of splits with further messages. */
export const withSplitMessages = (
  { splitWords, splitMessages }: SplitOrigin,
  ...more: readonly Message[]
): SplitOrigin =>
  splitMessages
    ? splitOrigin([...splitMessages, ...more])
    : { splitWords: [splitWords, ...more.map((one) => inEnglish([one]))].join("; ") };

/** Returns the origin alone of a dataset. */
export const originOf = ({ splitWords, splitMessages }: SplitOrigin): SplitOrigin => ({
  splitWords,
  ...(splitMessages && { splitMessages }),
});

/** Returns the fields of an event that say where the splits come from. */
export const splitFields = ({ splitWords, splitMessages }: SplitOrigin) => ({
  split_words: splitWords,
  ...(splitMessages && { split_messages: splitMessages }),
});
