// Which files are of one recording: pictures that were taken in one go, or frames of one clip.
import { timeOfParts } from "../../platform/exif.js";
import { nameOfTime } from "./recorded-time.js";

/** What is known of a file. */
export interface FileFacts {
  /** Path, with "/" between folders. */
  readonly id: string;
  /** Name of its class; "" if there are no classes. */
  readonly label: string;
  /** EXIF time, milliseconds since 1970. */
  readonly taken?: number | undefined;
  /** Time of the file, milliseconds since 1970. */
  readonly modified?: number | undefined;
}

/** What shows the recordings: times of EXIF or in names, names of clips, or times of the files. */
export type RecordedBy = "time" | "name" | "file time";

/** The recordings of files. */
export interface Recordings {
  readonly by: RecordedBy;
  /** The recording of each file, of one class; undefined for a file that is none's. */
  readonly groups: readonly (string | undefined)[];
  /** Number of recordings. A file that is none's counts as one. */
  readonly count: number;
  /** Classes whose files are all of one recording. */
  readonly single: readonly string[];
}

/**
 * Finds the recordings of files. The first that shows any decides:
 *
 * 1. Times of EXIF, or in names such as `IMG_20261129_140312.jpg`, if half of the files have one.
 * 2. Names of clips, such as `video3_frame012.jpg`, if half of the files have one.
 * 3. Times of the files, if they rise with EXIF times and with the counters in names, where there are any.
 *
 * Times count if they lie over more than ten minutes and come in bursts, see {@link pauseOf}. Counters alone show nothing.
 * @returns undefined if nothing shows recordings
 * @example findRecordings([{ id: "cup/clip1_frame001.jpg", label: "cup" }, …])
 */
export function findRecordings(files: readonly FileFacts[]): Recordings | undefined {
  const taken = files.map(({ id, taken }) => taken ?? timeInName(id));
  const areTaken = 2 * taken.filter((time) => time !== undefined).length >= files.length;
  const byTime = areTaken ? inBursts(files, taken, recorded) : undefined;
  if (byTime) return summarize(files, byTime, "time");
  const byName = inClips(files);
  if (byName) return summarize(files, byName, "name");
  if (areTaken) return undefined;
  const modified = files.map((file) => file.modified);
  const byFileTime = inBursts(files, modified, ofFiles);
  if (!byFileTime || !riseTogether(modified, taken) || !riseWithCounters(files, modified)) return undefined;
  return summarize(files, byFileTime, "file time");
}

/** Counts recordings, and names the classes that have only one. */
function summarize(
  files: readonly FileFacts[],
  groups: readonly (string | undefined)[],
  by: RecordedBy,
): Recordings {
  const ofClass = new Map<string, { readonly found: Set<string | number>; files: number }>();
  for (const [i, { label }] of files.entries()) {
    const own = ofClass.get(label) ?? { found: new Set(), files: 0 };
    own.found.add(groups[i] ?? i);
    own.files++;
    ofClass.set(label, own);
  }
  const classes = [...ofClass];
  return {
    by,
    groups,
    count: new Set(groups.map((group, i) => group ?? i)).size,
    single: classes.flatMap(([label, own]) => (own.files > 1 && own.found.size === 1 ? [label] : [])),
  };
}

/** What gaps between times have to be. Milliseconds. */
interface Bursts {
  /** Least pause between two bursts. */
  readonly pause: number;
  /** Least median of the gaps inside. */
  readonly inside: number;
}

const recorded: Bursts = { pause: 0, inside: 0 };
/** A program that writes files is faster than a camera, and stops for less than a minute. */
const ofFiles: Bursts = { pause: 60_000, inside: 100 };

/** Least time from the first to the last file: unpacking takes less. */
const leastSpan = 10 * 60_000;

