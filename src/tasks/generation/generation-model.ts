import { languageModel, placeColumns } from "../../bases/language-model.js";
import {
  type EngraftManifest,
  findModelFolder,
  readManifest,
} from "../../bases/model-folder/model-folder.js";
import { readJson } from "../../bases/open/read-json.js";
import { mostTokens, openTextBase } from "../../bases/text/text-base.js";
import { EngraftError } from "../../core/errors.js";
import { groupsOfItems } from "../../data/split/groups.js";
import { scoreGeneration } from "../../evaluate/generation/score-generation.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, GenerationEvaluation } from "../../inference/evaluation.js";
import type { LoadOptions } from "../../inference/model-session.js";
import { openGenerator } from "../../inference/open-generator.js";
import type {
  GeneratedText,
  GenerateOptions,
  TextGenerator,
  TextPrompt,
} from "../../inference/text-generator.js";
import type { Platform } from "../../platform/platform.js";
import type { Machine, RuntimeRequest } from "../../run/machine.js";
import { firstOutput } from "../../runtime/first-output.js";
import type { PredictionLine } from "../targets/target.js";
import { readChatRows } from "./chat-rows.js";
import { rowMaker } from "./language.js";
import { openReported } from "./open-reported.js";
import type { RowFormat } from "./rows.js";
import { lossesOf } from "./scores.js";

/** A decoder that continues texts, or answers chats. */
export interface GenerationModel {
  readonly task: "text-generation";
  readonly dir: string;
  /** What it learnt. A model of chats answers a text as the message of a user. */
  readonly form: "texts" | "chats";
  /** True if the file's own cache is used. Otherwise all tokens of a text are computed again for each new one. */
  readonly cached: boolean;
  /**
   * Continues each text, or answers each chat.
   * @throws DataError for a text without tokens, or with more than the model takes
   * @example const [{ text }] = await model.predict(["Once upon a time"], { maxNew: 50 });
   */
  predict(prompts: readonly TextPrompt[], options?: GenerateOptions): Promise<readonly GeneratedText[]>;
  /** Continues a text or answers a chat, piece by piece. @throws as {@link predict} */
  generate(prompt: TextPrompt, options?: GenerateOptions): AsyncGenerator<string, GeneratedText>;
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} */
  predictLines(prompts: readonly TextPrompt[]): Promise<PredictionLine[]>;
  close(): Promise<void>;
}

/** Facts of the folder of a trained decoder. */
export interface WriterFolder {
  readonly dir: string;
  readonly engraft: EngraftManifest & Required<Pick<EngraftManifest, "generation">>;
}

const complete = "take a complete copy of its folder, or train the model again";

/** Reads the facts of a trained decoder. @throws ModelError for a folder that lacks a file or has damaged facts */
export async function readWriterFolder(platform: Platform, path: string): Promise<WriterFolder> {
  const { files } = platform;
  const dir = await findModelFolder(platform, path);
  const read = async (name: string): Promise<Readonly<Record<string, unknown>>> => {
    await requireFile(platform, dir, name);
    return ((await readJson(platform, files.join(dir, name))) ?? {}) as Readonly<Record<string, unknown>>;
  };
  const file = files.join(dir, "engraft.json");
  const engraft = readManifest(await read("engraft.json"), file);
  const [config, tokenizer] = [await read("config.json"), await read("tokenizer_config.json")];
  await requireFile(platform, dir, "tokenizer.json");
  const generation = readFacts(engraft.generation, mostTokens(config, tokenizer), file);
  if (generation.form === "chats" && tokenizer.chat_template === undefined)
    await requireFile(platform, dir, "chat_template.jinja");
  return { dir, engraft: { ...engraft, generation } };
}

/** @throws ModelError for a folder without a file that every trained decoder has */
async function requireFile({ files }: Platform, dir: string, name: string): Promise<void> {
  if ((await files.stat(files.join(dir, name))) === undefined)
    throw new EngraftError("ModelError", `the model folder has no ${name}`, {
      at: dir,
      help: complete,
      details: { file: name },
    });
}

