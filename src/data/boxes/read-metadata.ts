import { messageOf } from "../../core/errors.js";
import { listLimit, pictureFileLimit } from "../../core/file-limits.js";
import { parseJson } from "../../core/parse-json.js";
import type { Skipped } from "../dataset.js";
import { checkHeader } from "../images/decode.js";
import { cardFields, isFields } from "../lists/dataset-card.js";
import { listError } from "../lists/list-bytes.js";
import {
  type AnnotatedObject,
  type AnnotatedPicture,
  type Annotations,
  isBox,
  maxClassName,
} from "./annotations.js";
import type { Box } from "./box.js";
import { baseOf, type FolderContent, folderOf, partOfPath, readText } from "./folder-content.js";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads Hugging Face's imagefolder with objects: lines `{"file_name": "1.png", "objects": {"bbox": [[x, y, w, h]], "categories": [0]}}`
 * in `metadata.jsonl`. Boxes are x, y, width and height by convention. They are read as corners if that is what the numbers must be,
 * and as shares if all are at most 1.
 *
 * @returns undefined if no metadata file has objects
 * @throws DataError with the line for damaged JSON
 * @see https://huggingface.co/docs/datasets/image_dataset#object-detection
 */
export async function readMetadata(content: FolderContent): Promise<Annotations | undefined> {
  const files = content.others.filter((id) => /^metadata\.jsonl$/i.test(baseOf(id)));
  const skipped: Skipped[] = [];
  const pictures: AnnotatedPicture[] = [];
  const numbers = new Set<number>();
  let found = false;
  for (const id of files) {
    const lines = (await readText(content, id, listLimit)).split(/\r\n|\n/);
    if (!lines.some((line) => /"objects"\s*:/.test(line))) continue;
    found = true;
    for (const [i, line] of lines.entries()) {
      if (line.trim() === "") continue;
      const picture = pictureOf(content, id, parseLine(line, id, i + 1), i + 1, skipped, numbers);
      if (picture) pictures.push(picture);
    }
  }
  if (!found) return undefined;
  const boxes = pictures.flatMap(({ objects }) => objects.map(({ box }) => box));
  const isShares = boxes.length > 0 && boxes.every((box) => box.every((v) => v <= 1));
  const isCorners = !isShares && (await areCorners(content, pictures));
  const names = numbers.size > 0 ? await classNames(content) : undefined;
  const highest = Math.max(-1, ...numbers);
  const finished = pictures.map((picture) => ({
    ...picture,
    objects: picture.objects.map(
      (one): AnnotatedObject => ({
        ...one,
        name: names?.[Number(one.name)] ?? one.name,
        box: isCorners ? one.box : xywh(one.box),
      }),
    ),
  }));
  return {
    layout: "metadata",
    root: content.root,
    unit: isShares ? "shares" : "pixels",
    upright: true,
    reading: isCorners ? "corners" : "corner and size",
    classes:
      numbers.size > 0 ? (names ?? Array.from({ length: highest + 1 }, (_, i) => String(i))) : undefined,
    pictures: finished,
    skipped,
    warnings: [],
    notes: [
      `boxes are ${isCorners ? "x1, y1, x2, y2" : "x, y, width, height"} in ${isShares ? "shares of the picture's size" : "pixels"}`,
      ...(numbers.size > 0 && names === undefined
        ? ["the dataset card has no names of the classes: their numbers are used"]
        : []),
    ],
  };
}

/** Returns true if boxes must be x1, y1, x2, y2: as x, y, width and height, one would leave its image, and none of its sides is short. */
async function areCorners(content: FolderContent, pictures: readonly AnnotatedPicture[]): Promise<boolean> {
  const { platform } = content;
  if (!pictures.every(({ objects }) => objects.every(({ box: [x, y, w, h] }) => w > x && h > y)))
    return false;
  for (const { path, objects, size } of pictures) {
    if (objects.length === 0) continue;
    const bytes = size ? undefined : await platform.files.read(path, { limit: pictureFileLimit });
    const { width, height } =
      size ?? (await checkHeader(bytes!, platform).catch(() => ({ width: Infinity, height: Infinity })));
    if (objects.some(({ box: [x, y, w, h] }) => x + w > width || y + h > height)) return true;
  }
  return false;
}

