import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { vocLimit } from "../../core/file-limits.js";
import { message, warningText } from "../../core/messages/message.js";
import { taskWith } from "../../core/results/task.js";
import type { Skipped } from "../dataset.js";
import { count, firstNames } from "../split/found.js";
import { inOrder } from "../split/in-order.js";
import {
  type AnnotatedObject,
  type AnnotatedPicture,
  type Annotations,
  maxClassName,
} from "./annotations.js";
import type { Box, Size } from "./box.js";
import { baseOf, type FolderContent, folderOf, partOfPath, readText, stemOf } from "./folder-content.js";
import { childOf, numberOf, parseXml, type XmlElement } from "./xml.js";

/**
 * Reads Pascal VOC XML: a file for each image, with the splits of `ImageSets/Main` or of the folders.
 *
 * VOC counts pixels from 1 and includes the last one. Most tools that write the format count from 0. One is subtracted if the files
 * name VOC as their source, no coordinate is 0 and some box ends at the image's width.
 *
 * @returns undefined if no XML file is an `annotation`
 * @see http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html
 */
export async function readVoc(content: FolderContent): Promise<Annotations | undefined> {
  const files = content.others.filter((id) => /\.xml$/i.test(id));
  if (files.length === 0) return undefined;
  const skipped: Skipped[] = [];
  const documents: VocFile[] = [];
  let foreign = 0;
  for await (const one of inOrder(files, 16, (id) => readVocFile(content, id))) {
    if ("reason" in one) skipped.push({ item: one.id, reason: one.reason });
    else if (one.root.name === "annotation") documents.push(one);
    else if (++foreign > 3 && documents.length === 0) return undefined;
  }
  if (documents.length === 0) {
    if (skipped.length > 0 && foreign === 0 && skipped.length === files.length)
      throw new EngraftError("DataError", `${skipped[0]!.item}: ${skipped[0]!.reason}`, {
        help: "export the annotations again",
      });
    return undefined;
  }
  const sets = await readImageSets(content, "main", skipped);
  const pictures: AnnotatedPicture[] = [];
  const unlisted: string[] = [];
  for (const { id, root } of documents) {
    const stem = stemOf(baseOf(id));
    const given = sets === undefined ? partOfPath(`${folderOf(id)}/-`) : sets.get(stem);
    if (sets !== undefined && given === undefined) {
      unlisted.push(id);
      continue;
    }
    const found = findImage(content, id, root, sets === undefined ? given : undefined);
    if ("reason" in found) skipped.push({ item: id, reason: found.reason });
    else pictures.push(pictureOf(content, id, root, found.id, given));
  }
  const known = new Set(documents.map(({ id }) => stemOf(baseOf(id))));
  for (const stem of sets?.keys() ?? [])
    if (!known.has(stem))
      skipped.push({ item: `ImageSets: ${stem}`, reason: "there is no annotation with this name" });
  const { pictures: shifted, note } = withZeroBased(pictures, documents);
  const masks = content.pictures.filter((id) => /(^|\/)(segmentationclass|masks?)\//i.test(id)).length;
  const maskNote = `${count(masks, "mask")} beside the pictures not read: --task ${taskWith({ metric: "miou" })} learns them`;
  const lost = message("annotations-without-split", { files: unlisted.length, ...firstNames(unlisted) });
  return {
    layout: "voc",
    root: content.root,
    unit: "pixels",
    upright: false,
    reading: "corners",
    classes: undefined,
    pictures: shifted,
    skipped,
    notes: masks > 0 ? [note, maskNote] : [note],
    warnings: unlisted.length > 0 ? [warningText("annotations_without_split", lost)] : [],
  };
}

interface VocFile {
  readonly id: string;
  readonly root: XmlElement;
}

async function readVocFile(
  content: FolderContent,
  id: string,
): Promise<VocFile | { readonly id: string; readonly reason: string }> {
  try {
    return { id, root: parseXml(await readText(content, id, vocLimit), id) };
  } catch (error) {
    if (error instanceof EngraftError && error.kind !== "Interrupted") return { id, reason: error.message };
    throw error;
  }
}

/** Returns the image of an annotation: by the annotation's own name, since `filename` is often that of another machine. */
function findImage(content: FolderContent, id: string, root: XmlElement, part: Part | undefined) {
  const near = folderOf(id);
  const byStem = content.findStem(stemOf(baseOf(id)), { near, part });
  if ("id" in byStem) return byStem;
  const name = childOf(root, "filename")?.text ?? "";
  const byName = name === "" ? byStem : content.findPicture(name, { near, part });
  return "id" in byName ? byName : byStem;
}

function pictureOf(
  content: FolderContent,
  file: string,
  root: XmlElement,
  id: string,
  given: Part | undefined,
): AnnotatedPicture {
  const size = childOf(root, "size");
  const [width, height] = [numberOf(childOf(size, "width")?.text), numberOf(childOf(size, "height")?.text)];
  const stated: Size | undefined = width > 0 && height > 0 ? { width, height } : undefined;
  const [objects, refused]: [AnnotatedObject[], Skipped[]] = [[], []];
  for (const one of root.children) {
    if (one.name !== "object") continue;
    const at = `${file}, line ${one.line}`;
    const object = objectOf(one, at);
    if (typeof object === "string") refused.push({ item: at, reason: object });
    else objects.push(object);
  }
  return {
    id,
    path: content.platform.files.join(content.root, id),
    given,
    objects,
    refused,
    at: file,
    size: stated && Number.isFinite(width * height) ? stated : undefined,
  };
}

/** Returns an object, or the reason why it is left out. Parts of an object (`part`) have boxes of their own, which are not read. */
function objectOf(one: XmlElement, at: string): AnnotatedObject | string {
  const name = childOf(one, "name")?.text.normalize("NFC") ?? "";
  if (name === "" || name.length > maxClassName) return "it has no name";
  const bounds = childOf(one, "bndbox");
  if (bounds === undefined) return "it has no bndbox";
  const box = ["xmin", "ymin", "xmax", "ymax"].map((side) => numberOf(childOf(bounds, side)?.text));
  if (!box.every(Number.isFinite)) return `its bndbox is not four numbers: ${box.join(", ")}`;
  const difficult = childOf(one, "difficult")?.text === "1";
  return { name, box: box as unknown as Box, at, ...(difficult && { difficult }) };
}

/** Lists of `ImageSets/Main`. Lists of one class have other names. */
const setNames: readonly (readonly [string, Part])[] = [
  // The last list that names an image decides.
  ["trainval", "train"],
  ["train", "train"],
  ["val", "validation"],
  ["test", "test"],
];

/** Returns the split of each image by the lists of `ImageSets/Main` or `ImageSets/Segmentation`; undefined without lists. */
export async function readImageSets(
  content: FolderContent,
  what: "main" | "segmentation",
  skipped: Skipped[],
): Promise<ReadonlyMap<string, Part> | undefined> {
  const parts = new Map<string, Part>();
  let found = false;
  for (const [name, part] of setNames)
    for (const id of content.others) {
      if (!id.toLowerCase().endsWith(`imagesets/${what}/${name}.txt`)) continue;
      found = true;
      const lines = (await readText(content, id, vocLimit)).split(/\r\n|\n|\r/);
      for (const [i, line] of lines.entries()) {
        const stem = line.trim().split(/\s+/)[0]!;
        if (stem === "") continue;
        const other = parts.get(stem);
        if (
          name !== "trainval" &&
          name !== "train" &&
          other !== undefined &&
          other !== part &&
          !(name === "val" && other === "train")
        )
          skipped.push({
            item: `${id}, line ${i + 1}`,
            reason: `${JSON.stringify(stem)} is in the ${other} split, too: it counts as ${part}`,
          });
        parts.set(stem, part);
      }
    }
  return found ? parts : undefined;
}

/** Decides whether coordinates begin at 0 or at 1, and returns boxes that begin at 0. */
function withZeroBased(
  pictures: readonly AnnotatedPicture[],
  documents: readonly VocFile[],
): { readonly pictures: readonly AnnotatedPicture[]; readonly note: string } {
  const objects = pictures.flatMap((picture) => picture.objects);
  const isVoc = documents.some(({ root }) =>
    /VOC/.test(childOf(childOf(root, "source"), "database")?.text ?? ""),
  );
  const noZero = !objects.some(({ box }) => box[0] <= 0 || box[1] <= 0);
  const touchesEdge = pictures.some(({ size, objects: own }) =>
    own.some(({ box }) => box[2] === size?.width),
  );
  if (!(isVoc && noZero && touchesEdge)) return { pictures, note: "coordinates of boxes begin at 0" };
  return {
    pictures: pictures.map((picture) => ({
      ...picture,
      objects: picture.objects.map((one): AnnotatedObject => {
        const [x1, y1, x2, y2] = one.box;
        return { ...one, box: [x1 - 1, y1 - 1, x2, y2] };
      }),
    })),
    note: "coordinates of boxes begin at 1, as in Pascal VOC: 1 was subtracted from the left and upper ones",
  };
}