/** True if times lie over more than {@link leastSpan}. */
function areLong(times: readonly (number | undefined)[]): boolean {
  let [first, last] = [Infinity, -Infinity];
  for (const time of times) {
    if (time === undefined) continue;
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  return last - first > leastSpan;
}

/**
 * Returns the recording of each file by times: a burst, of one class. Undefined if the times do not come in bursts, or if fewer than half of
 * the files with a time are in one with another file.
 */
function inBursts(
  files: readonly FileFacts[],
  times: readonly (number | undefined)[],
  rule: Bursts,
): (string | undefined)[] | undefined {
  if (!areLong(times)) return undefined;
  const order = times
    .flatMap((time, i) => (time === undefined ? [] : [{ i, time }]))
    .sort((a, b) => a.time - b.time);
  if (order.length < 3) return undefined;
  const gaps = order.slice(1).map(({ time }, k) => time - order[k]!.time);
  const longest = pauseOf(gaps, rule);
  if (longest === undefined) return undefined;
  const bursts = new Map<string, { readonly time: number; readonly members: number[] }>();
  let burst = 0;
  for (const [k, { i, time }] of order.entries()) {
    if (k > 0 && gaps[k - 1]! > longest) burst++;
    const key = `${burst} ${files[i]!.label}`;
    const own = bursts.get(key);
    if (own) own.members.push(i);
    else bursts.set(key, { time, members: [i] });
  }
  return repeated(files.length, order.length, 2, namesOfTimes(bursts.values()));
}

/** Longest gap in a burst. */
const longestInside = 60_000;
/** Resolution of EXIF times without a fraction, in which shorter gaps are alike. */
const wholeSeconds = 1000;
/** Least ratio of the gaps between bursts to those inside. */
const leastRatio = 4;
/** Share of the gaps inside, and of those between, that may be nearer to the others. */
const stray = 0.05;

/**
 * Returns the longest gap in a burst. The gaps are cut where those above and below differ most:
 *
 *     q05(gaps above) / q95(gaps below)  ≥ 4
 *
 * q95 leaves out at most half as many gaps as there are above the cut. Else a long tail was a cut. Gaps below count as 1 s at least if
 * times are in whole seconds. `bench/recordings.mjs` counts the cuts in times without recordings.
 *
 * @returns undefined if the gaps have no such cut
 */
function pauseOf(gaps: readonly number[], { pause, inside }: Bursts): number | undefined {
  const sorted = Float64Array.from(gaps).sort();
  const resolution = sorted.every((gap) => gap % wholeSeconds === 0) ? wholeSeconds : 1;
  let [best, at] = [0, -1];
  for (let k = 0; k < sorted.length - 1 && sorted[k]! <= longestInside; k++) {
    const pauses = sorted.length - k - 1;
    const below = sorted[k - Math.floor(Math.min(stray * (k + 1), pauses / 2))]!;
    const above = sorted[k + 1 + Math.floor(stray * pauses)]!;
    const ratio = above / Math.max(resolution, below);
    if (above >= pause && ratio > best) [best, at] = [ratio, k];
  }
  return best >= leastRatio && sorted[at >> 1]! >= inside ? sorted[at] : undefined;
}

/** Names each burst by its first time. */
function namesOfTimes(
  bursts: Iterable<{ readonly time: number; readonly members: number[] }>,
): Map<string, number[]> {
  const named = new Map<string, number[]>();
  for (const { time, members } of bursts) {
    const name = nameOfTime(time);
    let free = name;
    for (let n = 2; named.has(free); n++) free = `${name} (${n})`;
    named.set(free, members);
  }
  return named;
}

/**
 * Returns the group of each file. Undefined if fewer than half of the files with a group are in one that has enough.
 * @param known number of files that could be in a group
 * @param least files in a group that is one
 */
function repeated(
  count: number,
  known: number,
  least: number,
  named: ReadonlyMap<string, readonly number[]>,
): (string | undefined)[] | undefined {
  const groups = new Array<string | undefined>(count).fill(undefined);
  let together = 0;
  for (const [name, members] of named) {
    if (members.length >= least) together += members.length;
    for (const i of members) groups[i] = name;
  }
  return together > 0 && 2 * together >= known ? groups : undefined;
}

/** A frame of a clip: "video3_frame012", "frame_000123". */
const frameName = /^(|.*?[^a-z])(?:frame|frm)[-_ ]*\d+$/i;
/** A numbered part of a numbered clip: "clip12_003", "MVI_0012-45". */
const clipName =
  /^((?:|.*?[^a-z])(?:video|vid|clip|movie|mvi|sequence|seq|recording|rec)[-_ ]*\d[\d_-]*)[-_ .]\d+$/i;

/**
 * Returns the recording of each file by names of clips. Undefined if fewer than half of the files are in one of three at least.
 */
function inClips(files: readonly FileFacts[]): (string | undefined)[] | undefined {
  const named = new Map<string, number[]>();
  let known = 0;
  for (const [i, { id, label }] of files.entries()) {
    const stem = stemOf(id);
    if (timeInName(id) !== undefined) continue;
    const prefix = (frameName.exec(stem) ?? clipName.exec(stem))?.[1]?.replace(/[-_ .]+$/, "");
    if (prefix === undefined) continue;
    known++;
    const folders = id.split("/").slice(0, -1);
    // The same clip may be in the folders train and test, and in those of two classes.
    const below = folders.slice(folders.lastIndexOf(label) + 1);
    const name = [...below, prefix].filter((part) => part !== "").join("/") || label || "frames";
    const own = named.get(name);
    if (own) own.push(i);
    else named.set(name, [i]);
  }
  return 2 * known >= files.length ? repeated(files.length, known, 3, named) : undefined;
}

const baseOf = (id: string): string => id.slice(id.lastIndexOf("/") + 1);
const stemOf = (id: string): string => baseOf(id).replace(/\.\w{1,5}$/, "");

/** A time as cameras write it into names: "20261129_140312" with milliseconds or without. Times of messages have other forms. */
const cameraTime = /(?:^|\D)(\d{4})(\d\d)(\d\d)[-_]?(\d\d)(\d\d)(\d\d)(\d{3})?(?!\d)/;

/** Returns the time in the name of a file, in milliseconds since 1970. */
function timeInName(id: string): number | undefined {
  const parts = cameraTime.exec(baseOf(id))?.slice(1);
  const time = parts && timeOfParts(parts.slice(0, 6).map(Number));
  return time === undefined ? undefined : time + Number(parts![6] ?? 0);
}

/** Least share of neighbours in time whose counters or other times rise. A counter begins again after 9999. */
const leastRising = 0.95;

/** True if the other times rise with the times, or if there are none. */
function riseTogether(
  times: readonly (number | undefined)[],
  others: readonly (number | undefined)[],
): boolean {
  const both = times.flatMap((time, i) =>
    time === undefined || others[i] === undefined ? [] : [{ time, other: others[i] }],
  );
  return areRising([both]);
}

/**
 * True if the counters in names rise with the times, or if there are none. The last digits of a name are a counter if three names of a class
 * differ in them only.
 */
function riseWithCounters(files: readonly FileFacts[], times: readonly (number | undefined)[]): boolean {
  const series = new Map<string, { readonly time: number; readonly other: number }[]>();
  for (const [i, { id, label }] of files.entries()) {
    const [, before, digits, after] = /^(.*?)(\d{1,15})(\D*)$/s.exec(stemOf(id)) ?? [];
    const time = times[i];
    if (digits === undefined || time === undefined) continue;
    const form = JSON.stringify([label, id.slice(0, id.lastIndexOf("/") + 1), before, after]);
    const own = series.get(form) ?? [];
    own.push({ time, other: Number(digits) });
    series.set(form, own);
  }
  return areRising([...series.values()].filter(({ length }) => length > 2));
}

/** True if nearly all neighbours in time rise in the other value, too. Equal times are in the order of the other value. */
function areRising(series: readonly { readonly time: number; readonly other: number }[][]): boolean {
  let [pairs, rising] = [0, 0];
  for (const one of series) {
    one.sort((a, b) => a.time - b.time || a.other - b.other);
    for (let k = 1; k < one.length; k++) {
      pairs++;
      if (one[k]!.other >= one[k - 1]!.other) rising++;
    }
  }
  return rising >= leastRising * pairs;
}
