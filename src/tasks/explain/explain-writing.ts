import { languageModel } from "../../bases/language-model.js";
import { mostTokens, openTextBase } from "../../bases/text/text-base.js";
import { EngraftError } from "../../core/errors.js";
import type { Explanation } from "../../core/results/explanation.js";
import type { WordWeight } from "../../core/results/insights.js";
import { taskWith } from "../../core/results/task.js";
import type { ChatMessage } from "../../data/chats/chat.js";
import { grouped, pieces } from "../../explain/index.js";
import type { TextPrompt } from "../../inference/text-generator.js";
import type { Machine } from "../../run/machine.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime } from "../../runtime/runtime.js";
import { asPrompt, openWriter } from "../generation/generation-model.js";
import { type RowFormat, RowsOfTexts } from "../generation/rows.js";
import { lossesOf } from "../generation/scores.js";
import { checkWeights } from "./explain-features.js";
import { type CellSample, weighCells } from "./explain-sounds.js";
import type { ExplainOptions } from "./explanation.js";

/** Most features of a text: a longer text is divided into runs of consecutive words. */
const mostWords = 60;
/** Most tokens of the explained continuation. */
const mostWritten = 40;
/** Tokens that a text with fewer words may have more than the whole one. */
const spare = 8;

/**
 * Explains what a decoder writes after a text, or answers to the last message of a chat, by the words of this text. The explained value is
 * the probability of what it writes, as the geometric mean over its tokens.
 * @throws ModelError for a damaged folder, OptionError for Integrated Gradients or a class
 */
export async function explainerOfWriting(
  machine: Machine,
  runtime: Runtime,
  dir: string,
  options: ExplainOptions,
): Promise<(item: unknown) => Promise<Explanation>> {
  refuseOthers(options);
  // The caller closes the runtime.
  const openRuntime = async (): Promise<Runtime> =>
    Object.assign(Object.create(runtime), { close: async () => undefined });
  const writer = await openWriter({ ...machine, openRuntime }, dir, options);
  const { form } = writer.engraft.generation;
  const { text, imported, cut } = await openTextBase(writer.dir, { platform: machine.platform });
  const { tokenizer, config, files } = text;
  const longest = mostTokens(config, files.config);
  return async (item) => {
    const { words, promptOf } = readItem(item, form);
    const whole = promptOf(words);
    const [made] = await writer.generator.generateAll([whole], { maxNew: mostWritten });
    const { text: written, ids: answer } = made!;
    if (answer.length === 0)
      throw new EngraftError(
        "DataError",
        "the model writes nothing after this text: there is nothing to explain",
        { at: words, help: "give another text" },
      );
    const length = Math.min(longest, writer.generator.encode(whole).length + answer.length + spare);
    const { graph } = languageModel(imported.graph, {
      ...{ pad: tokenizer.pad, length, count: answer.length, begin: "tied" },
      ...(cut !== undefined && { cut }),
    });
    const session = await openSession(runtime, graph, { label: `model "${dir}"` });
    try {
      const logs = async (texts: readonly string[]): Promise<number[]> => {
        const prompts = texts.map((one) => idsOf(promptOf(one)));
        const rows = rowsAfter(prompts, answer, { tokenizer, length });
        const { loss } = await lossesOf((x) => firstOutput(session, x), rows, options.signal);
        return Array.from(loss, (nats) => -nats / answer.length);
      };
      return await explained(words, written, logs, options);
    } finally {
      await session.dispose();
    }
  };

  /** Returns the tokens of a prompt; of an empty text the one that begins texts. */
  function idsOf(prompt: TextPrompt): readonly number[] {
    if (prompt !== "") return writer.generator.encode(prompt);
    const { before, behind } = tokenizer.marks;
    return (before.length > 0 ? before : behind).slice(0, 1);
  }
}

/** Returns prompts that are each followed by the same tokens, which are predicted. */
function rowsAfter(
  prompts: readonly (readonly number[])[],
  answer: readonly number[],
  { tokenizer, length }: Pick<RowFormat, "tokenizer" | "length">,
): RowsOfTexts {
  const kept = prompts.map((prompt) => prompt.slice(-(length - answer.length)));
  const parts = kept.map((prompt, text) => ({
    ids: [...prompt, ...answer],
    isPredicted: (place: number) => place >= prompt.length,
    text,
  }));
  const format = { objective: "causal", tokenizer, length, share: 0, wholeWords: false, seed: 0 } as const;
  const bytes = prompts.map(() => 1);
  return new RowsOfTexts(parts, bytes, format, answer.length);
}

/** Returns the explanation of a written text by the words before it. @param logs log p of the written text, for versions of the words */
async function explained(
  words: string,
  written: string,
  logs: (texts: readonly string[]) => Promise<number[]>,
  options: ExplainOptions,
): Promise<Explanation> {
  const sample = wordsOf(words, logs);
  const score = Math.exp((await logs([words]))[0]!);
  const { explanation, weights } = await weighCells(sample, options);
  return {
    input: words,
    task: taskWith({ head: "sequence" }),
    label: written,
    score,
    class: written,
    class_score: score,
    unit: "probability",
    ...explanation,
    ...(await checkWeights(sample, weights, options)),
  };
}

/** @throws OptionError */
function refuseOthers({ method, class: named }: ExplainOptions): void {
  if (named !== undefined)
    throw new EngraftError("OptionError", "a model that writes texts has no classes to explain", {
      help: "leave the class out: the written text is explained",
    });
  if (method === "ig")
    throw new EngraftError("OptionError", "Integrated Gradients are not for written texts", {
      help: "use --method occlusion, shap or lime",
      details: { method },
    });
}

/** Returns the text whose words are weighed, and the prompt of a version of it. @throws DataError for anything else */
function readItem(
  item: unknown,
  form: "texts" | "chats",
): { readonly words: string; readonly promptOf: (words: string) => TextPrompt } {
  if (typeof item === "string" && item.trim() !== "")
    return { words: item, promptOf: (words) => asPrompt(words, form) };
  const messages = Array.isArray(item) ? (item as readonly ChatMessage[]) : [];
  const last = messages.at(-1);
  if (typeof last?.content !== "string" || last.content.trim() === "")
    throw new EngraftError("DataError", "the model continues texts and answers chats, and this is neither", {
      help: "give a text, or a list of messages",
    });
  return { words: last.content, promptOf: (content) => [...messages.slice(0, -1), { ...last, content }] };
}

/** Returns the words of a text as features. @param logs log p of what is explained, for versions of the text */
function wordsOf(text: string, logs: (texts: readonly string[]) => Promise<number[]>): CellSample {
  const all = grouped(pieces(text), mostWords);
  const places = [...all.keys()].filter((i) => all[i]!.word);
  const without = (shown: ArrayLike<number>): string => {
    const left = new Set(places.filter((_, at) => !shown[at]));
    const kept = all.filter((_, i) => !left.has(i));
    return kept.map((piece) => piece.text).join("");
  };
  return {
    masked: {
      features: places.length,
      evaluate: async (masks) => (await logs(masks.map(without))).map(Math.exp),
    },
    logs: { features: places.length, evaluate: (masks) => logs(masks.map(without)) },
    describe(weights, halfWidths) {
      const placeOf = new Map(places.map((i, at) => [i, at]));
      const words = all.map(({ text: word }, i): WordWeight => {
        const at = placeOf.get(i);
        return at === undefined
          ? { text: word }
          : { text: word, weight: weights[at]!, half_width: halfWidths?.[at] };
      });
      return { words };
    },
  };
}
