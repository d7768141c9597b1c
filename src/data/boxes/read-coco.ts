import { EngraftError, messageOf } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { cocoLimit, objectLimit, polygonLimit } from "../../core/file-limits.js";
import type { WarningText } from "../../core/messages/message.js";
import { parseJson } from "../../core/parse-json.js";
import type { Skipped } from "../dataset.js";
import { listError } from "../lists/list-bytes.js";
import { count, quoted } from "../split/found.js";
import {
  type AnnotatedObject,
  type AnnotatedPicture,
  type Annotations,
  isBox,
  maxClassName,
} from "./annotations.js";
import type { Box, Size } from "./box.js";
import { baseOf, type FolderContent, folderOf, partOfPath, readText } from "./folder-content.js";
import { readRunLengths } from "./run-lengths.js";
import { boxOfShape, type Shape } from "./shape.js";

/** Folders of annotation files are at most this deep: `annotations/instances_train.json`, `data/train/_annotations.coco.json`. */
const maxFolders = 2;
/** More JSON files than this are one for each image, as LabelMe writes them. */
const maxFiles = 24;

type Fields = Readonly<Record<string, unknown>>;

/** A parsed annotation file. */
interface CocoFile {
  readonly id: string;
  readonly part: Part | undefined;
  readonly images: readonly unknown[];
  readonly annotations: readonly unknown[];
  readonly categories: readonly unknown[];
}

/**
 * Reads COCO JSON: one file, or one for each split. Roboflow's layout and its category 0 without annotations are recognised.
 * @returns undefined if no JSON file holds images, annotations and categories
 * @throws DataError for files that contradict each other
 * @see https://cocodataset.org/#format-data
 */
export async function readCoco(content: FolderContent): Promise<Annotations | undefined> {
  const files = await findCocoFiles(content);
  if (files.length === 0) return undefined;
  const [first] = files;
  if (first !== undefined && files.length > 1 && files.some(({ part }) => part === undefined))
    throw new EngraftError(
      "DataError",
      `${JSON.stringify(content.root)} holds several COCO files: ${quoted(files.map(({ id }) => id))}`,
      { help: "name the files for their splits (train.json, val.json, test.json), or give the one to use" },
    );
  const skipped: Skipped[] = [];
  const [notes, warnings]: [string[], WarningText[]] = [[], []];
  const ids = new Map<string, number>();
  const pictures: AnnotatedPicture[] = [];
  for (const file of files) {
    const names = classesOf(file, ids, notes);
    pictures.push(...picturesOf(content, file, names, skipped));
  }
  return {
    layout: "coco",
    root: content.root,
    unit: "pixels",
    upright: false,
    reading: "corner and size",
    classes: [...ids].sort((a, b) => a[1] - b[1]).map(([name]) => name),
    pictures,
    skipped,
    notes,
    warnings,
    cocoIds: ids,
  };
}

/** Returns the annotation files. Of several for one split, those named `instances_…` are used. */
async function findCocoFiles(content: FolderContent): Promise<CocoFile[]> {
  const candidates = content.others.filter(
    (id) => /\.json$/i.test(id) && id.split("/").length <= maxFolders + 1,
  );
  if (candidates.length > maxFiles) return [];
  const found: CocoFile[] = [];
  for (const id of candidates) {
    const file = await parseCoco(content, id, candidates.length === 1);
    if (file !== undefined) found.push(file);
  }
  const instances = found.filter(({ id }) => /^instances/i.test(baseOf(id)));
  const used = instances.length > 0 ? instances : found;
  for (const [i, { id, part }] of used.entries()) {
    const other = used.slice(0, i).find((one) => one.part === part);
    if (other !== undefined && part !== undefined)
      throw new EngraftError(
        "DataError",
        `two COCO files are for the ${part} split: ${quoted([other.id, id])}`,
        { at: content.root, help: "keep one of them, or give the one to use" },
      );
  }
  return used;
}

