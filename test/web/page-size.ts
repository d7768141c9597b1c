// How much code a page loads for a task.
import { expect } from "vitest";
import { bundleSize, limit } from "../../scripts/browser-bundle.mjs";
import type { CaseName } from "./task-cases.js";

/**
 * Most bytes of a file that a task alone loads, and of all. Heads for boxes and masks have losses, targets and scores of their own; tables
 * judge their columns, compare their rows and read dates; texts are also learnt as n-grams, and a budget forecasts how long that takes; a
 * decoder reads chats and templates, writes its weights back into the base's file, and writes texts; a list is looked at for chats and pairs.
 */
function most(name: CaseName): { readonly file: number; readonly all: number } {
  if (name === "object-detection" || name === "image-segmentation") return { file: 20_000, all: 84_000 };
  if (name === "tabular-classification") return { file: 10_000, all: 51_000 };
  if (name === "text-generation") return { file: 17_000, all: 56_000 };
  return { file: 10_000, all: name === "text-classification" ? 41_500 : 44_000 };
}

/** The training whose code a case is compared with: classes of the same inputs; those of texts and tables with pictures. */
const comparedWith: Readonly<Record<CaseName, CaseName | undefined>> = {
  "audio-classification": "image-classification",
  "audio-regression": "audio-classification",
  "labels of sounds": "audio-classification",
  "automatic-speech-recognition": "audio-classification",
  "image-classification": undefined,
  "image-regression": "image-classification",
  "image-segmentation": "image-classification",
  "labels of pictures": "image-classification",
  "multi-label-classification": "text-classification",
  "object-detection": "image-classification",
  "tabular-classification": "image-classification",
  "tabular-regression": "tabular-classification",
  "linear model": "tabular-regression",
  trees: "tabular-classification",
  "text-classification": "image-classification",
  "token n-grams": "text-classification",
  "text-generation": "text-classification",
  "text-regression": "text-classification",
  "token-classification": "text-classification",
};

/** Expects a page to load at most `limit` bytes always, without libraries. */
export async function expectSmallPage(): Promise<void> {
  const { always } = await bundleSize();
  expect(always).toBeLessThanOrEqual(limit);
}

/**
 * Expects a page to load little code for a task, without libraries: at most what `most` allows.
 * @param loadedBy returns the files of the bundle that a training loads
 */
export async function expectSmallParts(
  loadedBy: (name: CaseName) => Promise<ReadonlySet<string>>,
): Promise<void> {
  const { files, libraries } = await bundleSize();
  const large: string[] = [];
  for (const [name, other] of Object.entries(comparedWith) as [CaseName, CaseName | undefined][]) {
    if (other === undefined) continue;
    const [paths, others] = [await loadedBy(name), await loadedBy(other)];
    const own = [...paths]
      .filter((path) => !others.has(path))
      .map((path) => path.split("/").at(-1)!)
      .filter((file) => !libraries.includes(file));
    const all = own.reduce((sum, file) => sum + files[file]!, 0);
    const largest = Math.max(0, ...own.map((file) => files[file]!));
    const isSmall = largest < most(name).file && all <= most(name).all;
    // Also for a file of unknown size: its comparisons with NaN are false.
    if (!isSmall) large.push(`${name}: ${all} bytes, largest file ${largest}: ${own.join(", ")}`);
  }
  expect(large).toEqual([]);
}
