import { type LanguageModel, languageModel } from "../../bases/language-model.js";
import { isCausal } from "../../bases/sequences/is-causal.js";
import { EngraftError } from "../../core/errors.js";
import type { OnWork } from "../../core/events/work-events.js";
import type { GenerationData, GenerationItem } from "../../data/chats/generation-data.js";
import type { Samples } from "../../data/index.js";
import { uniformInputs } from "../../data/index.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { ChatRows } from "./chat-rows.js";
import type { Decoder, GenerationBase } from "./open-generation-base.js";
import {
  type LanguageRows,
  PackedTexts,
  placesOf,
  type RowFormat,
  RowsOfTexts,
  rowsOfTexts,
  streamOf,
} from "./rows.js";
import { warnOfUnknown } from "./warn-of-unknown.js";

/** A decoder that predicts the tokens of rows, and the rows of each split. */
export interface Language {
  readonly data: GenerationData;
  readonly base: Decoder;
  readonly model: LanguageModel;
  readonly format: RowFormat;
  readonly chats: ChatRows | undefined;
  /** Rows of the training split, in the order of a seed. */
  readonly trainRows: (seed: number) => LanguageRows;
  /** Tokens of the training split; of chats, those that are learnt. */
  readonly tokens: number;
  readonly validation: HeldTexts;
  readonly test: HeldTexts;
}

/** Texts of a split with their rows. */
export interface HeldTexts {
  readonly items: readonly GenerationItem[];
  readonly rows: RowsOfTexts;
}

/** Returns the rows of data, and the base with a loss for each predicted token. @throws ModelError for a base that is no decoder */
export async function languageOf(
  data: GenerationData,
  { opened: { base }, length, chats }: GenerationBase,
  runtime: Runtime,
  { onEvent, signal }: { readonly onEvent: OnWork; readonly signal: AbortSignal | undefined },
): Promise<Language> {
  const { tokenizer, fixed } = base.text;
  const { graph } = base.imported;
  const { cut } = base;
  if (!(await isCausal(runtime, graph, { tokenizer, length: fixed ?? 8, cut })))
    throw new EngraftError("ModelError", `${base.name} sees both sides of a token: it writes no texts`, {
      help: "give a decoder, such as SmolLM2; engraft pretrain teaches an encoder the words of your texts",
    });
  const format: RowFormat = {
    objective: "causal",
    tokenizer,
    length,
    share: 0,
    wholeWords: false,
    seed: data.seed,
  };
  const itemsOf = (part: string) => data.items.filter((item) => item.part === part);
  const rows = rowMaker(data, chats, format, signal);
  const held = (part: string): HeldTexts => {
    const items = itemsOf(part);
    return { items, rows: rows.held(items) };
  };
  if (rows.train(data.seed).count === 0)
    throw new EngraftError("DataError", "the texts have no tokens that the base knows", {
      help: "give texts in the language of the base",
    });
  warnOfUnknown(rows.ids, tokenizer, onEvent);
  const { pad } = tokenizer;
  const model = languageModel(graph, { pad, length, count: rows.places, cut, begin: "tied" });
  return {
    ...{ data, base, model, format, chats },
    trainRows: rows.train,
    tokens: rows.tokens,
    validation: held("validation"),
    test: held("test"),
  };
}

/** How the rows of items are made. */
export interface RowMaker {
  /** Most predicted places of a row. */
  readonly places: number;
  /** Tokens of the training split; of chats, those that are learnt. */
  readonly tokens: number;
  /** Tokens of the training split. */
  readonly ids: Iterable<number>;
  /** Returns the rows of the training split, in the order of a seed. */
  readonly train: (seed: number) => LanguageRows;
  /** Returns the rows of some items, to score them. */
  readonly held: (items: readonly GenerationItem[]) => RowsOfTexts;
}

/** Returns how the rows of data are made. @param chats the chats as tokens; undefined for texts */
export function rowMaker(
  { items }: Pick<GenerationData, "items">,
  chats: ChatRows | undefined,
  format: RowFormat,
  signal: AbortSignal | undefined,
): RowMaker {
  const train = items.filter(({ part }) => part === "train");
  return chats ? rowsOfChats(chats, format, items, train) : rowsOfProse(format, train, signal);
}

/** Returns rows of texts: packed for training, and each text in its own to be scored. */
function rowsOfProse(
  format: RowFormat,
  train: readonly GenerationItem[],
  signal: AbortSignal | undefined,
): RowMaker {
  const textsOf = (items: readonly GenerationItem[]) => items.map(({ text }) => text);
  const stream = streamOf(textsOf(train), format.tokenizer, signal);
  return {
    places: placesOf(format),
    tokens: stream.tokens.length,
    ids: stream.tokens,
    train: (seed) => new PackedTexts(stream, { ...format, seed }, "train"),
    held: (items) => rowsOfTexts(textsOf(items), format),
  };
}

/** Returns rows of chats, each chat in its own. */
function rowsOfChats(
  { byId }: ChatRows,
  format: RowFormat,
  all: readonly GenerationItem[],
  train: readonly GenerationItem[],
): RowMaker {
  const rowOf = ({ id }: GenerationItem) => byId.get(id)!;
  const learnt = (item: GenerationItem): number => rowOf(item).isAnswer.filter((is, i) => is && i > 0).length;
  const places = all.reduce((most, item) => Math.max(most, learnt(item)), 0);
  const make = (items: readonly GenerationItem[], seed: number, key?: string): RowsOfTexts =>
    new RowsOfTexts(
      items
        .map(rowOf)
        .map(({ ids, isAnswer }, text) => ({ ids, isPredicted: (place) => isAnswer[place]!, text })),
      items.map((item) => rowOf(item).bytes),
      { ...format, seed },
      places,
      key,
    );
  return {
    places,
    tokens: train.reduce((n, item) => n + learnt(item), 0),
    ids: train.flatMap((item) => rowOf(item).ids),
    train: (seed) => make(train, seed, "chats"),
    held: (items) => make(items, format.seed),
  };
}

/** Rows per batch when a model is scored. */
const atOnce = 16;

/** Returns the samples that the training counts: rows of the training split, and the texts of the others. */
export function samplesOf({ data, trainRows }: Language): Samples {
  const { root, seed, fingerprint, testFingerprint, warnings, splitMessages } = data;
  const count = trainRows(seed).count;
  const rows = Array.from({ length: count }, (_, i) => {
    const id = `train row ${i}`;
    return { id, path: root, part: "train" as const, sha256: id };
  });
  const items = [...rows, ...data.items.filter(({ part }) => part !== "train")];
  return {
    root,
    seed,
    fingerprint,
    testFingerprint,
    warnings,
    items,
    classes: [],
    ...(splitMessages && { splitMessages }),
  };
}

/** Returns samples as inputs of the network: a row, or the first row of a text. */
export function inputsOf(language: Language, { items }: Samples) {
  const train = language.trainRows(language.data.seed);
  const places = new Map<string, readonly [rows: LanguageRows, row: number]>();
  for (const [i, { sha256, part }] of items.entries()) if (part === "train") places.set(sha256, [train, i]);
  for (const { items: held, rows } of [language.validation, language.test])
    for (const [text, { sha256 }] of held.entries())
      places.set(sha256, [rows, Math.max(0, rows.texts.ofRow.indexOf(text))]);
  return uniformInputs(items, {
    unit: "rows",
    atOnce,
    tensor(some) {
      const [rows] = places.get(some[0]!.sha256)!;
      return rows.batch(
        0,
        some.map(({ sha256 }) => places.get(sha256)![1]),
      ).x;
    },
  });
}
