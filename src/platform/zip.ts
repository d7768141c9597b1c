// Zip files as blobs. Contents stay on the disk: a zip is a list of blobs, and an entry is a slice of its zip.

import { crc32 } from "../core/crc32.js";
import { EngraftError } from "../core/errors.js";
import { zipEntryLimit, zipRatioLimit } from "../core/file-limits.js";

/** Most bytes of a zip: its offsets have 32 bits, and all ones mean a larger one. */
const mostBytes = 2 ** 32 - 2;
/** Longest path, in bytes. */
const longestPath = 4096;

/** A file to pack. */
export interface ZipInput {
  /** With "/" between folders. */
  readonly path: string;
  readonly content: Blob;
}

/** A file of a zip. */
interface ZipEntry {
  readonly path: string;
  /** Unpacked bytes. */
  readonly size: number;
  /** Unpacks the file. @throws DataError for another size or CRC-32 than that of the directory */
  read(): Promise<Blob>;
}

/** Packs files without compression: pictures, sounds and weights hardly get smaller. @throws DataError for more than a zip can hold */
export async function writeZip(files: AsyncIterable<ZipInput> | Iterable<ZipInput>): Promise<Blob> {
  const parts: Blob[] = [];
  const directory: Blob[] = [];
  let offset = 0;
  let count = 0;
  for await (const { path, content } of files) {
    const name = new TextEncoder().encode(path);
    const { size } = content;
    count++;
    if (count > zipEntryLimit || offset + size + name.length + 30 > mostBytes)
      throw new EngraftError("DataError", "This is too large for one zip file.", {
        help: `A zip file holds at most ${zipEntryLimit} files and 4 GB. Remove some, or use engraft studio with a folder.`,
        code: "zip-too-large",
        details: { files: zipEntryLimit },
      });
    // Fields that both headers share: version, flags (UTF-8 names), method, time, date (1 January 1980), CRC, sizes, length of the name.
    const common = [20, 0x800, 0, 0, 0x21]
      .flatMap(u16)
      .concat(u32(await crcOf(content)), u32(size), u32(size));
    common.push(...u16(name.length), 0, 0);
    const listed = [...u32(0x02014b50), 20, 0, ...common, ...Array(10).fill(0), ...u32(offset)];
    directory.push(new Blob([Uint8Array.from(listed), name]));
    parts.push(new Blob([Uint8Array.from([...u32(0x04034b50), ...common]), name]), content);
    offset += 30 + name.length + size;
  }
  const end = [...u32(0x06054b50), 0, 0, 0, 0, ...u16(count), ...u16(count)];
  const listing = new Blob(directory);
  const tail = Uint8Array.from([...end, ...u32(listing.size), ...u32(offset), 0, 0]);
  return new Blob([...parts, listing, tail], { type: "application/zip" });
}

/**
 * Returns the files of a zip by path, without unpacking them. Folders are left out.
 * @throws DataError for a file that is no zip, for too many files, for a path out of the folder, or for a zip that unpacks to over 100
 * times its size
 */
export async function readZip(zip: Blob): Promise<Map<string, ZipEntry>> {
  // The last record has 22 bytes and a comment of at most 65,535.
  const tail = await viewOf(zip.slice(Math.max(0, zip.size - 22 - 65_535)));
  let at = tail.byteLength - 22;
  while (at >= 0 && tail.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw refused("It is no zip file, or a part of one.");
  const count = tail.getUint16(at + 10, true);
  const start = tail.getUint32(at + 16, true);
  if (count > zipEntryLimit || start > mostBytes)
    throw refused(`It has more files than ${zipEntryLimit}, or more than 4 GB.`);
  const directory = await viewOf(zip.slice(start, start + tail.getUint32(at + 12, true)));
  const entries = new Map<string, ZipEntry>();
  let unpacked = 0;
  let next = 0;
  for (let i = 0; i < count; i++) {
    if (next + 46 > directory.byteLength || directory.getUint32(next, true) !== 0x02014b50)
      throw refused("Its list of files is damaged.");
    const u16At = (offset: number): number => directory.getUint16(next + offset, true);
    const u32At = (offset: number): number => directory.getUint32(next + offset, true);
    const [flags, method, length] = [u16At(8), u16At(10), u16At(28)];
    const [crc, packed, size, offset] = [u32At(16), u32At(20), u32At(24), u32At(42)];
    const after = next + 46 + length + u16At(30) + u16At(32);
    if (next + 46 + length > directory.byteLength) throw refused("Its list of files is damaged.");
    const path = new TextDecoder().decode(new Uint8Array(directory.buffer, next + 46, length));
    next = after;
    if (path.endsWith("/") && size === 0) continue;
    if (length > longestPath || !isSafePath(path) || entries.has(path))
      throw refused(`The path ${JSON.stringify(path.slice(0, 100))} is not allowed.`);
    if ((flags & 1) !== 0 || (method !== 0 && method !== 8))
      throw refused(`${path} is encrypted or packed in an unknown way.`);
    unpacked += size;
    if (unpacked > zipRatioLimit * zip.size)
      throw refused(`It unpacks to over ${zipRatioLimit} times its size.`);
    entries.set(path, { path, size, read: () => unpack(zip, { path, method, crc, packed, size, offset }) });
  }
  return entries;
}

interface Place {
  readonly path: string;
  readonly method: number;
  /** CRC-32 of the unpacked file. */
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

async function unpack(zip: Blob, place: Place): Promise<Blob> {
  const content = await inflate(zip, place);
  if ((await crcOf(content)) !== place.crc) throw refused(`${place.path} is damaged.`);
  return content;
}

async function inflate(zip: Blob, { path, method, packed, size, offset }: Place): Promise<Blob> {
  const header = await viewOf(zip.slice(offset, offset + 30));
  if (header.byteLength < 30 || header.getUint32(0, true) !== 0x04034b50)
    throw refused(`${path} is damaged.`);
  const start = offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const content = zip.slice(start, start + packed);
  if (method === 0) {
    if (content.size !== size) throw refused(`${path} is damaged.`);
    return content;
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = content.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.length;
      if (bytes > size) break;
      parts.push(part.value);
    }
  } catch {
    throw refused(`${path} is damaged.`);
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (bytes !== size) throw refused(`${path} is damaged.`);
  return new Blob(parts);
}

/** False for absolute paths, drives, backslashes, control characters, and parts that are empty, "." or "..". */
const isSafePath = (path: string): boolean =>
  !/[\\\p{Cc}]|^[a-z]:/iu.test(path) && path.split("/").every((part) => !["", ".", ".."].includes(part));

const refused = (why: string): EngraftError =>
  new EngraftError("DataError", `This zip file cannot be opened. ${why}`, {
    help: "Choose a zip file that the studio wrote.",
    code: "no-project-zip",
    details: {},
  });

const viewOf = async (blob: Blob): Promise<DataView<ArrayBuffer>> => new DataView(await blob.arrayBuffer());
const u16 = (value: number): number[] => [value & 255, value >>> 8];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];

/** CRC-32 of a content, as zip files have it. */
async function crcOf(content: Blob): Promise<number> {
  let crc = 0;
  const reader = content.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) crc = crc32(part.value, crc);
  return crc;
}
