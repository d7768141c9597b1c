import { unreadEnding } from "./images/find-images.js";
import { byCodePoint, count, quoted, type Warning } from "./split/found.js";

const heicHelp =
  "convert them to JPEG, on macOS by `sips -s format jpeg`, elsewhere by `heif-convert`; new ones: on an iPhone Settings, Camera, Formats, Most Compatible";

/** Returns how to convert pictures of a format. */
const conversionHelp = (format: string): string =>
  /^(HEI[CF]|HIF)$/.test(format) ? heicHelp : "convert them to JPEG or PNG";

/** Groups files by the format in their extension, such as `HEIC` or `PSD`. */
function byFormat(ids: readonly string[]): [format: string, ids: string[]][] {
  const found = new Map<string, string[]>();
  for (const id of ids) {
    const format = unreadEnding.exec(id)![1]!.toUpperCase();
    found.set(format, [...(found.get(format) ?? []), id]);
  }
  return [...found].sort(([a], [b]) => byCodePoint(a, b));
}

/** Returns the number of unreadable pictures by format: "10 HEIC pictures". */
export const unreadCounts = (ids: readonly string[]): string[] =>
  byFormat(ids).map(([format, its]) => count(its.length, `${format} picture`));

/** Returns how to convert unreadable pictures. */
export const unreadHelp = (ids: readonly string[]): string =>
  [...new Set(byFormat(ids).map(([format]) => conversionHelp(format)))].join("; ");

/** Returns one warning for each unreadable format. */
export const unreadWarnings = (ids: readonly string[]): Warning[] =>
  byFormat(ids).map(([format, its]) => ({
    code: "unread_formats",
    message: `${count(its.length, `${format} picture`)} left out, since ${format} cannot be read: ${quoted(its)}; ${conversionHelp(format)}`,
  }));