/** Returns what the model learnt. @param most tokens that it takes @throws ModelError for other values */
function readFacts(
  facts: EngraftManifest["generation"] | null,
  most: number,
  at: string,
): WriterFolder["engraft"]["generation"] {
  const { form, length, learnt, time } = facts ?? {};
  const fields = {
    form: form === "texts" || form === "chats",
    length: typeof length === "number" && Number.isInteger(length) && length >= 2 && length <= most,
    learnt: form === "texts" ? learnt === undefined : learnt === "answers" || learnt === "all messages",
    time: time === undefined || (typeof time === "string" && !Number.isNaN(Date.parse(time))),
  };
  const wrong = facts ? Object.entries(fields).find(([, isRight]) => !isRight)?.[0] : "all";
  if (facts && wrong === undefined) return facts;
  const name = facts ? `"generation.${wrong}"` : '"generation"';
  throw new EngraftError("ModelError", `engraft.json has no usable ${name}: what the model learnt`, {
    at,
    help: complete,
    details: { field: wrong, value: facts?.[wrong as keyof typeof facts], most },
  });
}

/** Opens a trained decoder to write. @throws ModelError for a damaged folder */
export async function openWriter(
  machine: Machine,
  path: string,
  options: RuntimeRequest = {},
): Promise<WriterFolder & { readonly generator: TextGenerator }> {
  const folder = await readWriterFolder(machine.platform, path);
  const { threads, device } = options;
  const how = { ...(threads !== undefined && { threads }), ...(device !== undefined && { device }) };
  const generator = await openGenerator(machine, folder.dir, how);
  if (generator) return { ...folder, generator };
  throw new EngraftError("ModelError", "the model is no decoder with scores of all tokens", {
    at: folder.dir,
    help: complete,
  });
}

/** Returns a text as a model takes it: one of chats answers it. */
export const asPrompt = (prompt: TextPrompt, form: "texts" | "chats"): TextPrompt =>
  form === "chats" && typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;

/** Loads a model of text generation. @throws ModelError for another folder */
export async function openGenerationModel(
  machine: Machine,
  path: string,
  options: LoadOptions,
): Promise<GenerationModel> {
  const { dir, engraft, generator } = await openWriter(machine, path, options);
  const { form } = engraft.generation;
  const predict = (prompts: readonly TextPrompt[], how?: GenerateOptions) =>
    generator.generateAll(
      prompts.map((prompt) => asPrompt(prompt, form)),
      how,
    );
  return {
    ...{ task: "text-generation", dir, form, cached: generator.cached, predict },
    generate: (prompt, how) => generator.generate(asPrompt(prompt, form), how),
    predictLines: async (prompts) =>
      (await predict(prompts)).map(({ ids: _, ...made }) => ({ event: made, words: [made.text] })),
    close: () => generator.close(),
  };
}

/** Scores a model of text generation. @throws as `evaluate` */
export async function evaluateGeneration(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<GenerationEvaluation> {
  const { platform } = machine;
  const { signal, onEvent = () => undefined, seed = 0 } = options;
  const { dir, engraft } = await readWriterFolder(platform, model);
  const { form, length, learnt, time } = engraft.generation;
  const base = await openTextBase(dir, { platform, maxLength: length });
  const how = { platform, seed, options, onEvent, emptyParts: true };
  const opened = await openReported(data, how, form);
  const chats =
    form === "chats"
      ? await readChatRows(base, opened.items, {
          options: { maxLength: length, allMessages: learnt === "all messages" },
          ...{ platform, onEvent, signal, now: time === undefined ? undefined : new Date(time) },
        })
      : undefined;
  const items = chats ? opened.items.filter(({ id }) => chats.byId.has(id)) : opened.items;
  const { tokenizer } = base.text;
  const format: RowFormat = { objective: "causal", tokenizer, length, share: 0, wholeWords: false, seed };
  const maker = rowMaker({ ...opened, items }, chats, format, signal);
  const { pad } = tokenizer;
  const { graph } = languageModel(base.imported.graph, { pad, length, count: maker.places, begin: "tied" });
  const folder = { dir, engraft, graph, outputShapes: [["places", placeColumns]] as const };
  return evaluateModel(
    machine,
    folder,
    { ...opened, items, unit: "texts" },
    options,
    async (session, some) => {
      const rows = maker.held(some);
      const losses = await lossesOf((x) => firstOutput(session, x), rows, signal);
      const test = scoreGeneration({ ...losses, bytes: rows.texts.bytes }, some, groupsOfItems(some));
      return { task: "text-generation" as const, form, test };
    },
  );
}
