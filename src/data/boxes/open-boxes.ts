import { EngraftError } from "../../core/errors.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import type { OpenOptions, Skipped } from "../dataset.js";
import { divideSamples } from "../divide-samples.js";
import { defaultPlatform } from "../images/decode.js";
import { groupDuplicates } from "../images/duplicate-groups.js";
import { scanPictures } from "../images/scan.js";
import { refuseRepeatedNames } from "../lists/repeated-names.js";
import { readableOf } from "../scan-memory.js";
import { byCodePoint, firstNames, type Warning } from "../split/found.js";
import { inPatternGroups } from "../split/named-groups.js";
import { requireNearlyAll, tooManyUnused } from "../split/nearly-all.js";
import type { AnnotatedPicture, Annotations } from "./annotations.js";
import type { BoxDataset, BoxItem } from "./box-dataset.js";
import { checkCoordinates, type ReadBox } from "./check-coordinates.js";
import { type FolderContent, folderContent, readFolderContent } from "./folder-content.js";
import { placeObjects, type ReadablePicture } from "./place-objects.js";
import { readAnnotations } from "./read-annotations.js";

/** Options of {@link openBoxes}. */
export interface OpenBoxesOptions extends OpenOptions {
  /** Group of each picture: a regular expression on its path, with the group in brackets. Default: the copies that a tool made of one picture. */
  readonly groupFrom?: string;
  readonly platform?: Platform;
}

/**
 * Opens images with boxes, in any layout of {@link boxLayouts}. Annotations that cannot be used are left out with file and reason.
 * Images of one group and near copies stay in one split.
 *
 * @param root folder, or annotation file
 * @throws DataError without annotations or boxes, for contradictory files, and if more than 10 % of the images cannot be used
 * @example const { classes, items } = await openBoxes("./cards");
 */
export async function openBoxes(root: string, options: OpenBoxesOptions = {}): Promise<BoxDataset> {
  const platform = options.platform ?? (await defaultPlatform());
  const content = await contentOf(platform, root, options.signal);
  const annotations = await readAnnotations(content);
  if (annotations === undefined) throw noLabels(content.root, "no annotation file was recognised");
  return openAnnotations(content, annotations, { ...options, platform });
}

/** Lists the folder of a dataset. For an annotation file, only that file is read, and images are looked for beside it. */
export async function contentOf(
  platform: Platform,
  path: string,
  signal?: AbortSignal,
): Promise<FolderContent> {
  const { files } = platform;
  const absolute = files.resolve(path);
  const state = await files.stat(absolute);
  if (state === undefined)
    throw new EngraftError("DataError", `there is no file or folder ${JSON.stringify(absolute)}`, {
      help: "check the spelling of the path and the folder you are in",
      details: { data: absolute },
    });
  if (state.kind === "folder") return readFolderContent(platform, absolute, signal);
  const folder = files.dirname(absolute);
  // COCO keeps its files in `annotations`, beside the folders of images.
  const root = /^annotations$/i.test(files.relative(files.dirname(folder), folder))
    ? files.dirname(folder)
    : folder;
  const { pictures } = await readFolderContent(platform, root, signal);
  return folderContent(platform, root, pictures, [files.relative(root, absolute)], signal);
}

