import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import { assembleSamples, type FileKind, type TargetKind } from "../assemble-samples.js";
import type { OpenOptions } from "../dataset.js";
import type { FoundFiles } from "../found-files.js";
import { byCodePoint, type Warning } from "../split/found.js";
import { firstEqual } from "../split/groups.js";
import {
  classTargets,
  finished,
  listOf,
  type TargetSource,
  transcriptTargets,
  withPoints,
} from "../targets.js";
import { findSounds } from "./find-sounds.js";
import { type FindSoundsOptions, partsOfClips } from "./listed-sounds.js";
import { groupNearSounds } from "./near-sounds.js";
import { scanSounds } from "./scan-sounds.js";
import type { Downmix, SoundDataset, TranscriptDataset } from "./sound.js";
import { type SoundContent, soundWarnings, summarizeSounds } from "./summarize-sounds.js";

/** How sounds are found, read and divided. */
interface SoundOptions extends FindSoundsOptions, OpenOptions {
  /** Default "served". */
  readonly downmix?: Downmix;
}

/** Options of {@link openSounds} and {@link openTranscripts}. */
export interface OpenSoundsOptions extends SoundOptions {
  /** Column of labels or transcripts. Default: found by name. */
  readonly targetColumn?: string;
  /** Label columns of several tasks, which give no groups. */
  readonly taskColumns?: readonly string[] | undefined;
}

/**
 * Opens sounds with a class each: class folders, folders with a given split, or a list with `audio,label[,split]`. Every file is
 * decoded once, one at a time. Files that cannot be read are skipped with a reason; copies and groups stay in one split.
 *
 * @param path folder or list
 * @throws DataError, FileError, OptionError, Interrupted
 * @example const { classes, items, summary } = await openSounds(platform, "./birds", { seed: 1 });
 */
export async function openSounds(
  platform: Platform,
  path: string,
  options: OpenSoundsOptions = {},
): Promise<SoundDataset> {
  const found = await findSounds(platform, path, { ...options, classColumn: options.targetColumn });
  return soundsWith(platform, found, options, classTargets(found, "clip", options), (label) => label);
}

/**
 * Opens sounds without labels: folders, or a list with a column of sounds. Each `label` is -1, and `classes` is empty.
 *
 * @throws DataError, FileError, OptionError, Interrupted
 */
export async function openUnlabelledSounds(
  platform: Platform,
  path: string,
  options: SoundOptions = {},
): Promise<SoundDataset> {
  const found = await findSounds(platform, path, { ...options, withoutClasses: true });
  return soundsWith(platform, found, options, {
    read: () => ({ target: "" }),
    strata: (rows) => ({ bin: rows.map(() => 0), bins: 1 }),
    fields: () => ({ label: -1 }),
    classes: () => [],
  });
}

/**
 * Opens sounds with transcripts: a list with `audio,text[,split]`.
 *
 * @param path folder or list
 * @throws DataError, FileError, OptionError, Interrupted
 * @example const { items } = await openTranscripts(platform, "./recordings");
 */
export async function openTranscripts(
  platform: Platform,
  path: string,
  options: OpenSoundsOptions = {},
): Promise<TranscriptDataset> {
  const found = await findSounds(platform, path, options);
  return soundsWith(platform, found, options, transcriptTargets(found, options.targetColumn));
}

/**
 * Opens sounds with their targets: a list with `audio,labels`, `audio,value` or several columns of numbers.
 *
 * @throws DataError if targets or sounds are missing, and for targets that cannot be learnt
 * @example const { targets, items } = await openSoundTargets(platform, "./pumps.csv", numberTargets(["pressure"]));
 */
export async function openSoundTargets<Target, Fields extends object>(
  platform: Platform,
  path: string,
  source: TargetSource<Target, Fields>,
  options: SoundOptions = {},
) {
  const files = await findSounds(platform, path, options);
  const found = source.decimals ? withPoints(files) : files;
  const targets = source.open(listOf(found, "clip"));
  const data = await soundsWith(platform, found, options, targets);
  return finished(data, targets, found.name);
}

