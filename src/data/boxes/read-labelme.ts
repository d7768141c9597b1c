import { messageOf } from "../../core/errors.js";
import { labelmeLimit } from "../../core/file-limits.js";
import type { WarningText } from "../../core/messages/message.js";
import { parseJson } from "../../core/parse-json.js";
import { fromPaddedBase64 } from "../base64.js";
import type { Skipped } from "../dataset.js";
import { isFields } from "../lists/dataset-card.js";
import { count, quoted } from "../split/found.js";
import { inOrder } from "../split/in-order.js";
import { endingOf, unpackedFolder } from "../unpacked-files.js";
import { type AnnotatedObject, type Annotations, maxClassName } from "./annotations.js";
import type { Box, Size } from "./box.js";
import {
  baseOf,
  type FolderContent,
  type FoundName,
  folderOf,
  partOfPath,
  readText,
  stemOf,
} from "./folder-content.js";
import { runsOfPixels } from "./frame.js";
import { type Mark, type MarkedPicture, marksInWords, refuseMarks } from "./refuse-marks.js";
import { runsInBox } from "./run-lengths.js";
import { boxOfShape, pixelsOfRuns, polygonArea, ringOfEllipse, type Shape } from "./shape.js";

/** Files that are read before a folder counts as none of LabelMe's. */
const triedFiles = 3;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads LabelMe JSON: a file for each image, which is in the same folder or stored in the file. A file without shapes is a negative sample; an
 * image without a file is not labelled, and left out.
 *
 * @returns undefined if no JSON file holds shapes
 * @see https://github.com/wkentaro/labelme
 */
export async function readLabelMe(content: FolderContent): Promise<Annotations | undefined> {
  const files = content.others.filter((id) => /\.json$/i.test(id));
  const skipped: Skipped[] = [];
  const pictures: MarkedPicture[] = [];
  let [foreign, found] = [0, 0];
  for await (const { id, document } of inOrder(files, 8, (id) => parseFile(content, id))) {
    if (typeof document === "string") {
      skipped.push({ item: id, reason: document });
      continue;
    }
    if (!Array.isArray(document?.shapes)) {
      if (++foreign >= triedFiles && found === 0) return undefined;
      continue;
    }
    found++;
    const picture = await pictureOf(content, id, document, skipped);
    if (picture) pictures.push(picture);
  }
  if (found === 0) return undefined;
  const marks = marksInWords(pictures);
  const warnings: WarningText[] =
    marks === ""
      ? []
      : [{ code: "shapes_without_area", message: `shapes without an area left out: ${marks}` }];
  return {
    layout: "labelme",
    root: content.root,
    unit: "pixels",
    upright: true,
    reading: undefined,
    classes: undefined,
    pictures: refuseMarks(pictures),
    skipped,
    notes: [],
    warnings,
  };
}

async function parseFile(
  content: FolderContent,
  id: string,
): Promise<{ readonly id: string; readonly document: Fields | string | undefined }> {
  const text = await readText(content, id, labelmeLimit);
  if (!/"shapes"\s*:/.test(text)) return { id, document: undefined };
  try {
    const document: unknown = parseJson(text);
    return { id, document: isFields(document) ? document : undefined };
  } catch (error) {
    return { id, document: `is not JSON: ${messageOf(error)}` };
  }
}

