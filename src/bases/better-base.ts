import type { TextScript } from "../core/events/opening-events.js";
import { classificationOf } from "../core/results/task.js";
import type { BaseLanguages, BaseRow } from "./base-row.js";
import { catalog } from "./catalog.js";

/** The facts of a run that decide on a larger base. */
export interface RunOnBase {
  /** Name of its base. */
  readonly base: string;
  /** Number of training samples. */
  readonly train: number;
  /** Script of its texts. Missing: Latin, or images. */
  readonly script?: TextScript;
}

/** Hub bases that may be recommended, from little to much work. They are plain networks that many people use. */
const candidates: Readonly<Record<"images" | BaseLanguages, readonly string[]>> = {
  images: ["resnet-18", "resnet-50"],
  English: ["minilm-l6", "bge-small-en"],
  Chinese: ["bge-small-zh", "bge-base-zh"],
  "94 languages": ["e5-small"],
  "English and Chinese": [],
};

/** Most work of one pass over the training samples, in billions of multiply-accumulates. */
const mostWork = 10_000;

/**
 * Returns a base of the catalogue that is larger than a bundled one. Nothing measures whether it does better. Of the bases for images, or for the
 * script of the texts (Chinese characters: Chinese; other than Latin: 94 languages; else English), it takes the one with the
 * most work whose pass over the training samples stays within 10,000 GMAC, else the one with the least.
 *
 * @returns undefined for a base that is not bundled, and for sounds: the catalogue has no larger base for sounds of all kinds
 */
export function betterBase({ base, train, script }: RunOnBase): BaseRow | undefined {
  const used = catalog.find(({ name }) => name === base);
  if (used?.kind !== "bundled" || used.task === classificationOf.audio) return undefined;
  const kind =
    used.languages === undefined
      ? "images"
      : script === "han"
        ? "Chinese"
        : script === "other"
          ? "94 languages"
          : "English";
  const rows = candidates[kind].map((name) => catalog.find((row) => row.name === name)!);
  return rows.findLast(({ work }) => work * train <= mostWork) ?? rows[0];
}
