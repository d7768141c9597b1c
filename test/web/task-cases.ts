// Data and questions of every task, as a page has them.
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { Task, TaskWith } from "../../src/core/results/task.js";
import type { TrainOptions } from "../../src/index.js";
import type { Toy, ToyName } from "../characterisation/toys.js";
import { side } from "../support/dense-data.js";
import { taggedSentences } from "../support/entity-data.js";
import { labelledTexts } from "../support/label-data.js";
import { reviews } from "../support/text-base.js";

export type Row = Readonly<Record<string, unknown>>;
export interface TabCase {
  readonly rows: () => Promise<readonly Row[]>;
  /** Missing: the network is made for the data. */
  readonly base?: ToyName;
  /** Inputs of a prediction; a picture is one of the rows. */
  readonly asked: readonly unknown[] | "files";
  /** Default: that of every task with a base. */
  readonly strategy?: TrainOptions["strategy"];
  readonly options?: TrainOptions;
  /** Steps of the baseline from scratch. Default 24. */
  readonly scratchSteps?: number;
  /** True if a last bit may decide whether a box is found: then the main scores are compared, and the tab's with each other. */
  readonly isJumpy?: true;
}

/** A picture of the toys, as a page would have it. */
const picture = async (toy: Toy, path: string): Promise<File> =>
  new File([readFileSync(join(await toy("pictures"), path))], path.slice(path.indexOf("/") + 1));