async function pictureOf(
  content: FolderContent,
  file: string,
  { shapes, imagePath, imageWidth, imageHeight, imageData }: Fields,
  skipped: Skipped[],
): Promise<MarkedPicture | undefined> {
  const near = folderOf(file);
  const part = partOfPath(`${near}/-`);
  const byStem = content.findStem(stemOf(baseOf(file)), { near, part });
  const beside =
    "id" in byStem || typeof imagePath !== "string" ? byStem : content.findPicture(imagePath, { near, part });
  const found = await withPath(content, file, beside, imageData);
  if ("reason" in found) {
    skipped.push({ item: file, reason: found.reason });
    return undefined;
  }
  const size = { width: imageWidth as number, height: imageHeight as number };
  const isSize = [size.width, size.height].every((n) => typeof n === "number" && n > 0 && Number.isFinite(n));
  // Parts of one object have one group_id.
  const groups = new Map<string, AnnotatedObject>();
  const [refused, marks]: [Skipped[], Mark[]] = [[], []];
  for (const [i, shape] of (shapes as unknown[]).entries()) {
    const at = `${file}, shape ${i + 1}`;
    const object = await objectOf(shape, at, isSize ? size : undefined);
    if (typeof object === "string") refused.push({ item: at, reason: object });
    else if ("kind" in object) marks.push(object);
    if (typeof object === "string" || "kind" in object) continue;
    const group = isFields(shape) && typeof shape.group_id === "number" ? shape.group_id : undefined;
    const key = group === undefined ? at : `${group} ${object.name}`;
    const other = groups.get(key);
    groups.set(key, other ? joinObjects(other, object) : object);
  }
  const picture = {
    ...found,
    given: part,
    objects: [...groups.values()],
    refused,
    at: file,
    size: isSize ? size : undefined,
  };
  return { picture, marks };
}

/** A picture with its path, or the reason why there is none. */
type Found = { readonly id: string; readonly path: string } | { readonly reason: string };

/**
 * Returns the picture of a file: of the same folder, else the one that is stored in the file. A picture of its name in another folder is taken
 * if the file stores none, or the same one.
 */
async function withPath(
  content: FolderContent,
  file: string,
  beside: FoundName,
  inside: unknown,
): Promise<Found> {
  const { files } = content.platform;
  const named = "id" in beside ? { id: beside.id, path: files.join(content.root, beside.id) } : undefined;
  const isBeside = named !== undefined && folderOf(named.id) === folderOf(file);
  if (isBeside || typeof inside !== "string" || inside === "") return named ?? (beside as { reason: string });
  const bytes = pictureInside(inside);
  if (named) {
    const other = await files.read(named.path).catch(() => new Uint8Array());
    const isSame =
      typeof bytes === "string" || (bytes.length === other.length && bytes.every((b, i) => b === other[i]));
    if (isSame) return named;
  }
  return typeof bytes === "string" ? { reason: bytes } : unpacked(content, file, bytes);
}

/** Characters of base64 that hold the first bytes. */
const firstCharacters = 64;

/** Returns the bytes of a picture in base64, or the reason why there are none. */
function pictureInside(text: string): Uint8Array | string {
  const base64 = text.replace(/^data:[^,]{0,100},/, "").replace(/\s+/g, "");
  const begin = fromPaddedBase64(base64.slice(0, firstCharacters));
  if (begin !== undefined && endingOf(begin) === undefined) return "its imageData is no picture";
  return (begin && fromPaddedBase64(base64)) ?? "its imageData is not base64";
}

/** Writes the picture inside a file to the cache folder, once. */
async function unpacked({ platform }: FolderContent, file: string, bytes: Uint8Array): Promise<Found> {
  const { files } = platform;
  const ending = endingOf(bytes)!;
  const folder = await unpackedFolder(platform, bytes);
  const path = files.join(folder, `picture.${ending}`);
  if (!(await files.stat(path))) {
    await files.ensureDir(folder);
    await files.writeAtomic(path, bytes);
  }
  // A file called x.JSON may lie beside x.json.
  return { id: /\.json$/.test(file) ? file.replace(/json$/, ending) : `${file}.${ending}`, path };
}

/** True for a folder without pictures whose first JSON file has its picture inside. */
export async function hasPicturesInside(content: FolderContent): Promise<boolean> {
  const { platform, root, pictures, others } = content;
  const first = others.find((id) => /\.json$/i.test(id));
  if (pictures.length > 0 || first === undefined) return false;
  const state = await platform.files.stat(platform.files.join(root, first));
  if (state === undefined || state.size > labelmeLimit) return false;
  const text = await readText(content, first, labelmeLimit);
  return /"shapes"\s*:/.test(text) && /"imageData"\s*:\s*"/.test(text);
}