/** Reads sounds with their targets, and says what they are like. @param classOf the class of a target, for data with a class each */
async function soundsWith<Target, Fields extends object>(
  platform: Platform,
  { groupedBy, unread, ...found }: FoundFiles,
  { downmix, ...options }: SoundOptions,
  targets: TargetKind<Target, Fields>,
  classOf?: (target: Target) => string,
) {
  const clips: FileKind<SoundContent, Target> = {
    unit: "clip",
    scan: (files, how) => scanSounds(files, { ...how, downmix }),
    copies: findCopies,
    warnings: (rows) => [
      ...soundWarnings(rows, targets.classes().length > 0),
      ...partsOfClips(rows, found),
      ...(groupedBy === undefined
        ? proposeSpeakers(rows.map(({ id, target }) => ({ id, label: classOf?.(target) })))
        : []),
    ],
  };
  const readable = { ...found, unread, warnings: [...found.warnings, ...unreadWarnings(unread)] };
  const { data, rows } = await assembleSamples(platform, clips, readable, options, targets);
  return {
    ...data,
    items: data.items.map((item, i) => {
      const { seconds, print } = rows[i]!;
      return { ...item, seconds, ...(options.prints && { print }) };
    }),
    ...(groupedBy !== undefined && { groupedBy }),
    summary: summarizeSounds(rows),
  };
}

/** Returns a warning about sounds in formats that cannot be read. */
function unreadWarnings(ids: readonly string[] = []): Warning[] {
  if (ids.length === 0) return [];
  const formats = [...new Set(ids.map((id) => id.slice(id.lastIndexOf(".") + 1).toUpperCase()))].sort(
    byCodePoint,
  );
  return [
    warningText("unread_formats", message("clips-unread", { clips: ids.length, formats, ...firstOf(ids) })),
  ];
}

/** Separators of the parts of a file name. */
const separators = /[_\-. ]/;

/**
 * Proposes a pattern for groups, if one part of the file names looks like the speaker or the recording: it has 2 to n / 3 values, each
 * in several classes, and is no running number.
 * @param sounds ids, and classes if there are any
 * @returns a warning with the pattern, or none
 */
function proposeSpeakers(
  sounds: readonly { readonly id: string; readonly label?: string | undefined }[],
): Warning[] {
  const names = sounds.map(({ id }) => id.slice(id.lastIndexOf("/") + 1).replace(/\.[^.]+$/, ""));
  const parts = names.map((name) => name.split(separators));
  const fewest = Math.min(...parts.map(({ length }) => length));
  for (let p = 0; p < fewest && fewest > 1; p++) {
    const classes = new Map<string, Set<string | undefined>>();
    for (const [i, own] of parts.entries()) {
      const value = own[p]!;
      classes.set(value, (classes.get(value) ?? new Set()).add(sounds[i]!.label));
    }
    const isSpeaker =
      classes.size >= 2 &&
      classes.size <= sounds.length / 3 &&
      (sounds[0]!.label === undefined || [...classes.values()].every((its) => its.size > 1)) &&
      !isRunning([...classes.keys()]);
    if (!isSpeaker) continue;
    const part = "[^_. /-]";
    const pattern = `^(?:.*/)?(?:${part}*[_. -]){${p}}(${part}+)[^/]*$`;
    const values = { speakers: classes.size, pattern, ...firstOf(names) };
    return [warningText("speakers_in_names", message("speakers-in-names", { ...values, more: 0 }))];
  }
  return [];
}

/** True for numbers from a first to a last one, with at most half of them missing. */
function isRunning(values: readonly string[]): boolean {
  if (!values.every((value) => /^\d{1,9}$/.test(value))) return false;
  const numbers = values.map(Number).sort((a, b) => a - b);
  return numbers.at(-1)! - numbers[0]! < 2 * numbers.length;
}

/** Positions of the first copy of each clip: of equal samples, and of equal or similar ones. */
interface SoundCopies {
  readonly exact: Int32Array;
  readonly near: Int32Array;
}

/** Finds clips with equal samples, and their near copies. */
export function findCopies(
  sounds: readonly { readonly sha256: string; readonly print: Int8Array | undefined }[],
): SoundCopies {
  const exact = firstEqual(sounds.map(({ sha256 }) => sha256));
  const groups = groupNearSounds(sounds.map(({ print }, i) => (exact[i] === i ? print : undefined)));
  return { exact, near: exact.map((first) => groups[first]!) };
}
