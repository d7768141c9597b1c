import { type ChatTemplate, openChatTemplate } from "../../data/chats/chat-template.js";
import type { Platform } from "../../platform/platform.js";
import type { TextFacts } from "../open/open-base.js";

/** Largest size of a template, in bytes. */
const largest = 2 ** 18;

/** Reads a template of chats. @throws FileError if it is too large or cannot be read */
export async function readTemplate(path: string, { files }: Pick<Platform, "files">): Promise<string> {
  return new TextDecoder().decode(await files.read(path, { limit: largest }));
}

/**
 * Opens the chat template of a base: its chat_template.jinja, else the one in tokenizer_config.json, else the default one.
 * @param given another template, which is taken instead, and its name in messages
 * @throws ModelError for a template that cannot be used
 */
export async function openTemplate(
  { files, beside }: TextFacts,
  platform: Pick<Platform, "files">,
  {
    given,
    now,
  }: { readonly given?: { readonly source: string; readonly at: string }; readonly now?: Date } = {},
): Promise<ChatTemplate> {
  const path = beside?.["chat_template.jinja"];
  const own = path === undefined ? undefined : { source: await readTemplate(path, platform), at: path };
  const used = given ?? own;
  return openChatTemplate(files.config, used?.source, used?.at, now && { now });
}