/** Returns an object; a mark for a shape without an area, and the reason for an invalid one. */
async function objectOf(
  shape: unknown,
  at: string,
  image: Size | undefined,
): Promise<AnnotatedObject | Mark | string> {
  if (!isFields(shape)) return "it is no shape";
  const name = typeof shape.label === "string" ? shape.label.normalize("NFC").trim() : "";
  if (name === "" || name.length > maxClassName) return "it has no label";
  const { points } = shape;
  const type = typeof shape.shape_type === "string" ? shape.shape_type : "polygon";
  const isPoint = (one: unknown): one is [number, number] =>
    Array.isArray(one) && one.length === 2 && one.every((v) => typeof v === "number" && Number.isFinite(v));
  if (!Array.isArray(points) || !points.every(isPoint)) return "its points are not pairs of numbers";
  if (["point", "line", "linestrip", "points"].includes(type)) return { name, kind: type, at };
  const [first, second] = points;
  if (type === "polygon") {
    if (points.length < 3) return `its polygon has ${count(points.length, "point")}; at least 3 are needed`;
    const outline: Shape = { polygons: [points.flat()] };
    if (polygonArea(points.flat()) === 0) return "its polygon has no area";
    return { name, box: boxOfShape(outline)!, shape: outline, at };
  }
  if (first === undefined || second === undefined)
    return `its ${type} has ${count(points.length, "point")}, not 2`;
  const [[x1, y1], [x2, y2]] = [first, second];
  if (type === "circle") {
    const radius = Math.hypot(x2 - x1, y2 - y1);
    const outline: Shape = { polygons: [ringOfEllipse(x1, y1, radius, radius)] };
    return { name, box: [x1 - radius, y1 - radius, x1 + radius, y1 + radius], shape: outline, at };
  }
  // The corners of a rectangle come in any order.
  const box: Box = [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
  if (type === "rectangle") return { name, box, at };
  if (type === "mask") {
    const outline =
      typeof shape.mask === "string" && image ? await runsOfMask(shape.mask, box, image, at) : undefined;
    if (typeof outline === "string") return outline;
    return { name, box: (outline && boxOfShape(outline)) ?? box, shape: outline, at };
  }
  return `its shape ${quoted([type])} is unknown`;
}

/** Returns the pixels of a mask, or the reason why it is invalid: a PNG in base64, whose upper left pixel is the first point. */
async function runsOfMask(text: string, [x1, y1]: Box, image: Size, at: string): Promise<Shape | string> {
  try {
    const { readPng } = await import("../masks/read-png.js");
    const { width, height, channels, values } = await readPng(
      Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
      at,
    );
    if (channels > 1) return "its mask is not grey";
    const [left, top] = [Math.floor(x1), Math.floor(y1)];
    return { runs: runsInBox(values, [left, top, left + width, top + height], image) };
  } catch (error) {
    return messageOf(error);
  }
}

function joinObjects(a: AnnotatedObject, b: AnnotatedObject): AnnotatedObject {
  const [x1, y1, x2, y2] = a.box;
  const shape = a.shape && b.shape && joinShapes(a.shape, b.shape);
  return {
    name: a.name,
    at: a.at,
    box: [Math.min(x1, b.box[0]), Math.min(y1, b.box[1]), Math.max(x2, b.box[2]), Math.max(y2, b.box[3])],
    shape,
  };
}

/** Returns the outline of two parts of one object; undefined for a polygon and a mask. */
function joinShapes(a: Shape, b: Shape): Shape | undefined {
  if ("polygons" in a && "polygons" in b) return { polygons: [...a.polygons, ...b.polygons] };
  if (!("runs" in a && "runs" in b)) return undefined;
  const other = pixelsOfRuns(b.runs);
  const pixels = pixelsOfRuns(a.runs).map((inside, i) => inside | other[i]!);
  const { width, height } = a.runs;
  return { runs: { width, height, counts: runsOfPixels(pixels, a.runs) } };
}
