import type { OnEvent } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";
import { knownLabels, labelsOf, labelWarnings } from "../label-data.js";
import { rarestLabels, requireLabelReader } from "../label-sets.js";
import { groupColumnOf } from "../split/named-groups.js";
import { imageColumnOf, openTargets, splitColumnOf } from "../tables/open-targets.js";
import type { Quotes } from "../tables/quotes.js";
import { type ListFile, readList, synonyms } from "./listed-images.js";

/** The list, where it is one of pictures; undefined where it is not. */
export async function pictureList(
  { files }: Platform,
  path: string,
  quotes?: Quotes,
): Promise<ListFile | undefined> {
  if ((await files.stat(path))?.kind !== "file") return undefined;
  const list = await readList(files, path, { quotes });
  return imageColumnOf(list) === undefined ? undefined : list;
}

/**
 * Pictures that have several labels each, or none: a list with a column of pictures. As `openTargets`, with a number 0 or 1
 * for each label.
 * @param options.named,options.known as `openLabelTexts` has them
 * @throws DataError with what is missing
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
    /** As `openImages` has it. */
    readonly groupFrom?: string;
    readonly emptyParts?: boolean;
    readonly signal?: AbortSignal;
    readonly onEvent?: OnEvent;
  },
) {
  const reader = requireLabelReader(list, { named, known });
  const sets = list.rows.map(({ values, line }) => reader.of(values, list.name, line));
  const classes = known
    ? knownLabels(sets, known, path)
    : labelsOf(sets, reader.labels, { name: list.name, from: reader.words });
  const image = imageColumnOf(list)!;
  const split = splitColumnOf(list);
  const group = groupColumnOf(list.columns, groupFrom, synonyms.group);
  const kept = [image, ...[split, group].filter((column) => column !== undefined)];
  // A column of 0 and 1 for each label, under a name that no other column has.
  const own = classes.map((label) => `label ${label}`);
  const numbers: ListFile = {
    name: list.name,
    warnings: list.warnings ?? [],
    columns: [...kept, ...own],
    rows: list.rows.map(({ line, values }, i) => ({
      line,
      values: {
        ...Object.fromEntries(kept.map((column) => [column, values[column]])),
        ...Object.fromEntries(classes.map((label, k) => [own[k]!, sets[i]!.includes(label) ? "1" : "0"])),
      },
    })),
  };
  const placed = (values: readonly number[]) => values.flatMap((v, k) => (v === 1 ? [k] : []));
  const strataOf = (all: readonly (readonly number[])[]) =>
    rarestLabels(
      all.map((values) => placed(values).map((k) => classes[k]!)),
      classes,
    ).strata;
  const { targets: _targets, ...opened } = await openTargets(path, {
    platform,
    seed,
    targets: own,
    imageColumn: image,
    ...(groupFrom !== undefined && { groupFrom }),
    ...(emptyParts !== undefined && { emptyParts }),
    taken: {
      list: numbers,
      strata: (values) => ({ bin: strataOf(values), bins: classes.length + 1 }),
    },
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  });
  const strata = strataOf(opened.items.map(({ values }) => values));
  const items = opened.items.map(({ values, ...item }, i) => ({
    ...item,
    label: strata[i]!,
    labels: placed(values),
  }));
  return {
    ...opened,
    classes,
    items,
    splitWords: `${opened.splitWords}; ${reader.words}`,
    warnings: [...opened.warnings, ...labelWarnings(items, classes)],
  };
}