/** Opens the images of annotations. */
export async function openAnnotations(
  content: FolderContent,
  annotations: Annotations,
  options: OpenBoxesOptions,
): Promise<BoxDataset> {
  const { root, platform } = content;
  const { signal, onEvent, cache } = options;
  const skipped: Skipped[] = [...annotations.skipped];
  const warnings: Warning[] = [...annotations.warnings, ...warnUnlisted(content, annotations)];
  const pictures = mergeRepeated(annotations.pictures);
  if (!pictures.some(({ objects }) => objects.length > 0)) throw noLabels(root, reasonOf(annotations));
  const found = pictures.map(({ id, path, given }) => ({ id, path, given, label: "" }));
  const scanned = await scanPictures(found, { platform, root, cache, signal, onEvent });
  const byId = new Map(pictures.map((picture) => [picture.id, picture]));
  const { readable, unreadable } = readableOf(found, scanned);
  const classes = annotations.classes ?? classNamesOf(pictures);
  refuseRepeatedNames(classes, root);
  const annotated = readable.map((one) => ({ ...one, annotated: byId.get(one.id)! }));
  warnings.push(...checkCoordinates(boxesOf(annotated, annotations.unit), annotations));
  const placed = placeObjects(annotated, annotations, classes);
  const unusable = [...unreadable.map(({ item, reason }) => ({ item, reason })), ...placed.skipped];
  skipped.push(...unusable);
  warnings.push(...placed.warnings);
  const complete = placed.pictures.length;
  requirePlaced(
    { all: pictures.length, bad: unreadable.length + placed.refused, readable: readable.length, complete },
    unusable,
    root,
  );
  if (!placed.pictures.some(({ objects }) => objects.length > 0))
    throw noLabels(root, "no box could be used");
  const known = placed.pictures
    .sort((a, b) => byCodePoint(a.id, b.id))
    .map((row) => ({ ...row, group: byId.get(row.id)!.group }));
  const { groupFrom } = options;
  const named = groupFrom === undefined ? known : await inPatternGroups(known, groupFrom, "picture");
  const ofRecordings = { groupFrom, unit: "picture", emptyParts: options.emptyParts } as const;
  const { groupRecordings, withoutClass } = await import("../split/group-recordings.js");
  const rows = groupRecordings(named, withoutClass, ofRecordings, warnings);
  const {
    duplicates: _,
    kept: _kept,
    ...divided
  } = await divideSamples(
    platform,
    root,
    rows,
    {
      unit: "picture",
      strata: { bin: rows.map(({ bin }) => bin), bins: classes.length + 1 },
      copies: groupDuplicates(rows),
      fieldsOf: (row) => fieldsOf(row, byId.get(row.id)!.cocoId),
      lineOf: ({ id, sha256, objects, part }) => [
        id,
        sha256,
        objects.map(({ label, box, crowd, difficult }) => [classes[label], ...box, !!crowd, !!difficult]),
        part,
      ],
    },
    options,
    warnings,
    skipped,
  );
  warnings.push(...warnClasses(divided.items, classes));
  const { layout, notes, cocoIds } = annotations;
  return {
    ...divided,
    layout,
    classes,
    skipped,
    notes,
    warnings,
    ...(cocoIds && { cocoIds: classes.map((name) => cocoIds.get(name)!) }),
  };
}

const fieldsOf = (
  { path, objects, width, height, sha256 }: Omit<BoxItem, "part">,
  cocoId: number | undefined,
) => ({
  ...{ path, objects, width, height, sha256 },
  ...(cocoId !== undefined && { cocoId }),
});

/** Returns the boxes with the size that they are stated in. Without a stated size, a rotated image could be either way round. */
const boxesOf = (pictures: readonly ReadablePicture[], unit: Annotations["unit"]): ReadBox[] =>
  pictures.flatMap(({ annotated, width, height, orientation }) => {
    const size = unit === "shares" ? { width: 1, height: 1 } : (annotated.size ?? { width, height });
    if (unit === "pixels" && annotated.size === undefined && orientation > 4) return [];
    return annotated.objects.map(({ box, shape, crowd, at }) => ({ box, shape, crowd, at, size }));
  });

const classNamesOf = (pictures: readonly AnnotatedPicture[]): readonly string[] =>
  [...new Set(pictures.flatMap(({ objects }) => objects.map(({ name }) => name)))].sort(byCodePoint);

