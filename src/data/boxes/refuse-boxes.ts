import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { count, partNames } from "../split/found.js";
import { boxLayouts } from "./box-dataset.js";
import { type FolderContent, readFolderContent } from "./folder-content.js";
import { readAnnotations } from "./read-annotations.js";

/** Endings of annotation files. */
const annotationFile = /\.(json|jsonl|xml|ya?ml|txt|csv|tsv)$/i;
/** Folders of datasets with boxes or masks that are no classes. */
const noClass =
  /^(images?|labels?|annotations?|jpegimages|imagesets|masks?|segmentation(class|object)\w*|data|runs)$/i;

/**
 * Refuses a folder of images with boxes or masks: their tasks cannot be trained yet. A folder with several class folders passes, whatever
 * lies beside its images.
 * @throws DataError with what was recognised
 */
export async function refuseBoxes(platform: Platform, root: string, signal?: AbortSignal): Promise<void> {
  const top = await platform.files.list(root);
  const names = top.filter(({ kind }) => kind !== "file").map(({ name }) => name);
  // Listing every file of a large class folder would take a second.
  const isClass = (name: string) =>
    !noClass.test(name) && !partNames.has(name.toLowerCase()) && !name.startsWith(".");
  if (names.filter(isClass).length >= 2) return;
  const content = await readFolderContent(platform, root, signal);
  const classes = new Set(content.pictures.map((id) => id.split("/").slice(0, -1).filter(isClass)[0]));
  classes.delete(undefined);
  if (classes.size >= 2) return;
  const isAnnotated = content.pictures.length > 0 && content.others.some((id) => annotationFile.test(id));
  const found = isAnnotated ? await readAnnotations(content) : undefined;
  const boxes = found?.pictures.reduce((sum, { objects }) => sum + objects.length, 0) ?? 0;
  if (found === undefined || boxes === 0) return refuseMasks(content);
  const what = `${boxLayouts[found.layout]}: ${count(found.pictures.length, "picture")}, ${count(boxes, "box", "boxes")}`;
  throw notYet(root, `boxes (${what})`, "object detection");
}

/** Refuses images of which most have a mask. @throws DataError */
async function refuseMasks({ root, pictures }: FolderContent): Promise<void> {
  const { findMaskPairs } = await import("../masks/mask-pairs.js");
  const { pairs } = findMaskPairs(pictures);
  if (pairs.length > 0 && 4 * pairs.length >= pictures.length)
    throw notYet(root, `masks (${count(pairs.length, "pair")})`, "segmentation");
}

function notYet(root: string, what: string, task: string): EngraftError {
  return new EngraftError(
    "DataError",
    `${JSON.stringify(root)} holds pictures with ${what}, and ${task} cannot be trained yet`,
    {
      help: `engraft inspect ${root} shows what was recognised; to classify whole pictures, sort them into one folder a class`,
    },
  );
}
