import { EngraftError } from "../../core/errors.js";
import { findImages } from "../../data/images/find-images.js";
import { openImages } from "../../data/images/open-images.js";
import { openUnlabelledImages } from "../../data/images/unlabelled-images.js";
import { findLists, listNames } from "../../data/lists/find-lists.js";
import { openTexts, type TextItem } from "../../data/texts/index.js";
import type { TaskOptions, TrainOptions } from "../../options/options.js";
import { type ListOption, textListOptions } from "../../options/text-list-options.js";
import type { Platform } from "../../platform/platform.js";
import type { Domain, DomainUnit } from "./domain.js";

/** Options for reading a domain. */
export interface DomainOptions extends TaskOptions, Pick<TrainOptions, ListOption> {
  /** True for a target whose labels only score: one class is enough, and samples without a label stay. Default false. */
  readonly onlyScored?: boolean;
}

/** Opens a domain of images with labels. */
export function openPictures(path: string, options: DomainOptions, platform: Platform): Promise<Domain> {
  const { onlyScored = false, target, ...how } = options;
  return openImages(path, {
    ...how,
    platform,
    emptyParts: onlyScored,
    keepUnlabelled: onlyScored,
    ...(target !== undefined && { labelColumn: target }),
  });
}

/** True for a folder with the layout of a list. A JSON document next to pictures need not be a list of them. */
async function holdsList(files: Platform["files"], folder: string): Promise<boolean> {
  const layout = (await findLists(files, folder))?.layout;
  if (layout === "splits" || layout === "metadata") return true;
  return (await listNames(files, folder)).some((name) => !/\.json$/i.test(name));
}

/**
 * Opens the images of a target: with labels if the folder has a labelled layout, otherwise all images below it.
 * @throws DataError if all images are in one folder with the name of a source class
 */
export async function openTargetPictures(
  path: string,
  classes: readonly string[],
  options: DomainOptions,
  platform: Platform,
): Promise<Domain> {
  const { files } = platform;
  const root = files.resolve(path);
  const kind = (await files.stat(root))?.kind;
  if (kind !== "folder" || (await holdsList(files, root))) return openPictures(path, options, platform);
  const found = await findImages(files, root, options.signal);
  const labels = [...new Set(found.pictures.map((p) => p.label))];
  if (labels.length >= 2 || isOneClass(labels, classes, options))
    return openPictures(path, options, platform);
  refuseOneClass(labels, classes, "picture", root);
  const { seed = 0, signal, onEvent, cache } = options;
  const { items, ...rest } = await openUnlabelledImages(root, {
    seed,
    platform,
    cache,
    signal,
    onEvent,
  });
  return { ...rest, classes: [], items: items.map((i) => ({ ...i, label: -1 })), warnings: [] };
}

/** True if the only label is a class of the source, and labels only score. */
export const isOneClass = (
  [only]: readonly string[],
  classes: readonly string[],
  { onlyScored = false }: DomainOptions,
): boolean => onlyScored && only !== undefined && classes.includes(only);

/** @throws DataError if the only label is a class of the source */
export function refuseOneClass(
  [only]: readonly string[],
  classes: readonly string[],
  unit: DomainUnit,
  at: string,
): void {
  if (only === undefined || !classes.includes(only)) return;
  throw new EngraftError("DataError", `the target has ${unit}s of one class only: "${only}"`, {
    at,
    help: `domains are aligned as wholes, so the target needs ${unit}s of all classes, with or without labels`,
    details: { class: only },
  });
}

/** Opens a domain of texts. Its items are {@link TextItem}s. */
export async function openTextDomain(
  path: string,
  { seed = 0, onlyScored = false, ...options }: DomainOptions,
  platform: Platform,
): Promise<Domain> {
  const how = { seed, scoringOnly: onlyScored, keepUnlabelled: onlyScored, ...textListOptions(options) };
  const { items, duplicates: _, ...rest } = await openTexts(platform, path, how);
  return {
    ...rest,
    // Copies, because the target's items get the labels of the source later.
    items: items.map(({ id, text, sha256, copyHash, label, part, path, group }) => ({
      id,
      text,
      sha256,
      copyHash,
      label,
      part,
      path,
      ...(group !== undefined && { group }),
    })),
  };
}

/** Returns the text of an item of {@link openTextDomain}. */
export const textOf = (item: Domain["items"][number]): string => (item as TextItem).text;
