import { inEnglish, type Message } from "../../core/messages/message.js";

/** The origin of a dataset's splits. */
export interface SplitOrigin {
  /** English text. */
  readonly splitWords: string;
  /** Messages for other languages. If missing, the English text is shown. */
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

/** Returns the fields of the origin from a dataset. */
export const originOf = ({ splitWords, splitMessages }: SplitOrigin): SplitOrigin => ({
  splitWords,
  ...(splitMessages && { splitMessages }),
});

/** Returns the fields of an event for the origin of splits. */
export const splitFields = ({ splitWords, splitMessages }: SplitOrigin) => ({
  split_words: splitWords,
  ...(splitMessages && { split_messages: splitMessages }),
});

/** True if the program divided all samples at random. */
export const areDivided = ({ splitMessages = [] }: Pick<SplitOrigin, "splitMessages">): boolean =>
  splitMessages.some(({ code }) => code === "split-shares") &&
  !splitMessages.some(({ code }) => code === "training-subset" || code === "shots-of-classes");
