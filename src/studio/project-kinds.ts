// Kinds of the studio's projects, from the tables of inputs and of tasks.
import { type BaseModality, type Modality, modalities, type SampleWords } from "../core/modalities.js";
import { type BaseClassification, classificationOf, factsOf, tasks } from "../core/results/task.js";
import { usualBases } from "../options/options.js";

/** Kind of a project whose samples have a class, named for what they hold: "pictures". */
export type SampleKind = `${(typeof modalities)[BaseModality]["content"]}s`;
/** Kind of a project: samples with a class, a table, or the files of any other task. */
export type ProjectKind = SampleKind | "table" | "files";

/** Modality of the samples of each kind. */
const modalityOf = {
  pictures: "image",
  sounds: "audio",
  texts: "text",
  table: "table",
} as const satisfies Readonly<Record<SampleKind, BaseModality> & Record<"table", Modality>>;

const isInTable = (kind: string): kind is keyof typeof modalityOf => Object.hasOwn(modalityOf, kind);

/** Facts about a kind of samples with a class. */
export interface SampleKindFacts {
  /** Task that is trained. */
  readonly task: BaseClassification;
  /** Base of the quick model. */
  readonly base: string;
  /** Folder of the example samples, below `assets/`: a folder for each class, or a list. */
  readonly examples: string;
}

const examplesOf = {
  image: "demo/train",
  audio: "demo-sounds/train",
  text: "demo-texts",
} as const satisfies Readonly<Record<BaseModality, string>>;

/** Kinds of samples with a class. */
export const sampleKinds = (Object.keys(modalityOf) as (keyof typeof modalityOf)[]).filter(
  (kind): kind is SampleKind => kind !== "table",
);

/** Returns the facts of a kind; undefined for a kind whose projects hold files. */
export function sampleKindFacts(kind: string): SampleKindFacts | undefined {
  if (!isInTable(kind) || kind === "table") return undefined;
  const modality = modalityOf[kind];
  return { task: classificationOf[modality], base: usualBases[modality], examples: examplesOf[modality] };
}

/** Returns the kind that a project names. A kind of a later version is one of files. */
export const knownKind = (kind: string): ProjectKind => (isInTable(kind) ? kind : "files");

/** Returns the words for a sample of a kind; undefined for files. */
export const sampleWords = (kind: string): SampleWords | undefined =>
  isInTable(kind) ? modalities[modalityOf[kind]] : undefined;

/** Returns the kind of the projects of a task. @param task of a record, which may be damaged */
export function kindOfTask(task: string | undefined): ProjectKind {
  const known = tasks.find((one) => one === task);
  if (known === undefined) return "files";
  const { input, head } = factsOf(known);
  const kinds = Object.keys(modalityOf) as (keyof typeof modalityOf)[];
  const found = kinds.find((kind) => modalityOf[kind] === input);
  return found === "table" || head === "classes" ? (found ?? "files") : "files";
}
