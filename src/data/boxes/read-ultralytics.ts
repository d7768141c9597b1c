import { EngraftError, messageOf } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import { yamlLimit, yoloLimit } from "../../core/file-limits.js";
import { message, type WarningText, warningText } from "../../core/messages/message.js";
import type { Skipped } from "../dataset.js";
import { isDeepYaml, isFields } from "../lists/dataset-card.js";
import { listError } from "../lists/list-bytes.js";
import { refuseRepeatedNames } from "../lists/repeated-names.js";
import { count, quoted } from "../split/found.js";
import { inOrder } from "../split/in-order.js";
import { type AnnotatedPicture, type Annotations, maxClassName } from "./annotations.js";
import type { BoxLayout } from "./box-dataset.js";
import { type Config, findDarknet, linesOf } from "./darknet.js";
import { baseOf, type FolderContent, folderOf, joinId, partOfPath, readText } from "./folder-content.js";
import { areKeyPoints, readLabelLines } from "./ultralytics-lines.js";

/**
 * Reads the layout of Ultralytics: `data.yaml`, and for each image a text file of lines `class cx cy w h` or `class x1 y1 x2 y2 …`, in
 * shares of the image's size. An image without a text file, or with an empty one, is a negative sample.
 *
 * @returns undefined without such a file and without a folder `labels` of such lines
 * @throws DataError for a line that is no label, with file and line
 * @see https://docs.ultralytics.com/datasets/detect/
 */
export async function readUltralytics(content: FolderContent): Promise<Annotations | undefined> {
  const config = await findConfig(content);
  if (config === undefined && !(await hasLabelFolder(content))) return undefined;
  return readLabelFiles(content, config, "ultralytics");
}

/** Reads Darknet's layout: `obj.data` stands for the yaml file. @returns undefined without it @throws as {@link readUltralytics} */
export async function readDarknet(content: FolderContent): Promise<Annotations | undefined> {
  const config = await findDarknet(content);
  return config && readLabelFiles(content, config, "darknet");
}

const labelFilesOf = ({ others }: FolderContent): ReadonlySet<string> =>
  new Set(others.filter((id) => /\.txt$/i.test(id)));

