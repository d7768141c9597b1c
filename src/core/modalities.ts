const row = { one: "row", many: "rows", content: "row", zh: ["行", "数据"], recorded: false } as const;

/**
 * Modalities of the inputs of a model, with the words that a reader sees: a sample, several of them, what one holds, and in Chinese the measure word
 * and the noun of a sample. `recorded`: a group of samples is a recording. Records hold `one` or `many`.
 */
export const modalities = {
  image: { one: "picture", many: "pictures", content: "picture", zh: ["张", "图片"], recorded: true },
  text: { one: "text", many: "texts", content: "text", zh: ["条", "文本"], recorded: false },
  audio: { one: "clip", many: "clips", content: "sound", zh: ["段", "录音"], recorded: true },
  table: row,
  several: row,
} as const;

/** Modality of the inputs of a model. Inputs of several modalities in a row are "several". */
export type Modality = keyof typeof modalities;

/** Modality that has base models. */
export type BaseModality = Exclude<Modality, "table" | "several">;

/** Words for a sample of a modality. */
export type SampleWords<M extends Modality = Modality> = (typeof modalities)[M];

/** Words for a sample of a task on tags, whose modality is text. */
export const sentence = { one: "sentence", many: "sentences", zh: ["个", "句子"] } as const;

/** Words for a pair of a source and a target text, whose modality is text. */
export const textPair = { one: "pair", many: "pairs", zh: ["个", "文本对"] } as const;

/** True if a group of these samples is a recording: pictures and sounds. @param word of a record; missing in older ones */
export const areRecorded = (word = "picture"): boolean =>
  Object.values(modalities).some(({ one, recorded }) => one === word && recorded);

/** Returns the modality of a word of a record, such as "clip" or "clips". */
export const modalityOf = <M extends BaseModality>(word: SampleWords<M>["one" | "many"]): M =>
  (Object.keys(modalities) as M[]).find((one) => [modalities[one].one, modalities[one].many].includes(word))!;
