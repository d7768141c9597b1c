import { findModelFolder } from "../../../bases/model-folder/model-folder.js";
import { EngraftError } from "../../../core/errors.js";
import {
  type GeneratedText,
  openGenerator,
  type TextGenerator,
  type TextPrompt,
} from "../../../inference/text-generator.js";
import { openMachine } from "../../../run/machine.js";
import { openWriter } from "../../../tasks/generation/generation-model.js";
import type { OptionsOf } from "../../options/options.js";
import type { Output } from "../../output.js";
import { unreadableInputs } from "../unreadable.js";
import { textsOf, withWords } from "./inputs.js";
import { refuseForWriting } from "./refuse-options.js";

/** Most texts that are continued together. */
const most = 64;

/**
 * Continues texts with a decoder: a single text as it comes, those of a file together.
 * @returns false if the model continues no texts
 */
export async function continueTexts(
  dir: string,
  words: readonly string[],
  options: OptionsOf<"predict">,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<boolean> {
  const { threads, device, maxNew, beams, lengthPenalty, temperature, topP, seed, quotes } = options;
  const opened = await open(dir, { threads, device });
  if (!opened) return false;
  const { generator } = opened;
  try {
    refuseForWriting(options);
    if (!generator.ends)
      output.note("note       the model has no token that ends a text: every text goes on to --max-new");
    const given = { maxNew, beams, lengthPenalty, temperature, topP, seed };
    const known = Object.entries(given).filter(([, value]) => value !== undefined);
    const how = { ...Object.fromEntries(known), signal };
    const { chat = opened.chat, text: columns } = options;
    let n = 0;
    const unreadable = unreadableInputs(output);
    const found = textsOf(words, signal, { columns, quotes, onEvent: output.onEvent });
    const inputs = withWords(found, unreadable);
    let unknown = 0;
    let part: string[] = [];
    const flush = async (): Promise<void> => {
      if (part.length === 0) return;
      if (part.length === 1) await stream(generator, part[0]!, how, { output, chat });
      else {
        const prompts = part.map((text) => promptOf(text, chat));
        for (const [i, made] of (await generator.generateAll(prompts, how)).entries())
          output.piece(`${part[i]!}${chat ? `\n${made.text.trim()}` : made.text}\n`, eventOf(part[i]!, made));
      }
      n += part.length;
      part = [];
      if (signal.aborted)
        throw new EngraftError("Interrupted", `stopped after ${n} ${n === 1 ? "text" : "texts"}`);
    };
    for await (const { name, input, atOnce } of inputs) {
      if (typeof input !== "string")
        throw new EngraftError("DataError", "a model that continues texts takes one text, not a pair", {
          help: "name the column of the texts: --text COLUMN",
        });
      try {
        unknown += generator.count(promptOf(input, chat)).unknown;
        part.push(input);
      } catch (thrown) {
        unreadable.add(name, thrown);
      }
      if (atOnce || part.length === most) await flush();
    }
    await flush();
    if (unknown > 0) {
      const tokens = unknown === 1 ? "1 token of the texts stands" : `${unknown} tokens of the texts stand`;
      output.note(`note       ${tokens} for what the tokenizer does not know`);
    }
    unreadable.refuse(n);
    output.result({ predictions: n }, []);
    return true;
  } finally {
    await generator.close();
  }
}

/** Opens a decoder: a model that a run of text generation trained, which knows whether it answers chats, or any other one. */
async function open(
  dir: string,
  how: Pick<OptionsOf<"predict">, "threads" | "device">,
): Promise<{ readonly generator: TextGenerator; readonly chat: boolean } | undefined> {
  const machine = await openMachine();
  const { files } = machine.platform;
  const folder = await findModelFolder(machine.platform, dir).catch(() => undefined);
  if (folder !== undefined && (await files.stat(files.join(folder, "engraft.json")))) {
    const { generator, engraft } = await openWriter(machine, dir, how);
    return { generator, chat: engraft.generation.form === "chats" };
  }
  const generator = await openGenerator(machine, dir, how);
  return generator && { generator, chat: false };
}

type How = Parameters<TextGenerator["generate"]>[1];

/** Returns a text to continue, or a chat with one message. */
const promptOf = (text: string, chat: boolean): TextPrompt =>
  chat ? [{ role: "user", content: text }] : text;

/** Prints a text as it is written, or the answer to it. */
async function stream(
  generator: TextGenerator,
  prompt: string,
  how: How,
  { output, chat }: { readonly output: Output; readonly chat: boolean },
): Promise<void> {
  const pieces = generator.generate(promptOf(prompt, chat), how);
  let next = await pieces.next();
  let isFirst = chat;
  if (!chat) output.piece(prompt);
  for (; !next.done; next = await pieces.next()) {
    output.piece(isFirst ? next.value.trimStart() : next.value);
    isFirst = false;
  }
  output.piece("\n", eventOf(prompt, next.value));
}

const eventOf = (input: string, { ids: _, ...made }: GeneratedText) => ({
  event: "prediction",
  input,
  ...made,
});