async function readLabelFiles(
  content: FolderContent,
  config: Config | undefined,
  layout: BoxLayout,
): Promise<Annotations | undefined> {
  const labelFiles = labelFilesOf(content);
  const classes = config ? namesOf(config) : await namesBeside(content);
  const skipped: Skipped[] = [];
  const [notes, warnings]: [string[], WarningText[]] = [[], []];
  const parts = config ? await splitsOf(content, config, skipped, notes) : undefined;
  const images = parts ?? content.pictures.map((id) => ({ id, given: partOfPath(`${folderOf(id)}/-`) }));
  const fileOf = labelsOf(
    images.map(({ id }) => id),
    labelFiles,
  );
  const used = new Set<string>();
  const pictures: AnnotatedPicture[] = [];
  const points = config === undefined ? undefined : keyPointValues(config);
  let [highest, withLabels] = [-1, 0];
  for await (const one of inOrder(images, 16, async ({ id, given }) => {
    const file = fileOf.get(id);
    return { id, given, file, text: file === undefined ? "" : await readText(content, file, yoloLimit) };
  })) {
    const { id, given, file, text } = one;
    if (file !== undefined) used.add(file);
    const lines = readLabelLines(text, file ?? "", { classes, points }, skipped);
    withLabels += lines.objects.length > 0 ? 1 : 0;
    highest = Math.max(highest, lines.highest);
    const path = content.platform.files.join(content.root, id);
    pictures.push({ id, path, given, objects: lines.objects, refused: [], at: file ?? id, ...groupOf(id) });
  }
  if (config === undefined && withLabels === 0) return undefined;
  for (const file of labelFiles)
    if (/(^|\/)labels\//.test(file) && !used.has(file) && baseOf(file) !== "classes.txt")
      skipped.push({ item: file, reason: "there is no image for these labels" });
  warnings.push(...warnOutlines(pictures));
  if (points !== undefined)
    notes.push(`lines have a box and ${count(points, "value")} of key points, which are not read`);
  const names = classes ?? Array.from({ length: highest + 1 }, (_, i) => String(i));
  return {
    layout,
    root: content.root,
    unit: "shares",
    upright: true,
    reading: "centre and size",
    classes: names,
    pictures,
    skipped,
    notes,
    warnings,
  };
}

/** Fewest outlines of one length that are taken for a rule. Outlines drawn by hand differ in their lengths. */
const leastOutlines = 3;

/**
 * Returns warnings about outlines that may be something else: four corners may be rotated boxes, and lines of one length key points.
 * @throws DataError if the outlines are boxes with key points
 */
function warnOutlines(pictures: readonly AnnotatedPicture[]): WarningText[] {
  const outlines = pictures.flatMap(({ objects }) =>
    objects.flatMap(({ shape, at }) =>
      shape && "polygons" in shape ? [{ ring: shape.polygons[0]!, at }] : [],
    ),
  );
  const quadrangles = outlines.filter(({ ring }) => ring.length === 8).length;
  const warnings: WarningText[] = [];
  if (quadrangles > 0)
    warnings.push(warningText("quadrangles", message("lines-with-four-corners", { lines: quadrangles })));
  const [first] = outlines;
  const values = first?.ring.length ?? 0;
  if (outlines.length < leastOutlines || values < 10 || outlines.some(({ ring }) => ring.length !== values))
    return warnings;
  if (outlines.every(({ ring }) => areKeyPoints(ring)))
    throw new EngraftError(
      "DataError",
      `the lines are boxes with key points, not outlines: in all ${outlines.length} of them, the last ${values - 4} values lie in the box of the first four, first in ${first!.at}: ${first!.ring.slice(0, 8).join(" ")} …`,
      { help: "add kpt_shape to data.yaml, such as kpt_shape: [4, 2], and the boxes are read" },
    );
  const about = {
    lines: outlines.length,
    corners: values / 2,
    option: "kpt_shape",
    file: "data.yaml",
  };
  warnings.push(warningText("outlines_of_one_length", message("polygons-of-one-length", about)));
  return warnings;
}

/** Returns the yaml file with the splits or names of classes. @throws DataError for several, and for damaged yaml */
async function findConfig(content: FolderContent): Promise<Config | undefined> {
  const candidates = content.others.filter((id) => /\.ya?ml$/i.test(id) && id.split("/").length <= 2);
  const found: Config[] = [];
  for (const id of candidates.slice(0, 20)) {
    const text = await readText(content, id, yamlLimit);
    if (!/^\s*["']?(train|val|names)["']?\s*:/m.test(text)) continue;
    const fields = await parseYaml(text, id);
    if (isFields(fields) && ("names" in fields || "nc" in fields) && ("train" in fields || "val" in fields))
      found.push({ id, fields });
  }
  const [first, ...more] = found;
  const named = found.filter(({ id }) => /^(data|dataset)\.ya?ml$/i.test(baseOf(id)));
  if (more.length === 0 || named.length === 1) return named[0] ?? first;
  throw new EngraftError(
    "DataError",
    `${JSON.stringify(content.root)} holds several yaml files of data: ${quoted(found.map(({ id }) => id))}`,
    { help: "keep the one to use, or call it data.yaml" },
  );
}

async function parseYaml(text: string, id: string): Promise<unknown> {
  try {
    // Aliases may repeat a value a hundred times at most, so a small file cannot become a large one.
    if (isDeepYaml(text)) throw new RangeError("it is nested too deep");
    return (await import("yaml")).parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw listError(id, `is not YAML: ${messageOf(error).split("\n")[0]}`, undefined, "correct it", error);
  }
}

/** Returns the number of values of key points in a line; undefined if the file states none. @throws DataError for another shape */
function keyPointValues({ id, fields }: Config): number | undefined {
  const { kpt_shape: shape } = fields;
  if (shape === undefined || shape === null) return undefined;
  const [points, values] = Array.isArray(shape) ? (shape as unknown[]) : [];
  if (Number.isInteger(points) && (points as number) > 0 && (values === 2 || values === 3))
    return (points as number) * values;
  throw listError(
    id,
    `has the kpt_shape ${JSON.stringify(shape)}`,
    undefined,
    "write the number of key points and of their values, 2 or 3: kpt_shape: [17, 3]",
  );
}

/** Returns the names of the classes; undefined if the file has none. @throws DataError for names that are no list */
function namesOf({ id, fields }: Config): readonly string[] | undefined {
  const { names, nc } = fields;
  if (names === undefined || names === null) return undefined;
  const entries: [number, unknown][] = Array.isArray(names)
    ? names.map((name, i) => [i, name])
    : isFields(names)
      ? Object.entries(names).map(([key, name]) => [Number(key), name])
      : [];
  const list: string[] = [];
  for (const [i, name] of entries) {
    const text =
      typeof name === "string" || typeof name === "number" ? String(name).normalize("NFC").trim() : "";
    if (!Number.isInteger(i) || i < 0 || i >= entries.length || text === "" || text.length > maxClassName)
      throw listError(
        id,
        `has no name for each class from 0 to ${entries.length - 1}: ${JSON.stringify(name)} at ${i}`,
        undefined,
        "write names: [cat, dog], or 0: cat and 1: dog",
      );
    list[i] = text;
  }
  if (typeof nc === "number" && nc !== list.length)
    throw listError(
      id,
      `says nc: ${nc}, but has ${count(list.length, "name")}`,
      undefined,
      "correct nc or names",
    );
  refuseRepeatedNames(list, id);
  return list;
}

/** Returns the names in `classes.txt` or `obj.names`, which other tools write. */
async function namesBeside(content: FolderContent): Promise<readonly string[] | undefined> {
  const id = content.others.find((one) => /(^|\/)(classes\.txt|obj\.names|_darknet\.labels)$/i.test(one));
  if (id === undefined) return undefined;
  const names = await linesOf(content, id);
  refuseRepeatedNames(names, id);
  return names;
}

/** True if a folder `labels` holds a text file of label lines. */
async function hasLabelFolder(content: FolderContent): Promise<boolean> {
  const inside = [...labelFilesOf(content)].filter(
    (id) => /(^|\/)labels\//.test(id) && baseOf(id) !== "classes.txt",
  );
  for (const id of inside.slice(0, 10)) {
    const first = (await readText(content, id, yoloLimit)).trim().split(/\r\n|\n|\r/)[0]!;
    if (first !== "") return /^\d+(\s+-?[\d.]+(e-?\d+)?){4,}$/i.test(first);
  }
  return false;
}

/**
 * Returns the file of labels of each image. Its name may differ in case, as where a file system does not tell it, if no other image has
 * that file.
 */
function labelsOf(ids: readonly string[], files: ReadonlySet<string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const id of ids) {
    const file = labelPaths(id).find((path) => files.has(path));
    if (file !== undefined) found.set(id, file);
  }
  const taken = new Set(found.values());
  const left = new Map<string, string[]>();
  for (const file of files)
    if (!taken.has(file)) left.set(file.toLowerCase(), [...(left.get(file.toLowerCase()) ?? []), file]);
  for (const id of ids) {
    if (found.has(id)) continue;
    const similar = labelPaths(id)
      .flatMap((path) => left.get(path.toLowerCase()) ?? [])
      .filter((file) => !taken.has(file));
    if (similar.length !== 1) continue;
    found.set(id, similar[0]!);
    taken.add(similar[0]!);
  }
  return found;
}

/** Returns the paths of an image's labels: the last folder `images` becomes `labels`, else beside the image. */
function labelPaths(id: string): readonly string[] {
  const text = `/${id.replace(/\.[^./]*$/, "")}.txt`;
  const at = text.lastIndexOf("/images/");
  const swapped = at < 0 ? text : `${text.slice(0, at)}/labels/${text.slice(at + 8)}`;
  return [swapped.slice(1), text.slice(1)];
}

/** Roboflow writes several augmented copies of a source image. */
function groupOf(id: string): { readonly group?: string } {
  const source = /^(.+)\.rf\.[^/]+$/.exec(baseOf(id))?.[1];
  return source === undefined ? {} : { group: source };
}

interface ListedImage {
  readonly id: string;
  readonly given: Part | undefined;
}

/** Returns the images of the splits. @throws DataError if the training split is not there */
async function splitsOf(
  content: FolderContent,
  config: Config,
  skipped: Skipped[],
  notes: string[],
): Promise<ListedImage[]> {
  const keys = [
    ["train", "train"],
    ["val", "validation"],
    ["test", "test"],
  ] as const;
  const found = new Map<string, Part | undefined>();
  let shared = 0;
  for (const [key, part] of keys) {
    const value = config.fields[key];
    const places = (Array.isArray(value) ? value : [value]).filter(
      (one) => typeof one === "string" && one !== "",
    );
    for (const place of places as string[]) {
      const ids = await imagesAt(content, config, place, skipped);
      if (ids === undefined && key === "train")
        throw listError(
          config.id,
          `says train: ${JSON.stringify(place)}, but there are no images`,
          undefined,
          "write the folder of images, or a .txt file with their paths, relative to this file",
        );
      if (ids === undefined)
        skipped.push({
          item: `${config.id}, ${key}`,
          reason: `there are no images at ${JSON.stringify(place)}`,
        });
      for (const id of ids ?? []) {
        if (found.has(id) && found.get(id) !== part) shared++;
        else found.set(id, part);
      }
    }
  }
  const images = [...found].map(([id, given]) => ({ id, given }));
  if (shared === 0) return images;
  notes.push(`${count(shared, "picture")} of two splits: the splits of ${config.id} are not used`);
  return images.map(({ id }) => ({ id, given: undefined }));
}

/** Returns the images of a folder or list; undefined if there are none. */
async function imagesAt(
  content: FolderContent,
  { id: file, fields }: Config,
  place: string,
  skipped: Skipped[],
): Promise<string[] | undefined> {
  const base = typeof fields.path === "string" ? `${fields.path}/` : "";
  const near = folderOf(file);
  // Paths are those of another machine: as many of their last folders as agree are used.
  const segments = `${base}${place}`
    .replaceAll("\\", "/")
    .split("/")
    .filter((s) => s !== "" && s !== ".");
  const clean = segments.slice(segments.lastIndexOf("..") + 1);
  for (let n = 0; n < clean.length; n++) {
    const path = clean.slice(n).join("/");
    for (const id of [joinId(near, path), path]) {
      if (/\.txt$/i.test(id) && content.others.includes(id)) return imagesOfList(content, id, skipped);
      const inside = content.pictures.filter((picture) => picture.startsWith(`${id}/`));
      if (inside.length > 0) return inside;
    }
  }
  return clean.length === 0 && content.pictures.length > 0 ? [...content.pictures] : undefined;
}

async function imagesOfList(content: FolderContent, list: string, skipped: Skipped[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [i, line] of (await readText(content, list, yoloLimit)).split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === "") continue;
    const found = content.findPicture(line.trim(), { near: folderOf(list) });
    if ("id" in found) ids.push(found.id);
    else skipped.push({ item: `${list}, line ${i + 1}`, reason: found.reason });
  }
  return ids;
}
