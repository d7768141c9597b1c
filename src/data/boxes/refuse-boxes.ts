import { EngraftError } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import { count, partNames } from "../split/found.js";
import { boxLayouts } from "./box-dataset.js";
import { readFolderContent } from "./folder-content.js";
import { readAnnotations } from "./read-annotations.js";

/** Endings of annotation files. */
const annotationFile = /\.(json|jsonl|xml|ya?ml|txt|csv|tsv)$/i;
/** Folders of datasets with boxes or masks that are no classes. */
const noClass =
  /^(images?|labels?|annotations?|jpegimages|imagesets|masks?|segmentation(class|object)\w*|data|runs)$/i;

/**
 * Refuses a folder of images with boxes: object detection cannot be trained yet. A folder with several class folders passes, whatever
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
  if (content.pictures.length === 0 || !content.others.some((id) => annotationFile.test(id))) return;
  const classes = new Set(content.pictures.map((id) => id.split("/").slice(0, -1).filter(isClass)[0]));
  classes.delete(undefined);
  if (classes.size >= 2) return;
  const found = await readAnnotations(content);
  const boxes = found?.pictures.reduce((sum, { objects }) => sum + objects.length, 0) ?? 0;
  if (found === undefined || boxes === 0) return;
  const what = `${boxLayouts[found.layout]}: ${count(found.pictures.length, "picture")}, ${count(boxes, "box", "boxes")}`;
  throw new EngraftError(
    "DataError",
    `${JSON.stringify(root)} holds pictures with boxes (${what}), and object detection cannot be trained yet`,
    {
      help: `engraft inspect ${root} shows what was recognised; to classify whole pictures, sort them into one folder a class`,
    },
  );
}
