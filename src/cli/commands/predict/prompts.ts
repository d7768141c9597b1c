import { EngraftError } from "../../../core/errors.js";
import { readPrompt } from "../../../data/chats/chat-layouts.js";
import { chatRecords } from "../../../data/chats/chat-records.js";
import { holdsChats } from "../../../data/chats/read-chats.js";
import { listName } from "../../../data/split/found.js";
import type { TextPrompt } from "../../../inference/text-generator.js";
import { nodePlatform } from "../../../platform/node.js";
import type { OptionsOf } from "../../options/options.js";
import type { Output } from "../../output.js";
import type { Unreadable } from "../unreadable.js";
import { textsOf, withWords } from "./inputs.js";

/** A text to continue, or a chat to answer. */
export interface NamedPrompt {
  readonly name: string;
  /** The text; of a chat its last message. */
  readonly text: string;
  readonly prompt: TextPrompt;
  /** The prediction does not wait for more texts. */
  readonly atOnce: boolean;
}

interface PromptOptions extends Pick<OptionsOf<"predict">, "quotes"> {
  readonly columns: string | undefined;
  /** True to answer: a text is the message of a user. */
  readonly chat: boolean;
  readonly signal: AbortSignal;
  readonly output: Output;
  readonly unreadable: Unreadable;
}

/** Yields the texts that arguments name, and the chats of files. @throws DataError for pairs of texts */
export async function* promptsOf(
  words: readonly string[],
  { columns, quotes, chat, signal, output, unreadable }: PromptOptions,
): AsyncGenerator<NamedPrompt> {
  for (const word of words) {
    if (chat && listName.test(word) && (await holdsChats(nodePlatform, word))) {
      yield* chatsOf(word, unreadable);
      continue;
    }
    const found = textsOf([word], signal, { columns, quotes, onEvent: output.onEvent });
    for await (const { name, input, atOnce = false } of withWords(found, unreadable)) {
      if (typeof input !== "string")
        throw new EngraftError("DataError", "a model that writes texts takes one text, not a pair", {
          help: "name the column of the texts: --text COLUMN",
        });
      yield { name, text: input, prompt: chat ? [{ role: "user", content: input }] : input, atOnce };
    }
  }
}

/** Yields the chats of a file, each without its last answer. */
async function* chatsOf(path: string, unreadable: Unreadable): AsyncGenerator<NamedPrompt> {
  for await (const { line, value, reason } of chatRecords(
    nodePlatform,
    nodePlatform.files.resolve(path),
    path,
  )) {
    const [name, read] = [`${path}:${line}`, reason ?? readPrompt(value)];
    if (typeof read === "string") unreadable.add(name, new EngraftError("DataError", `the chat ${read}`));
    else yield { name, text: read.at(-1)!.content, prompt: read, atOnce: false };
  }
}
