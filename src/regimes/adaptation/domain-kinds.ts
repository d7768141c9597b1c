import { mixCut } from "../../bases/audio/layer-states.js";
import { EngraftError } from "../../core/errors.js";
import { cellOf } from "../../data/assemble-samples.js";
import { columnOf } from "../../data/lists/columns.js";
import { isTextList } from "../../data/texts/index.js";
import type { Platform } from "../../platform/platform.js";
import type { Domain, DomainItem, DomainUnit } from "./domain.js";
import {
  type DomainOptions,
  isOneClass,
  openPictures,
  openTargetPictures,
  openTextDomain,
  refuseOneClass,
  textOf,
} from "./open-domain.js";
import { type AdaptOptions, adaptDefaults, countsWords, randomImageNetwork } from "./options.js";

/** How the domains of a kind of samples are opened. */
interface DomainKind {
  /** Opens labelled samples. */
  readonly source: (path: string, options: DomainOptions, platform: Platform) => Promise<Domain>;
  /** Opens samples with or without labels. */
  readonly target: (
    path: string,
    classes: readonly string[],
    options: DomainOptions,
    platform: Platform,
  ) => Promise<Domain>;
  /** True if options and methods of pictures apply, and if a network without a base counts words. */
  readonly ofPictures?: boolean;
  readonly ofWords?: boolean;
  /** Column of the samples in the list of a check, and the cell of a sample. */
  readonly column: string;
  readonly cell: (item: DomainItem) => string;
}

const ofFiles = { column: "file", cell: ({ path, id }: DomainItem): string => path || id };

/** Returns what a path holds. Anything that is neither sounds nor texts is opened as pictures, which report what is missing. */
export async function unitAt(
  platform: Platform,
  path: string,
  { quotes }: Pick<DomainOptions, "quotes">,
): Promise<DomainUnit> {
  const { soundsAt } = await import("../../tasks/recognition/evidence.js");
  if ((await soundsAt(platform, path, { ...(quotes && { quotes }), withoutClasses: true })) !== undefined)
    return "clip";
  return (await isTextList(platform, path, quotes)) ? "text" : "picture";
}

export const domainKinds: Readonly<Record<DomainUnit, DomainKind>> = {
  picture: { source: openPictures, target: openTargetPictures, ofPictures: true, ...ofFiles },
  text: { source: openTextDomain, target: openTargetTexts, ofWords: true, column: "text", cell: textOf },
  clip: { source: openClips, target: openTargetClips, ...ofFiles },
};

/** Opens the texts of a target, with or without labels. @throws DataError if all have the same class */
async function openTargetTexts(
  path: string,
  classes: readonly string[],
  options: DomainOptions,
  platform: Platform,
): Promise<Domain> {
  try {
    return await openTextDomain(path, options, platform);
  } catch (error) {
    // Only scoring opens texts of one class.
    const scored = await openTextDomain(path, { ...options, onlyScored: true }, platform).catch(
      () => undefined,
    );
    if (scored?.classes.length === 1) refuseOneClass(scored.classes, classes, "text", scored.root);
    throw error;
  }
}

/** Opens sounds with a class each. */
async function openClips(path: string, options: DomainOptions, platform: Platform): Promise<Domain> {
  const { openSounds } = await import("../../data/sounds/index.js");
  const { onlyScored = false, target, ...how } = options;
  return openSounds(platform, path, {
    ...how,
    emptyParts: onlyScored,
    keepUnlabelled: onlyScored,
    ...(target !== undefined && { targetColumn: target }),
  });
}

/** Opens the sounds of a target: with labels if there are several, otherwise all sounds. */
async function openTargetClips(
  path: string,
  classes: readonly string[],
  options: DomainOptions,
  platform: Platform,
): Promise<Domain> {
  const { findSounds, openUnlabelledSounds } = await import("../../data/sounds/index.js");
  const { columns, files } = await findSounds(platform, path, { ...options, withoutClasses: true });
  const column = options.target ?? columnOf("label", columns);
  const labels = [...new Set(column === undefined ? [] : files.map((file) => cellOf(file, column)))];
  if (labels.length >= 2 || options.target !== undefined || isOneClass(labels, classes, options))
    return openClips(path, options, platform);
  refuseOneClass(labels, classes, "clip", platform.files.resolve(path));
  return openUnlabelledSounds(platform, path, options);
}

/** Checks the options for a kind of samples. @throws OptionError for an option or a method of another kind */
export function requireForUnit(unit: DomainUnit, options: AdaptOptions): void {
  const { base, method = adaptDefaults.method, imageSize, augment, cut } = options;
  const { ofPictures, ofWords } = domainKinds[unit];
  if (ofPictures) return;
  const refuse = (what: string, help: string) => {
    throw new EngraftError("OptionError", `${what} is for pictures, and these are ${unit}s`, { help });
  };
  if (base === randomImageNetwork) refuse(`the base ${base}`, "leave --base out");
  if (imageSize !== undefined) refuse("imageSize", "leave it out");
  if (augment !== undefined) refuse("augment", "leave it out");
  if (method === "adabn") refuse("adabn", "add --method moments, which needs no BatchNormalization");
  if (ofWords && countsWords(options) && cut !== undefined)
    throw new EngraftError(
      "OptionError",
      `the option cut names a layer of a base, and ${method} without a base counts words`,
      { help: "add --base text-mini, or leave --cut out" },
    );
  if (cut === mixCut)
    throw new EngraftError(
      "OptionError",
      "the cut mix learns its shares with labels, and the target has none",
      {
        help: "give the name of one layer, or leave --cut out",
      },
    );
}
