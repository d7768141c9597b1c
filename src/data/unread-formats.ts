import { byCodePoint, count, quoted, type Warning } from "./found.js";

/** Endings of pictures that the decoder does not know: of phones, cameras and drawing programs. */
export const unreadEnding = /\.(heic|heif|hif|jxl|dng|cr2|cr3|nef|arw|psd|svg)$/i;

const heicHelp =
  "convert them to JPEG, on macOS by `sips -s format jpeg`, elsewhere by `heif-convert`; new ones: on an iPhone Settings, Camera, Formats, Most Compatible";

/** How pictures of these formats become readable. */
const cure = (format: string): string =>
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
  [...new Set(byFormat(ids).map(([format]) => cure(format)))].join("; ");

/** One warning for each format. */
export const unreadWarnings = (ids: readonly string[]): Warning[] =>
  byFormat(ids).map(([format, its]) => ({
    code: "unread_formats",
    message: `${count(its.length, `${format} picture`)} left out, since ${format} cannot be read: ${quoted(its)}; ${cure(format)}`,
  }));

const heicBrands = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx"]);

/** Is the content HEIC, whatever the file is called? Its first box is `ftyp`, with HEVC among the brands and without AVIF. */
export function isHeic(bytes: Uint8Array): boolean {
  const ascii = (from: number): string => String.fromCharCode(...bytes.subarray(from, from + 4));
  if (bytes.length < 12 || ascii(4) !== "ftyp") return false;
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  // The major brand, its version, then the compatible ones.
  const brands = [ascii(8)];
  for (let at = 16; at + 4 <= Math.min(size, bytes.length, 256); at += 4) brands.push(ascii(at));
  return !brands.includes("avif") && brands.some((brand) => heicBrands.has(brand) || brand === "mif1");
}

/** Why a picture of HEIC cannot be used. */
export const heicReason =
  "its content is HEIC, which cannot be read: convert it to JPEG (macOS: sips -s format jpeg)";