async function pictureRows(toy: Toy, columns: (kind: string, i: number) => Row): Promise<readonly Row[]> {
  const rows = ["ant", "bee"].flatMap((kind) =>
    Array.from({ length: 30 }, async (_, i) => ({
      file: await picture(toy, `${kind}/${i}.png`),
      name: `${kind}-${i}.png`,
      ...columns(kind, i),
    })),
  );
  return Promise.all(rows);
}
/** The files of a toy, as a page has those of a chosen folder. */
async function folderFiles(toy: Toy, name: ToyName): Promise<readonly Row[]> {
  const root = await toy(name);
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => extname(path))
    .sort()
    .map((path) => ({
      path: `${name}/${path}`,
      content: new File([readFileSync(join(root, path))], path.split("/").at(-1)!),
    }));
}
/** The first sounds of a toy, with their rows of its list. */
async function fewSounds(toy: Toy, name: ToyName, most = 16): Promise<readonly Row[]> {
  const number = (path: string): number => Number(/(\d+)\.wav$/.exec(path)?.[1] ?? 0);
  const files = (await folderFiles(toy, name)) as readonly {
    readonly path: string;
    readonly content: File;
  }[];
  const list = files.find(({ path }) => path.endsWith("metadata.csv"));
  // A folder for each of two classes, or one list.
  const kept = files.filter((one) => one !== list && number(one.path) < (list ? most : most / 2));
  if (list === undefined) return kept;
  const rows = (await list.content.text()).split("\n").slice(0, most + 1);
  return [{ ...list, content: new File([`${rows.join("\n")}\n`], "metadata.csv") }, ...kept];
}
/** Rows of a list of the toys; numbers as numbers. */
async function listed(toy: Toy, name: ToyName): Promise<readonly Row[]> {
  const [header = "", ...lines] = readFileSync(await toy(name), "utf8")
    .trim()
    .split("\n");
  const value = (text: string): unknown => (Number.isNaN(Number(text)) ? text : Number(text));
  return lines.map((line) =>
    Object.fromEntries(line.split(",").map((cell, i) => [header.split(",")[i]!, value(cell)])),
  );
}
/** Records of a toy in JSON lines. */
const jsonRows = async (toy: Toy, name: ToyName): Promise<readonly Row[]> =>
  readFileSync(await toy(name), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
/** The pictures and sounds among the rows of a page; not those of masks. */
export const filesIn = (rows: readonly Row[]): readonly File[] =>
  rows.flatMap(({ file = undefined, path = "", content }) =>
    file instanceof File ? [file] : isAskedPath(String(path)) ? [content as File] : [],
  );
export const isAskedPath = (path: string): boolean =>
  /\.(png|wav)$/.test(path) && !/(^|\/)masks\//.test(path);
/**
 * Boxes and masks choose a size for small pictures that takes a long time. Few steps: which box or class wins is a jump, so a last bit
 * soon becomes a point of the score.
 */
const small = { scratchSteps: 3, options: { imageSize: side, epochs: 1 } };
const texts = ["the book was good", "the soup was so awful and slow", "this film is very fine"];
const houses = [
  { rooms: 2.5, side: "north" },
  { rooms: 8, side: "south" },
];

/** Cases besides the first one of a task: a second kind of inputs, or of models. */
export const others = [
  "labels of pictures",
  "labels of sounds",
  "token n-grams",
  "linear model",
  "trees",
] as const;

export type CaseName = Exclude<Task, TaskWith<{ readonly input: "several" }>> | (typeof others)[number];

/** Every task of the product but those with several inputs, which a page does not train, and {@link others}. A task without a case does not compile. */
export const tabCases = (toy: Toy): Readonly<Record<CaseName, TabCase>> => ({
  "audio-classification": { rows: () => fewSounds(toy, "sounds"), base: "sound-base", asked: "files" },
  "audio-regression": { rows: () => fewSounds(toy, "sound-numbers", 30), base: "sound-base", asked: "files" },
  "labels of sounds": { rows: () => fewSounds(toy, "sound-labels", 30), base: "sound-base", asked: "files" },
  "automatic-speech-recognition": {
    rows: () => fewSounds(toy, "speech"),
    base: "sound-base",
    asked: "files",
  },
  "image-classification": {
    rows: () => pictureRows(toy, (kind) => ({ label: kind })),
    base: "picture-base",
    asked: "files",
  },
  "image-regression": {
    rows: () => pictureRows(toy, (kind, i) => ({ redness: (kind === "ant" ? 50 : 20) + i })),
    base: "picture-base",
    asked: "files",
  },
  "labels of pictures": {
    rows: () => pictureRows(toy, (kind, i) => ({ labels: i % 3 ? [kind] : ["ant", "bee"] })),
    base: "picture-base",
    asked: "files",
  },
  "image-segmentation": {
    ...{
      rows: () => folderFiles(toy, "shape-masks"),
      base: "strided-base",
      asked: "files",
      ...small,
    },
  },
  "multi-label-classification": { rows: async () => labelledTexts(60), base: "text-base", asked: texts },
  "object-detection": {
    ...{
      rows: () => folderFiles(toy, "shape-boxes"),
      base: "strided-base",
      asked: "files",
      ...small,
    },
    isJumpy: true,
  },
  "tabular-classification": {
    rows: () => listed(toy, "table-classes"),
    asked: houses,
    options: { target: "size" },
  },
  "tabular-regression": {
    rows: () => listed(toy, "table-numbers"),
    asked: houses,
    options: { target: "price" },
  },
  "linear model": {
    rows: () => listed(toy, "table-numbers"),
    asked: houses,
    options: { target: "price" },
    strategy: "linear",
  },
  trees: {
    rows: () => listed(toy, "table-classes"),
    asked: houses,
    options: { target: "size" },
    strategy: "trees",
  },
  "text-classification": { rows: async () => reviews(60), base: "text-base", asked: texts },
  "token n-grams": {
    rows: async () => reviews(60),
    base: "text-base",
    asked: texts,
    strategy: "ngram-probe",
  },
  "token-classification": {
    rows: async () =>
      taggedSentences(60).map((words) => ({
        tokens: words.map(([word]) => word),
        ner_tags: words.map(([, tag]) => tag),
      })),
    base: "text-base",
    asked: texts,
  },
  "text-generation": {
    rows: () => jsonRows(toy, "chats"),
    base: "chat-decoder",
    asked: texts,
  },
  "text-regression": {
    rows: async () =>
      reviews(60).map(({ text, label }, i) => ({
        text,
        stars: (label === "positive" ? 4 : 2) + (i % 7) / 10,
      })),
    base: "text-base",
    asked: texts,
  },
});