const xywh = ([x, y, w, h]: Box): Box => [x, y, x + w, y + h];

function parseLine(line: string, file: string, number: number): Fields {
  try {
    const value: unknown = parseJson(line);
    if (isFields(value)) return value;
  } catch (error) {
    throw listError(file, `is not JSON: ${messageOf(error)}`, number, "write one JSON object a line", error);
  }
  throw listError(file, "is not a JSON object", number, "write one JSON object a line");
}

function pictureOf(
  content: FolderContent,
  file: string,
  { file_name, objects, width, height }: Fields,
  line: number,
  skipped: Skipped[],
  numbers: Set<number>,
): AnnotatedPicture | undefined {
  const at = `${file}, line ${line}`;
  const near = folderOf(file);
  const given = partOfPath(`${near}/-`) ?? partOfPath(`${folderOf(String(file_name))}/-`);
  const found =
    typeof file_name === "string"
      ? content.findPicture(file_name, { near, part: given })
      : { reason: "it has no file_name" };
  if ("reason" in found) {
    skipped.push({ item: at, reason: found.reason });
    return undefined;
  }
  const [own, refused]: [AnnotatedObject[], Skipped[]] = [[], []];
  if (isFields(objects)) {
    const { bbox } = objects;
    const labels = objects.categories ?? objects.category ?? objects.label ?? objects.labels;
    if (!Array.isArray(bbox) || !Array.isArray(labels) || bbox.length !== labels.length) {
      skipped.push({ item: at, reason: "its objects have no lists bbox and categories of one length" });
      return undefined;
    }
    for (const [i, box] of bbox.entries()) {
      const label: unknown = labels[i];
      const name =
        typeof label === "string" || Number.isInteger(label) ? String(label).normalize("NFC").trim() : "";
      const which = `${at}, object ${i + 1}`;
      if (!isBox(box)) refused.push({ item: which, reason: "its bbox is not four numbers" });
      else if (
        name === "" ||
        name.length > maxClassName ||
        (typeof label === "number" && !(label >= 0 && label <= 25_000))
      )
        refused.push({ item: which, reason: `its category is ${JSON.stringify(label)}` });
      else {
        if (typeof label === "number") numbers.add(label);
        own.push({ name, box, at: which });
      }
    }
  }
  const size =
    typeof width === "number" && typeof height === "number" && width > 0 && height > 0
      ? { width, height }
      : undefined;
  return {
    id: found.id,
    path: content.platform.files.join(content.root, found.id),
    given,
    objects: own,
    refused,
    at,
    size,
  };
}

/** Returns the names of the categories in the dataset card; undefined if there are none. */
async function classNames(content: FolderContent): Promise<readonly string[] | undefined> {
  const card = content.others.find((id) => id === "README.md");
  if (card === undefined) return undefined;
  const fields = await cardFields(
    content.platform.files,
    content.platform.files.join(content.root, card),
    "class_label",
  );
  const find = (value: unknown, depth: number): readonly string[] | undefined => {
    if (depth > 12 || typeof value !== "object" || value === null) return undefined;
    if (isFields(value) && isFields(value.class_label)) {
      const { names } = value.class_label;
      if (isFields(names) || Array.isArray(names))
        return Object.entries(names)
          .sort(([a], [b]) => Number(a) - Number(b))
          .map(([, name]) => String(name));
    }
    for (const inner of Object.values(value)) {
      const names = find(inner, depth + 1);
      if (names) return names;
    }
    return undefined;
  };
  return find(fields.dataset_info, 0);
}
