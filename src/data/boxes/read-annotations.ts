import type { Platform } from "../../platform/platform.js";
import type { Annotations } from "./annotations.js";
import type { BoxLayout } from "./box-dataset.js";
import { type FolderContent, readFolderContent } from "./folder-content.js";

/** Reads one layout; undefined if the folder does not have it. */
type Reader = (content: FolderContent) => Promise<Annotations | undefined>;

/**
 * Readers of all files of annotations, the most specific first. A dataset in several layouts is read from the first. Masks of instances
 * have a reader of their own, `readInstances`: they may also be meant as masks.
 */
const readers: { readonly [L in Exclude<BoxLayout, "instances">]: Reader } = {
  coco: async (content) => (await import("./read-coco.js")).readCoco(content),
  darknet: async (content) => (await import("./read-ultralytics.js")).readDarknet(content),
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

/** Endings of annotation files. */
const annotationFile = /\.(json|jsonl|xml|ya?ml|txt|csv|tsv)$/i;
/** Folders of datasets with boxes or masks that are no classes. */
const noClass =
  /^(images?|labels?|annotations?|jpegimages|imagesets|masks?|segmentation(class|object)\w*|data|runs|obj_\w+_data)$/i;
/** Layouts of tools for outlines: if every object has one, it is meant. In other layouts outlines come with boxes. */
const outlineLayouts: ReadonlySet<Annotations["layout"]> = new Set(["labelme", "cvat"]);

/**
 * Returns what the images of a folder are annotated with: boxes, masks, or neither. A folder with several class folders has neither,
 * whatever lies beside its images. LabelMe and CVAT files with an outline for every object are masks.
 */
export async function annotationsAt(
  platform: Platform,
  root: string,
  signal?: AbortSignal,
): Promise<"boxes" | "masks" | undefined> {
  const top = await platform.files.list(root);
  const names = top.filter(({ kind }) => kind !== "file").map(({ name }) => name);
  // Listing every file of a large class folder would take a second.
  const { foldersAbove, isNoClass } = await import("../masks/mask-pairs.js");
  const isClass = (name: string) => !noClass.test(name) && !isNoClass(name) && !name.startsWith(".");
  if (names.filter(isClass).length >= 2) return undefined;
  const content = await readFolderContent(platform, root, signal);
  const classes = new Set(foldersAbove(content.pictures).map((names) => names.find(isClass)));
  classes.delete(undefined);
  if (classes.size >= 2) return undefined;
  const isAnnotated =
    content.pictures.length > 0
      ? content.others.some((id) => annotationFile.test(id))
      : await (await import("./read-labelme.js")).hasPicturesInside(content);
  const found = isAnnotated ? await readAnnotations(content) : undefined;
  const objects = found?.pictures.flatMap((picture) => picture.objects) ?? [];
  if (found === undefined || objects.length === 0) return (await hasMasks(content)) ? "masks" : undefined;
  const areOutlines = outlineLayouts.has(found.layout) && objects.every(({ shape }) => shape !== undefined);
  return areOutlines ? "masks" : "boxes";
}

/** True if a quarter of the images at least have a mask, or if all are in folders of images and masks. */
async function hasMasks({ pictures }: FolderContent): Promise<boolean> {
  const { areUnpairedMasks, findMaskPairs } = await import("../masks/mask-pairs.js");
  const { pairs } = findMaskPairs(pictures);
  return pairs.length === 0 ? areUnpairedMasks(pictures) : 4 * pairs.length >= pictures.length;
}
