import type { Head } from "../../core/results/task.js";
import type { Platform } from "../../platform/platform.js";
import { cellOf } from "../assemble-samples.js";
import { picturesBelow } from "../images/find-images.js";
import { labelReaderOf } from "../label-sets.js";
import { columnOf, splitColumnOf } from "../lists/columns.js";
import { readLists } from "../lists/read-list.js";
import { isQuantity, summarizeColumn } from "../tables/numbers.js";
import { columnNames } from "../tables/table-columns.js";
import { transcriptColumnOf, withPoints } from "../targets.js";
import { soundFiles } from "./files/sound-format.js";
import { soundsIn } from "./find-sounds.js";
import { type FindSoundsOptions, headRows, namesSounds } from "./listed-sounds.js";

/** Number of rows that decide. */
const sampleRows = 2000;

/** False if there is neither a file of a sound below a path, nor a list that names one. The layouts of sounds are not tried then. */
async function mayHold(
  platform: Platform,
  root: string,
  { quotes, classNames, classColumn }: FindSoundsOptions,
): Promise<boolean> {
  const state = await platform.files.stat(root);
  // The search reports what is wrong with the path.
  if (state === undefined) return true;
  const how = { quotes, classNames, classColumn, most: headRows, first: true, fewerClasses: true };
  const head = await readLists(platform, root, how);
  if (head && namesSounds(head)) return true;
  if (state.kind !== "folder") return false;
  const unread: { item: string; reason: string }[] = [];
  const below = await picturesBelow(platform.files, root, unread, undefined, soundFiles);
  return below.length + unread.length > 0;
}

/**
 * Returns what the sounds at a path have as targets; undefined if there are no sounds.
 * @throws DataError for a path without a file, and for a damaged list
 */
export async function soundsAt(
  platform: Platform,
  path: string,
  options: Pick<FindSoundsOptions, "quotes" | "classNames" | "classColumn" | "withoutClasses"> & {
    /** Names of the columns of labels, if the user gave them. */
    readonly labels?: string | undefined;
  } = {},
): Promise<Head | undefined> {
  const root = platform.files.resolve(path);
  const found = (await mayHold(platform, root, options)) && (await soundsIn(platform, root, options));
  if (!found) return undefined;
  if (options.labels !== undefined) return "labels";
  const sample = found.files.slice(0, sampleRows).map(({ values }) => values);
  const chosen = options.classColumn === undefined ? undefined : columnNames("target", options.classColumn);
  if (chosen === undefined && labelReaderOf(found, sample) !== undefined) return "labels";
  const { columns, files, groupedBy } = withPoints(found);
  const summaryOf = (column: string) => summarizeColumn(files.map((file) => cellOf(file, column)));
  if (chosen?.every((column) => columns.includes(column) && isQuantity(summaryOf(column), column)))
    return "numbers";
  if (columnOf("label", found.columns) !== undefined) return "classes";
  if (transcriptColumnOf(found.columns) !== undefined) return "transcript";
  const isNumber = (column: string): boolean => {
    if (column === groupedBy || splitColumnOf({ columns: [column] }) !== undefined) return false;
    const { numbers, others } = summaryOf(column);
    return numbers > 0 && others.length === 0;
  };
  if (!columns.some(isNumber)) return "classes";
  const { refuseSeveralTargets } = await import("../images/listed-images.js");
  refuseSeveralTargets({ name: found.name, columns, rows: files }, undefined, "clip");
  return "numbers";
}