async function parseCoco(content: FolderContent, id: string, only: boolean): Promise<CocoFile | undefined> {
  const text = await readText(content, id, cocoLimit);
  // Files without these words are not parsed.
  if (!/"annotations"\s*:/.test(text) || !/"(categories|images)"\s*:/.test(text)) return undefined;
  let document: unknown;
  try {
    document = parseJson(text);
  } catch (error) {
    if (!only && !/coco|instances/i.test(id)) return undefined;
    const nan = /[:,[]\s*-?(NaN|Infinity)\b/.test(text);
    throw listError(
      id,
      `is not JSON: ${messageOf(error)}`,
      undefined,
      nan ? "NaN and Infinity are no JSON: remove the annotations that have them" : "export it again",
      error,
    );
  }
  if (!isFields(document)) return undefined;
  const { images, annotations, categories } = document;
  if (!Array.isArray(annotations) || !Array.isArray(images)) return undefined;
  if (annotations.some((one) => isFields(one) && "segments_info" in one))
    throw listError(
      id,
      "is COCO's panoptic form, which is not read",
      undefined,
      "give instances_….json for boxes; for masks PNG files with a number for each class, in a folder masks",
    );
  if (
    annotations.length > 0 &&
    !annotations.some((one) => isFields(one) && ("bbox" in one || "segmentation" in one))
  )
    return undefined;
  if (!Array.isArray(categories) || categories.length === 0)
    throw listError(
      id,
      'has no "categories"',
      undefined,
      'add the classes: "categories": [{"id": 1, "name": "cat"}]',
    );
  if (annotations.length > objectLimit)
    throw listError(
      id,
      `has ${count(annotations.length, "annotation")}`,
      undefined,
      `at most ${objectLimit} are possible`,
    );
  return { id, part: partOfPath(id), images, annotations, categories };
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An id is a number; some tools write some of them as texts. */
const idOf = (value: unknown): string | undefined =>
  typeof value === "string" || (typeof value === "number" && Number.isFinite(value))
    ? String(value)
    : undefined;

/**
 * Returns the name of each category id, and adds new names to `ids`.
 * @throws DataError for a category without a name, and for two with one id or one name
 */
function classesOf(
  { id: file, categories, annotations }: CocoFile,
  ids: Map<string, number>,
  notes: string[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const parents = new Set(categories.map((one) => (isFields(one) ? one.supercategory : undefined)));
  const used = new Set(annotations.map((one) => (isFields(one) ? idOf(one.category_id) : undefined)));
  for (const [i, one] of categories.entries()) {
    const id = isFields(one) ? idOf(one.id) : undefined;
    const name = isFields(one) && typeof one.name === "string" ? one.name.normalize("NFC").trim() : "";
    if (id === undefined || name === "" || name.length > maxClassName)
      throw listError(
        file,
        `has a category without an id or a name (number ${i + 1})`,
        undefined,
        'write {"id": 1, "name": "cat"}',
      );
    if (names.has(id))
      throw listError(
        file,
        `has two categories with the id ${id}: ${quoted([names.get(id)!, name])}`,
        undefined,
        "give each category its own id",
      );
    // Roboflow writes the project's name as category 0.
    if (id === "0" && !used.has(id) && parents.has((one as Fields).name)) {
      const note = `category 0 ${JSON.stringify(name)} is the project's name, not a class`;
      if (!notes.includes(note)) notes.push(note);
      continue;
    }
    const other = [...names].find(([first, known]) => known === name && used.has(first));
    if (other !== undefined && used.has(id))
      throw listError(
        file,
        `has two categories ${JSON.stringify(name)}, with the ids ${other[0]} and ${id}`,
        undefined,
        "give each category its own name, or use one id for both",
      );
    names.set(id, name);
    if (!ids.has(name)) ids.set(name, Number.isInteger(Number(id)) && id !== "" ? Number(id) : ids.size + 1);
  }
  return names;
}

interface CocoImage {
  readonly name: string;
  readonly size: Size | undefined;
  readonly objects: AnnotatedObject[];
  readonly refused: Skipped[];
  readonly cocoId: number | undefined;
}

function picturesOf(
  content: FolderContent,
  file: CocoFile,
  names: ReadonlyMap<string, string>,
  skipped: Skipped[],
): AnnotatedPicture[] {
  const images = imagesOf(file, skipped);
  for (const [i, one] of file.annotations.entries()) {
    const at = `${file.id}, annotation ${isFields(one) && idOf(one.id) !== undefined ? `id ${one.id}` : `number ${i + 1}`}`;
    const image = isFields(one) ? images.get(idOf(one.image_id) ?? "") : undefined;
    if (!isFields(one) || image === undefined) {
      const id = JSON.stringify(isFields(one) ? one.image_id : undefined);
      skipped.push({ item: at, reason: `no image has its image_id ${id}` });
      continue;
    }
    const object = objectOf(one, names, image.size, at, skipped);
    if (typeof object === "string") image.refused.push({ item: at, reason: object });
    else image.objects.push(object);
  }
  return [...images.values()].flatMap(({ name, size, objects, refused, cocoId }): AnnotatedPicture[] => {
    const found = content.findPicture(name, { near: folderOf(file.id), part: file.part });
    if ("reason" in found) {
      const lost = objects.length > 0 ? `, with ${count(objects.length, "annotation")}` : "";
      skipped.push({ item: `${file.id}, image ${JSON.stringify(name)}`, reason: `${found.reason}${lost}` });
      return [];
    }
    const source = /^(.+)\.rf\.[^/]+$/.exec(baseOf(found.id))?.[1];
    return [
      {
        id: found.id,
        path: content.platform.files.join(content.root, found.id),
        given: file.part,
        // Roboflow writes several augmented copies of a source image.
        group: source,
        size,
        cocoId,
        objects,
        refused,
        at: file.id,
      },
    ];
  });
}

/** Returns the images by id. Two images with one id have objects of each other. */
function imagesOf(file: CocoFile, skipped: Skipped[]): Map<string, CocoImage> {
  const images = new Map<string, CocoImage>();
  for (const [i, one] of file.images.entries()) {
    const id = isFields(one) ? idOf(one.id) : undefined;
    const item = `${file.id}, image ${i + 1}`;
    if (!isFields(one) || id === undefined || typeof one.file_name !== "string") {
      skipped.push({ item, reason: "it has no id or no file_name" });
      continue;
    }
    const [name, other] = [one.file_name, images.get(id)];
    const image: CocoImage = {
      name,
      size: sizeOf(one),
      objects: [],
      refused: [],
      cocoId: typeof one.id === "number" ? one.id : undefined,
    };
    if (other === undefined) images.set(id, image);
    else if (other.name === name) skipped.push({ item, reason: `it repeats the image with the id ${id}` });
    else {
      const reason = `its id ${JSON.stringify(one.id)} is that of ${JSON.stringify(other.name)}`;
      other.refused.push({ item, reason });
      images.set(`${id} image ${i + 1}`, { ...image, refused: [{ item, reason }] });
    }
  }
  return images;
}

function sizeOf({ width, height }: Fields): Size | undefined {
  const good = (n: unknown): n is number => typeof n === "number" && Number.isFinite(n) && n > 0;
  return good(width) && good(height) ? { width, height } : undefined;
}

/** Returns the object of an annotation, or the reason why it is left out. */
function objectOf(
  one: Fields,
  names: ReadonlyMap<string, string>,
  image: Size | undefined,
  at: string,
  skipped: Skipped[],
): AnnotatedObject | string {
  const name = names.get(idOf(one.category_id) ?? "");
  if (name === undefined) return `no category has its category_id ${JSON.stringify(one.category_id)}`;
  const shape = shapeOf(one.segmentation, image);
  if (typeof shape === "string") {
    if (one.bbox === undefined) return shape;
    skipped.push({ item: at, reason: `${shape}: its box is used without the outline` });
  }
  const outline = typeof shape === "object" ? shape : undefined;
  const box = isBox(one.bbox)
    ? xywh(one.bbox)
    : one.bbox === undefined && outline
      ? boxOfShape(outline)
      : undefined;
  if (box === undefined)
    return one.bbox === undefined
      ? "it has no bbox"
      : `its bbox is not four numbers: ${JSON.stringify(one.bbox).slice(0, 80)}`;
  const { area } = one;
  return {
    name,
    box,
    at,
    ...(typeof area === "number" && Number.isFinite(area) && area > 0 && { area }),
    ...((one.iscrowd === 1 || one.iscrowd === true) && { crowd: true }),
    shape: outline,
  };
}

const xywh = ([x, y, w, h]: Box): Box => [x, y, x + w, y + h];

/** Returns the outline; undefined for none, and the reason for an invalid one. */
function shapeOf(value: unknown, image: Size | undefined): Shape | string | undefined {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return undefined;
  if (!Array.isArray(value)) {
    const runs = readRunLengths(value, image);
    return typeof runs === "string" ? runs : { runs };
  }
  const polygons: number[][] = [];
  for (const ring of value as unknown[]) {
    if (!Array.isArray(ring) || !ring.every((v) => typeof v === "number" && Number.isFinite(v)))
      return "its polygon is not a list of numbers";
    if (ring.length < 6 || ring.length % 2 !== 0 || ring.length > 2 * polygonLimit)
      return `its polygon has ${ring.length / 2} points; at least 3 are needed`;
    polygons.push(ring as number[]);
  }
  return { polygons };
}
