import { EngraftError } from "../../core/errors.js";
import { cvatLimit, picturePixelLimit } from "../../core/file-limits.js";
import type { WarningText } from "../../core/messages/message.js";
import type { Skipped } from "../dataset.js";
import { listError } from "../lists/list-bytes.js";
import { count, quoted } from "../split/found.js";
import { type AnnotatedObject, type Annotations, maxClassName } from "./annotations.js";
import type { Box, Size } from "./box.js";
import { type FolderContent, folderOf, partOfPath, readText } from "./folder-content.js";
import { type Mark, type MarkedPicture, marksInWords, refuseMarks } from "./refuse-marks.js";
import { runsInBox } from "./run-lengths.js";
import { boxOfShape, polygonArea, ringOfEllipse, rotateRing, type Shape } from "./shape.js";
import { childOf, numberOf, parseXml, type XmlElement } from "./xml.js";

/** More XML files than this are one for each image, as VOC has them. */
const maxFiles = 24;

/**
 * Reads "CVAT for images 1.1": one XML file with all images.
 *
 * @returns undefined if no XML file is such a file
 * @throws DataError for "CVAT for video", and for several files
 * @see https://docs.cvat.ai/docs/manual/advanced/xml_format/
 */
export async function readCvat(content: FolderContent): Promise<Annotations | undefined> {
  const files = content.others.filter((id) => /\.xml$/i.test(id));
  if (files.length === 0 || files.length > maxFiles) return undefined;
  const found: { readonly id: string; readonly root: XmlElement }[] = [];
  for (const id of files) {
    const text = await readText(content, id, cvatLimit);
    if (!/<annotations[\s>]/.test(text)) continue;
    const root = parseXml(text, id);
    if (root.name === "annotations") found.push({ id, root });
  }
  if (found.length === 0) return undefined;
  const parts = found.map(({ id }) => partOfPath(id));
  if (found.length > 1 && (parts.includes(undefined) || new Set(parts).size < parts.length))
    throw new EngraftError(
      "DataError",
      `${JSON.stringify(content.root)} holds several files of CVAT: ${quoted(found.map(({ id }) => id))}`,
      { help: "name them for their splits (train.xml, val.xml, test.xml), or give the one to use" },
    );
  const skipped: Skipped[] = [];
  const marked: MarkedPicture[] = [];
  const names = new Set<string>();
  for (const { id, root } of found) {
    if (childOf(root, "track"))
      throw listError(id, 'is "CVAT for video"', undefined, 'export the task as "CVAT for images 1.1"');
    for (const name of labelNames(root)) names.add(name);
    for (const image of root.children)
      if (image.name === "image") {
        const picture = pictureOf(content, id, image, skipped);
        if (picture) marked.push(picture);
      }
  }
  const pictures = refuseMarks(marked);
  for (const { objects } of pictures) for (const { name } of objects) names.add(name);
  const kinds = marksInWords(marked);
  const warnings: WarningText[] =
    kinds !== ""
      ? [{ code: "shapes_without_area", message: `shapes that are no boxes left out: ${kinds}` }]
      : [];
  return {
    layout: "cvat",
    root: content.root,
    unit: "pixels",
    upright: true,
    reading: "corners",
    classes: [...names],
    pictures,
    skipped,
    notes: [],
    warnings,
  };
}

/** Returns the labels of the project, the task or the job, in their order. */
function labelNames(root: XmlElement): string[] {
  const meta = childOf(root, "meta");
  for (const kind of ["task", "project", "job"]) {
    const labels = childOf(childOf(meta, kind), "labels");
    if (labels)
      return labels.children.flatMap((label) => {
        const name = childOf(label, "name")?.text.normalize("NFC");
        return name ? [name] : [];
      });
  }
  return [];
}

function pictureOf(
  content: FolderContent,
  file: string,
  image: XmlElement,
  skipped: Skipped[],
): MarkedPicture | undefined {
  const name = image.attributes.get("name") ?? "";
  const part =
    partOfPath(image.attributes.get("subset") ?? "") ?? partOfPath(`${folderOf(name)}/-`) ?? partOfPath(file);
  const found = content.findPicture(name, { near: folderOf(file), part });
  if ("reason" in found) {
    skipped.push({ item: `${file}, line ${image.line}`, reason: found.reason });
    return undefined;
  }
  const size: Size = {
    width: numberOf(image.attributes.get("width")),
    height: numberOf(image.attributes.get("height")),
  };
  const isSize = size.width > 0 && size.height > 0 && Number.isFinite(size.width * size.height);
  const [objects, refused, marks]: [AnnotatedObject[], Skipped[], Mark[]] = [[], [], []];
  for (const child of image.children) {
    const at = `${file}, line ${child.line}`;
    // A tag is about the image.
    if (child.name === "tag") continue;
    if (!["box", "polygon", "mask", "ellipse"].includes(child.name)) {
      marks.push({ name: labelOf(child), kind: child.name, at });
      continue;
    }
    const object = objectOf(child, at, isSize ? size : undefined);
    if (typeof object === "string") refused.push({ item: at, reason: object });
    else objects.push(object);
  }
  const picture = {
    id: found.id,
    path: content.platform.files.join(content.root, found.id),
    given: part,
    objects,
    refused,
    at: file,
    size: isSize ? size : undefined,
  };
  return { picture, marks };
}

