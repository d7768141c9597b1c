import type { OnEvent } from "../../core/events/events.js";
import { inEnglish } from "../../core/messages/message.js";
import { withSplitMessages } from "../../data/split/split-origin.js";
import type { Platform } from "../../platform/platform.js";
import { knownLabels, labelsOf, labelWarnings } from "../label-data.js";
import { rarestLabels, requireLabelReader } from "../label-sets.js";
import { imageColumnOf, splitColumnOf, synonyms } from "../lists/columns.js";
import { type ListFile, type ReadOptions, readLists } from "../lists/read-list.js";
import { groupColumnOf } from "../split/named-groups.js";
import { openTargets } from "../tables/open-targets.js";

/** Reads the list of images at a path; undefined if there is none. */
export async function pictureList(
  platform: Platform,
  path: string,
  options: ReadOptions = {},
): Promise<ListFile | undefined> {
  const list = await readLists(platform, path, options);
  return list === undefined || imageColumnOf(list) === undefined ? undefined : list;
}

/**
 * Opens a list of images with any number of labels each. It uses `openTargets` with a target of 0 or 1 for each label.
 * @param options.named,options.known as in `openLabelTexts`
 * @throws DataError if labels or pictures are missing
 */
export async function openLabelPictures(
  list: ListFile,
  path: string,
  {
    platform,
    seed,
    named,
    known,
    groupFrom,
    emptyParts,
    signal,
    onEvent,
  }: {
    readonly platform: Platform;
    readonly seed: number;
    readonly named?: readonly string[];
    readonly known?: readonly string[];
    /** As in `openImages`. */
    readonly groupFrom?: string;
    readonly emptyParts?: boolean;
    readonly signal?: AbortSignal;
    readonly onEvent?: OnEvent;
  },
) {
  const reader = requireLabelReader(list, { named, known });
  const sets = list.rows.map(({ values, line, file }) => reader.of(values, file ?? list.name, line));
  const classes = known
    ? knownLabels(sets, known, path)
    : labelsOf(sets, reader.labels, { name: list.name, from: inEnglish([reader.source]) });
  const image = imageColumnOf(list)!;
  const split = splitColumnOf(list);
  const group = groupColumnOf(list.columns, groupFrom, synonyms.group);
  const baseColumns = [image, ...[split, group].filter((column) => column !== undefined)];
  const { withLabelColumns, labelColumns } = addLabelColumns(list, baseColumns, classes, sets);
  const labelsIn = (values: readonly number[]) => values.flatMap((v, k) => (v === 1 ? [k] : []));
  let strata: readonly number[] = [];
  const { targets: _targets, ...opened } = await openTargets(path, {
    platform,
    seed,
    targets: labelColumns,
    imageColumn: image,
    groupFrom,
    emptyParts,
    opened: {
      list: withLabelColumns,
      strata(rows) {
        const ofRows = rows.map(({ values, given }) => ({ labels: labelsIn(values), given }));
        strata = rarestLabels(ofRows, classes);
        return { bin: strata, bins: classes.length + 1 };
      },
    },
    signal,
    onEvent,
  });
  const items = opened.items.map(({ values, ...item }, i) => ({
    ...item,
    label: strata[i]!,
    labels: labelsIn(values),
  }));
  return {
    ...opened,
    classes,
    items,
    ...withSplitMessages(opened, reader.source),
    warnings: [...opened.warnings, ...labelWarnings(items, classes)],
  };
}

/** Returns a list with the given columns and a column of 0 and 1 for each label. The prefix keeps the names unique. */
function addLabelColumns(
  list: ListFile,
  baseColumns: readonly string[],
  classes: readonly string[],
  sets: readonly (readonly string[])[],
): { readonly withLabelColumns: ListFile; readonly labelColumns: readonly string[] } {
  const labelColumns = classes.map((label) => `label ${label}`);
  const rows = list.rows.map(({ values, ...place }, i) => ({
    ...place,
    values: {
      ...Object.fromEntries(baseColumns.map((column) => [column, values[column]])),
      ...Object.fromEntries(
        classes.map((label, k) => [labelColumns[k]!, sets[i]!.includes(label) ? "1" : "0"]),
      ),
    },
  }));
  return { withLabelColumns: { ...list, columns: [...baseColumns, ...labelColumns], rows }, labelColumns };
}