/** Joins the entries of an image that is listed more than once. */
function mergeRepeated(pictures: readonly AnnotatedPicture[]): AnnotatedPicture[] {
  const merged = new Map<string, AnnotatedPicture>();
  for (const picture of pictures) {
    const other = merged.get(picture.id);
    if (other !== undefined && other.given !== picture.given)
      throw new EngraftError("DataError", `${JSON.stringify(picture.id)} is in two splits`, {
        at: `${other.at} and ${picture.at}`,
        help: "remove it from one of them",
      });
    merged.set(picture.id, other ? { ...other, ...joinedObjects(other, picture) } : picture);
  }
  return [...merged.values()];
}

const joinedObjects = (a: AnnotatedPicture, b: AnnotatedPicture) => ({
  objects: [...a.objects, ...b.objects],
  refused: [...a.refused, ...b.refused],
});

function reasonOf({ layout, skipped, pictures }: Annotations): string {
  const [first] = [...skipped, ...pictures.flatMap(({ refused }) => refused)];
  const example = first === undefined ? "" : `, for example ${first.item}: ${first.reason}`;
  return `the annotation files (${layout}) have no usable box${example}`;
}

/** Returns the error for data without a single box. */
export function noLabels(root: string, why: string): EngraftError {
  return new EngraftError("DataError", `no labels found in ${JSON.stringify(root)}: ${why}`, {
    help: "expected COCO JSON, Pascal VOC XML, Ultralytics data.yaml or Darknet obj.data with .txt files, LabelMe JSON, CVAT XML, metadata.jsonl with objects, or a CSV with xmin,ymin,xmax,ymax",
  });
}

/** Checks that nearly all images can be used, and that at least half have only usable objects. @throws DataError */
function requirePlaced(
  counted: {
    readonly all: number;
    readonly bad: number;
    readonly readable: number;
    readonly complete: number;
  },
  skipped: readonly Skipped[],
  root: string,
): void {
  const { all, bad, readable, complete } = counted;
  const facts = { unit: "picture", where: root, skipped } as const;
  requireNearlyAll(bad, { ...facts, all });
  if (2 * complete >= readable) return;
  throw tooManyUnused(readable - complete, {
    ...facts,
    all: readable,
    problem: "have objects that cannot be used; at most half may have",
    help: "repair the annotations, or remove these pictures",
  });
}

/** Folders of masks are no images without annotation. */
const maskFolder = /(^|\/)(masks?|segmentation(class|object)\w*|gt)(\/|$)/i;

function warnUnlisted({ pictures }: FolderContent, annotations: Annotations): Warning[] {
  const known = new Set(annotations.pictures.map(({ id }) => id));
  const missing = pictures.filter((id) => !known.has(id) && !maskFolder.test(id));
  if (missing.length === 0) return [];
  const values = { pictures: missing.length, ...firstNames(missing) };
  return [warningText("pictures_without_annotation", message("pictures-without-annotation", values))];
}

/** Returns warnings about classes without boxes. */
function warnClasses(items: readonly BoxItem[], classes: readonly string[]): Warning[] {
  const parts = [undefined, "train", "test"] as const;
  const missing = parts.map((part) => {
    const used = new Set(
      items
        .filter((item) => part === undefined || item.part === part)
        .flatMap(({ objects }) => objects.map(({ label }) => label)),
    );
    return classes.filter((_, i) => !used.has(i));
  });
  const [anywhere, train, test] = missing as [string[], string[], string[]];
  const only = (names: readonly string[]) => names.filter((name) => !anywhere.includes(name));
  const isTested = items.some(({ part }) => part === "test");
  const warning = (
    code: string,
    names: readonly string[],
    where: "anywhere" | "train" | "test",
  ): readonly Warning[] => {
    const values = { classes: names.length, where, ...firstNames(names) };
    return names.length === 0 ? [] : [warningText(code, message("classes-without-boxes", values))];
  };
  return [
    ...warning("classes_without_boxes", anywhere, "anywhere"),
    ...warning("classes_without_training", only(train), "train"),
    ...warning("classes_without_test", isTested ? only(test) : [], "test"),
  ];
}
