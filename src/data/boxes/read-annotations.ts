import type { Annotations } from "./annotations.js";
import type { BoxLayout } from "./box-dataset.js";
import type { FolderContent } from "./folder-content.js";

/** Reads one layout; undefined if the folder does not have it. */
type Reader = (content: FolderContent) => Promise<Annotations | undefined>;

/**
 * Readers of all files of annotations, the most specific first. A dataset in several layouts is read from the first. Masks of instances
 * have a reader of their own, `readInstances`: they may also be meant as masks.
 */
const readers: { readonly [L in Exclude<BoxLayout, "instances">]: Reader } = {
  coco: async (content) => (await import("./read-coco.js")).readCoco(content),
  ultralytics: async (content) => (await import("./read-ultralytics.js")).readUltralytics(content),
  voc: async (content) => (await import("./read-voc.js")).readVoc(content),
  cvat: async (content) => (await import("./read-cvat.js")).readCvat(content),
  labelme: async (content) => (await import("./read-labelme.js")).readLabelMe(content),
  metadata: async (content) => (await import("./read-metadata.js")).readMetadata(content),
  table: async (content) => (await import("./read-box-table.js")).readBoxTable(content),
};

/**
 * Reads the annotations of a folder in whatever layout they are.
 * @returns undefined if there are none
 */
export async function readAnnotations(content: FolderContent): Promise<Annotations | undefined> {
  for (const read of Object.values(readers)) {
    const found = await read(content);
    if (found !== undefined) return found;
  }
  return undefined;
}
