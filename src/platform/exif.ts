/** What the EXIF data of a picture say. */
export interface Exif {
  /** How the stored picture is rotated and mirrored, 1 … 8. */
  readonly orientation: number;
  /** When the camera took it, in the time of its place as if it was UTC: milliseconds since 1970. */
  readonly taken?: number;
}

/** "Exif\0\0" */
const mark = [0x45786966, 0] as const;
const [orientationTag, exifTag, takenTag, fractionTag] = [0x0112, 0x8769, 0x9003, 0x9291];

/**
 * Reads orientation and time of EXIF data. Damaged data say nothing; no read leaves `bytes`, and each directory is read once.
 * @param bytes with or without "Exif\0\0" in front
 * @see CIPA DC-008, 4.6
 */
export function readExif(bytes: Uint8Array): Exif {
  const start = hasExifMark(bytes) ? 6 : 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  if (view.byteLength < 8) return { orientation: 1 };
  const little = view.getUint16(0) === 0x4949;
  const first = directory(view, view.getUint32(4, little), little);
  const at = first.get(orientationTag);
  const value = at === undefined ? 1 : view.getUint16(at + 8, little);
  const orientation = value >= 1 && value <= 8 ? value : 1;
  const within = first.get(exifTag);
  if (within === undefined) return { orientation };
  const exif = directory(view, view.getUint32(within + 8, little), little);
  const taken = timeOf(textAt(view, exif.get(takenTag), little), textAt(view, exif.get(fractionTag), little));
  return { orientation, ...(taken !== undefined && { taken }) };
}

/** True for bytes that begin as EXIF data in a JPEG do. */
export function hasExifMark(bytes: Uint8Array): boolean {
  if (bytes.length < 6) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 6);
  return view.getUint32(0) === mark[0] && view.getUint16(4) === mark[1];
}

/** Reads the EXIF data of a JPEG, of which the first bytes are enough. Undefined if they hold none. */
export function exifOfJpeg(bytes: Uint8Array): Exif | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda; ) {
    const length = view.getUint16(at + 2);
    const content = bytes.subarray(at + 4, at + 2 + length);
    if (bytes[at + 1] === 0xe1 && hasExifMark(content)) return readExif(content);
    at += 2 + length;
  }
  return undefined;
}

/** Returns the places of a directory's entries by their tags, as far as they are inside. */
function directory(view: DataView, at: number, little: boolean): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  if (at + 2 > view.byteLength) return found;
  const entries = view.getUint16(at, little);
  for (let entry = at + 2; entry < at + 2 + 12 * entries && entry + 12 <= view.byteLength; entry += 12) {
    const tag = view.getUint16(entry, little);
    if (!found.has(tag)) found.set(tag, entry);
  }
  return found;
}

/** Most characters of a time or its fraction. */
const longestText = 20;

/** Returns the text of an entry. Up to four characters are in the entry itself. */
function textAt(view: DataView, entry: number | undefined, little: boolean): string {
  if (entry === undefined) return "";
  const length = view.getUint32(entry + 4, little);
  const at = length <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
  if (length > longestText || at + length > view.byteLength) return "";
  return String.fromCharCode(...Array.from({ length }, (_, i) => view.getUint8(at + i)));
}

/** Returns the time of "2026:11:29 14:03:12" with its fraction "25": .25 seconds. Undefined for no time, such as zeros. */
function timeOf(text: string, fraction: string): number | undefined {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(text);
  const time = parts ? timeOfParts(parts.slice(1).map(Number)) : undefined;
  const digits = /^\d+/.exec(fraction)?.[0] ?? "0";
  return time === undefined ? undefined : time + Math.floor(1000 * Number(`0.${digits}`));
}

/** No camera wrote EXIF data before. Years before it are those of clocks that were not set. */
const firstYear = 1990;

/** Returns the time of year, month, day, hour, minute and second, in milliseconds since 1970. Undefined if there is no such time. */
export function timeOfParts(parts: readonly number[]): number | undefined {
  const [year, month, day, hour, minute, second] = parts as [number, number, number, number, number, number];
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isReal =
    year >= firstYear &&
    time.getUTCMonth() === month - 1 &&
    time.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  return isReal ? time.getTime() : undefined;
}
