import { findModelFolder } from "../../../bases/model-folder/model-folder.js";
import { EngraftError } from "../../../core/errors.js";
import { openGenerator } from "../../../inference/open-generator.js";
import type { GeneratedText, GenerateOptions, TextGenerator } from "../../../inference/text-generator.js";
import { openMachine } from "../../../run/machine.js";
import { openWriter } from "../../../tasks/generation/generation-model.js";
import type { OptionsOf } from "../../options/options.js";
import type { Output } from "../../output.js";
import { unreadableInputs } from "../unreadable.js";
import { type NamedPrompt, promptsOf } from "./prompts.js";
import { refuseForWriting, writingOptions } from "./refuse-options.js";

/** Most texts that are written together. */
const most = 64;

/**
 * Writes texts with a decoder, which continues each text, or with an encoder–decoder, which translates or rewrites it: a single text as it
 * comes, those of a file together.
 * @returns false if the model writes no texts
 */
export async function writeTexts(
  dir: string,
  words: readonly string[],
  options: OptionsOf<"predict">,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<boolean> {
  const { threads, device, quotes } = options;
  const opened = await open(dir, { threads, device });
  if (!opened) return false;
  const { generator } = opened;
  try {
    refuseForWriting(options);
    if (!generator.ends)
      output.note("note       the model has no token that ends a text: every text goes on to --max-new");
    const how: GenerateOptions = { ...writingOptions(options), signal };
    const { chat = opened.chat, text: columns } = options;
    const isOwn = chat || generator.kind === "encoder-decoder";
    noteTasks(generator, options, output);
    let n = 0;
    const unreadable = unreadableInputs(output);
    const inputs = promptsOf(words, { columns, quotes, chat, signal, output, unreadable });
    let unknown = 0;
    let part: NamedPrompt[] = [];
    const flush = async (): Promise<void> => {
      if (part.length === 0) return;
      if (part.length === 1) await stream(generator, part[0]!, how, { output, isOwn });
      else {
        const prompts = part.map(({ prompt }) => prompt);
        for (const [i, made] of (await generator.generateAll(prompts, how)).entries()) {
          const { text } = part[i]!;
          const before = chat ? `${text}\n` : isOwn ? "" : text;
          output.piece(`${before}${isOwn ? made.text.trim() : made.text}\n`, eventOf(text, made));
        }
      }
      n += part.length;
      part = [];
      if (signal.aborted)
        throw new EngraftError("Interrupted", `stopped after ${n} ${n === 1 ? "text" : "texts"}`);
    };
    for await (const one of inputs) {
      try {
        unknown += generator.count(one.prompt, how).unknown;
        part.push(one);
      } catch (thrown) {
        // An option that does not fit the model fits no text.
        if (thrown instanceof EngraftError && thrown.kind === "OptionError") throw thrown;
        unreadable.add(one.name, thrown);
      }
      if (one.atOnce || part.length === most) await flush();
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

/** Says which tasks the model chooses by a prefix, if none is given. */
function noteTasks({ prefixes }: TextGenerator, { prefix }: OptionsOf<"predict">, output: Output): void {
  const known = Object.values(prefixes).map((one) => `"${one}"`);
  if (prefix === undefined && known.length > 0)
    output.note(
      `note       the model chooses a task by the beginning of a text, or --prefix: ${known.join(", ")}`,
    );
}

/** Opens a model that writes: a model that a run of text generation trained, which knows whether it answers chats, or any other one. */
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

/** Prints a text as it is written. @param how.isOwn true: without the prompt, as an answer or a translation */
async function stream(
  generator: TextGenerator,
  { text, prompt }: NamedPrompt,
  how: GenerateOptions,
  { output, isOwn }: { readonly output: Output; readonly isOwn: boolean },
): Promise<void> {
  const pieces = generator.generate(prompt, how);
  let next = await pieces.next();
  let isFirst = isOwn;
  if (!isOwn) output.piece(text);
  for (; !next.done; next = await pieces.next()) {
    output.piece(isFirst ? next.value.trimStart() : next.value);
    isFirst = false;
  }
  output.piece("\n", eventOf(text, next.value));
}

const eventOf = (input: string, { ids: _, ...made }: GeneratedText) => ({
  event: "prediction",
  input,
  ...made,
});
