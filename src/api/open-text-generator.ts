import { EngraftError } from "../core/errors.js";
import { openGenerator } from "../inference/open-generator.js";
import type { TextGenerator } from "../inference/text-generator.js";
import { openMachine, type RuntimeRequest } from "../run/machine.js";

/**
 * Opens a model that writes: a decoder, which continues texts and answers chats, or an encoder–decoder, which translates or rewrites texts.
 *
 * @param base a folder, also one that `pretrain` wrote, `file.onnx` with its tokenizer, or `hf:org/name`
 * @throws ModelError for a model that does not write: it has no scores of all tokens; FileError
 * @example
 * const generator = await openTextGenerator("runs/2026-01-31-stories/model");
 * for await (const piece of generator.generate("Once upon a time", { maxNew: 50 })) process.stdout.write(piece);
 * const question = { role: "user", content: "Where is my parcel?" };
 * for await (const piece of generator.generate([question])) process.stdout.write(piece); // with a template of chats
 * await generator.close();
 * @example
 * const translator = await openTextGenerator("hf:Xenova/opus-mt-en-de");
 * const [{ text }] = await translator.generateAll(["Where is my parcel?"], { beams: 4 });
 * await translator.close();
 */
export async function openTextGenerator(
  base: string,
  options: Pick<RuntimeRequest, "threads" | "device"> = {},
): Promise<TextGenerator> {
  const generator = await openGenerator(await openMachine(), base, options);
  if (generator) return generator;
  throw new EngraftError(
    "ModelError",
    `${base.split(/[\\/]/).at(-1)} writes no texts: it has no scores of all tokens`,
    {
      at: base,
      help: "give a decoder, such as SmolLM2 or a model that `engraft pretrain` made of one, or an encoder–decoder, such as T5",
    },
  );
}
