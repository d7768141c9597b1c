// Kinds of the studio's projects, from the table of inputs.
import type { BaseModality, modalities } from "../core/modalities.js";
import { type BaseClassification, classificationOf } from "../core/results/task.js";
import { usualBases } from "../options/options.js";

/** Kind of a project whose samples have a class, named for what they hold: "pictures". */
export type SampleKind = `${(typeof modalities)[BaseModality]["content"]}s`;

/** Modality of the samples of each kind. */
const modalityOf = {
  pictures: "image",
  sounds: "audio",
  texts: "text",
} as const satisfies Readonly<Record<SampleKind, BaseModality>>;

/** Facts about a kind of samples with a class. */
export interface SampleKindFacts {
  readonly modality: BaseModality;
  /** Task that is trained. */
  readonly task: BaseClassification;
  /** Base of the quick model. */
  readonly base: string;
}

/** Returns the facts of a kind; undefined for a kind whose projects hold files. */
export function sampleKindFacts(kind: string): SampleKindFacts | undefined {
  if (!Object.hasOwn(modalityOf, kind)) return undefined;
  const modality = modalityOf[kind as SampleKind];
  return { modality, task: classificationOf[modality], base: usualBases[modality] };
}
