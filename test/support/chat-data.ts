// Chats with tokens of the tiny vocabulary, and a decoder that learns them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChatMessage } from "../../src/data/chats/chat.js";
import { writeDecoder } from "./golden-decoders.js";

/** In the style of ChatML. */
export const chatTemplate =
  "{% for message in messages %}{{ '[CLS] ' + message['content'] + ' [SEP]' }}{% endfor %}{% if add_generation_prompt %}{{ '[CLS]' }}{% endif %}";

export const chatWords = ["great", "bad", "good", "book", "the", "it", "is", "film"] as const;

/** Every pair of words, answered with the second one. */
export const pairsOfWords = (): readonly { readonly messages: readonly ChatMessage[] }[] =>
  chatWords.flatMap((a) =>
    chatWords.map((b) => ({
      messages: [
        { role: "user", content: `${a} ${b}` },
        { role: "assistant", content: b },
      ],
    })),
  );

/** Writes a Llama in the layout of the hub, with a tokenizer of word pieces and a template of chats. @returns the folder */
export function writeChatDecoder(path: string): string {
  const file = join(writeDecoder(path), "tokenizer_config.json");
  const settings = JSON.parse(readFileSync(file, "utf8")) as object;
  writeFileSync(file, JSON.stringify({ ...settings, chat_template: chatTemplate }));
  return path;
}
