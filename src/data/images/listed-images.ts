import type { Platform } from "../../platform/platform.js";
import { classNameWarnings } from "../lists/class-names.js";
import {
  columnOf,
  givenPart,
  imageColumnOf,
  pictureOf,
  splitColumnOf,
  synonyms,
  textOf,
} from "../lists/columns.js";
import { listError } from "../lists/list-bytes.js";
import { type ListFile, type ReadOptions, readLists } from "../lists/read-list.js";
import { byCodePoint, type Found, type FoundPicture, quoted } from "../split/found.js";

/** Options of {@link listedImages}. */
export interface ListOptions extends Pick<ReadOptions, "quotes" | "classNames" | "fewerClasses"> {
  readonly imageColumn?: string;
  readonly labelColumn?: string;
  /** Column of groups. A pattern has no effect here. */
  readonly groupFrom?: string;
}

/**
 * Reads the images of a list with `image, label[, split]`. Relative paths must stay inside the list's folder; absolute paths may
 * lead anywhere.
 *
 * @param path the list, or its folder
 * @throws DataError with the line number
 */
export async function listedImages(
  platform: Platform,
  path: string,
  options: ListOptions = {},
): Promise<Found & { readonly folder: string }> {
  const list = (await readLists(platform, path, { ...options, classColumn: options.labelColumn }))!;
  const { name, columns, rows, warnings = [], folder } = list;
  if (rows.length === 0)
    throw listError(name, "has no lines with pictures", undefined, "add one line a picture");
  const image = imageColumnOf(list, options.imageColumn) ?? missing("image", list, options.imageColumn);
  const { labelColumn } = options;
  const label =
    labelColumn === undefined
      ? columnOf("label", columns)
      : columns.find((column) => column.toLowerCase() === labelColumn.toLowerCase());
  if (label === undefined) missing("label", list, labelColumn);
  const split = splitColumnOf(list);

  const { groupColumnOf } = await import("../split/named-groups.js");
  const group = groupColumnOf(columns, options.groupFrom, synonyms.group);

  const skipped: { item: string; reason: string }[] = [];
  const pictures = new Map<string, FoundPicture>();
  const conflicts: string[] = [];
  for (const row of rows) {
    const found = pictureOf(platform.files, row, image, list);
    const labelText = textOf(row, label, list).normalize("NFC");
    const item = `${row.file ?? name}, line ${row.line}`;
    if (found === undefined || labelText === "") {
      skipped.push({ item, reason: found === undefined ? "names no picture" : "has no label" });
      continue;
    }
    const { path, id } = found;
    const given = givenPart(row, split, list);
    const earlier = pictures.get(path);
    const groupName = group === undefined ? "" : textOf(row, group, list);
    if (earlier === undefined)
      pictures.set(path, {
        id,
        path,
        label: labelText,
        given,
        ...(groupName !== "" && { group: groupName }),
      });
    else if (earlier.label !== labelText || earlier.given !== given) conflicts.push(id);
    else skipped.push({ item, reason: `names ${JSON.stringify(id)} again` });
  }
  if (conflicts.length > 0)
    throw listError(
      name,
      `gives ${conflicts.length === 1 ? "one picture" : `${conflicts.length} pictures`} two labels or parts: ${quoted(conflicts)}`,
      undefined,
      "a picture has one label here: keep one of its lines",
    );
  const classes = [...new Set([...pictures.values()].map((picture) => picture.label))].sort(byCodePoint);
  return {
    pictures: [...pictures.values()],
    skipped,
    ignored: { hidden: 0, notPictures: 0 },
    warnings: [...warnings, ...classNameWarnings(classes)],
    groupColumn: group,
    list: name,
    folder,
  };
}

function missing(what: "image" | "label", { name, columns }: ListFile, chosen: string | undefined): never {
  throw listError(
    name,
    chosen === undefined ? `has no column for the ${what}` : `has no column ${JSON.stringify(chosen)}`,
    undefined,
    `its columns are ${quoted(columns, 12) || "none"}; name one of them ${quoted([...synonyms[what].slice(0, 3)])}, or choose it with the option ${what}Column`,
  );
}
