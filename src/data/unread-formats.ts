import { unreadEnding } from "./images/find-images.js";
import { byCodePoint, count, quoted, type Warning } from "./split/found.js";

const heicHelp =
  "convert them to JPEG, on macOS by `sips -s format jpeg`, elsewhere by `heif-convert`; new ones: on an iPhone Settings, Camera, Formats, Most Compatible";

/** How pictures of these formats become readable. */
const conversionHelp = (format: string): string =>
  /^(HEI[CF]|HIF)$/.test(format) ? heicHelp : "convert them to JPEG or PNG";

/** Returns the files by the format that their ending names: `HEIC`, `PSD`. */
function byFormat(ids: readonly string[]): [format: string, ids: string[]][] {
  const found = new Map<string, string[]>();
  for (const id of ids) {
    const format = unreadEnding.exec(id)![1]!.toUpperCase();
    found.set(format, [...(found.get(format) ?? []), id]);
  }
  return [...found].sort(([a], [b]) => byCodePoint(a, b));
}

/** What the pictures are that no one can read, in words: "10 HEIC pictures". */
export const unreadCounts = (ids: readonly string[]): string[] =>
  byFormat(ids).map(([format, its]) => count(its.length, `${format} picture`));

/** What to do about them. */
export const unreadHelp = (ids: readonly string[]): string =>
  [...new Set(byFormat(ids).map(([format]) => conversionHelp(format)))].join("; ");

/** One warning for each format. */
export const unreadWarnings = (ids: readonly string[]): Warning[] =>
  byFormat(ids).map(([format, its]) => ({
    code: "unread_formats",
    message: `${count(its.length, `${format} picture`)} left out, since ${format} cannot be read: ${quoted(its)}; ${conversionHelp(format)}`,
  }));