const labelOf = (one: XmlElement): string => one.attributes.get("label")?.normalize("NFC").trim() ?? "";

/** Returns an object, or the reason why it is left out. */
function objectOf(one: XmlElement, at: string, image: Size | undefined): AnnotatedObject | string {
  const name = labelOf(one);
  if (name === "" || name.length > maxClassName) return "it has no label";
  const numbers = (...keys: string[]) => keys.map((key) => numberOf(one.attributes.get(key)));
  if (one.name === "polygon") {
    const ring = (one.attributes.get("points") ?? "").split(/[;,]/).map(numberOf);
    if (!ring.every(Number.isFinite) || ring.length % 2 !== 0) return "its points are not pairs of numbers";
    if (ring.length < 6) return `its polygon has ${count(ring.length / 2, "point")}; at least 3 are needed`;
    if (polygonArea(ring) === 0) return "its polygon has no area";
    const shape = { polygons: [ring] };
    return { name, at, shape, box: boxOfShape(shape)! };
  }
  const box = boxOf(one.name, numbers);
  if (!box.every(Number.isFinite)) return `its ${one.name} is not four numbers`;
  const [rotation = Number.NaN] = numbers("rotation");
  const degrees = Number.isFinite(rotation) ? rotation : 0;
  const shape = one.name === "mask" ? shapeOfMask(one, box, image) : turnedShape(one.name, box, degrees);
  if (typeof shape === "string") return shape;
  return { name, at, shape, box: degrees === 0 ? box : rotatedBox(box, degrees) };
}

/** Returns the outline of an ellipse or of a rotated rectangle; undefined for an upright one, which is its box. */
function turnedShape(kind: string, [x1, y1, x2, y2]: Box, degrees: number): Shape | undefined {
  const [cx, cy] = [(x1 + x2) / 2, (y1 + y2) / 2];
  if (kind === "ellipse") return { polygons: [ringOfEllipse(cx, cy, (x2 - x1) / 2, (y2 - y1) / 2, degrees)] };
  if (degrees === 0) return undefined;
  return { polygons: [rotateRing([x1, y1, x2, y1, x2, y2, x1, y2], cx, cy, degrees)] };
}

/**
 * Returns the pixels of a mask, or the reason why it is invalid. Its counts go row by row through its box and begin with zeros.
 * @see https://github.com/cvat-ai/cvat/issues/6777
 */
function shapeOfMask(one: XmlElement, box: Box, image: Size | undefined): Shape | string | undefined {
  const counts = (one.attributes.get("rle") ?? "").split(",").map(numberOf);
  const [width, height] = [box[2] - box[0], box[3] - box[1]];
  const isWhole = (n: number): boolean => Number.isInteger(n) && n >= 0;
  if (!box.every(isWhole) || !counts.every(isWhole)) return "its mask is not in whole numbers";
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total !== width * height)
    return `the counts of its mask cover ${total} pixels, not ${width} × ${height} = ${width * height}`;
  if (image === undefined || total > picturePixelLimit) return undefined;
  const pixels = new Uint8Array(total);
  let at = 0;
  for (const [i, n] of counts.entries()) {
    if (i % 2 === 1) pixels.fill(1, at, at + n);
    at += n;
  }
  return { runs: runsInBox(pixels, box, image) };
}

function boxOf(kind: string, numbers: (...keys: string[]) => number[]): Box {
  if (kind === "ellipse") {
    const [cx, cy, rx, ry] = numbers("cx", "cy", "rx", "ry") as [number, number, number, number];
    return [cx - rx, cy - ry, cx + rx, cy + ry];
  }
  if (kind === "mask") {
    const [left, top, width, height] = numbers("left", "top", "width", "height") as [
      number,
      number,
      number,
      number,
    ];
    return [left, top, left + width, top + height];
  }
  return numbers("xtl", "ytl", "xbr", "ybr") as unknown as Box;
}

/** Returns the upright box around a box that is rotated about its centre. @param degrees clockwise */
function rotatedBox([x1, y1, x2, y2]: Box, degrees: number): Box {
  const angle = (degrees * Math.PI) / 180;
  const [c, s] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  const [w, h] = [((x2 - x1) * c + (y2 - y1) * s) / 2, ((x2 - x1) * s + (y2 - y1) * c) / 2];
  const [cx, cy] = [(x1 + x2) / 2, (y1 + y2) / 2];
  return [cx - w, cy - h, cx + w, cy + h];
}
