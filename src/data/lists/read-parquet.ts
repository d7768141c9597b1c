import { parquetLimit } from "../../core/file-limits.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import { firstNames } from "../split/found.js";
import { endingOf, unpackedFolder } from "../unpacked-files.js";
import { type OpenRows, PictureFile, type Row } from "./columns.js";
import type { ParsedTable } from "./csv.js";
import { openParquet, type ParquetFile, plainValue } from "./parquet.js";

/** A picture of a column: the unpacked file, or a path given instead; "" for no picture. */
type Unpacked = { readonly file: string; readonly name: string } | string;

/** Pictures of the binary columns by name; null for a column of other bytes. */
type Pictures = Record<string, Unpacked[] | null>;

/**
 * Reads the rows of a Parquet file. Embedded pictures are unpacked once, into the cache folder.
 * @param most largest number of rows to read; with it, pictures are not unpacked
 * @throws DataError for damaged files and exceeded limits
 */
export async function readParquet(
  platform: Platform,
  path: string,
  name: string,
  each: OpenRows,
  most?: number,
): Promise<Omit<ParsedTable, "rows">> {
  const { files } = platform;
  const bytes = await files.read(path, { limit: parquetLimit });
  const file = await openParquet(bytes, name);
  const folder = await unpackedFolder(platform, bytes);
  const pictures = file.binary.size === 0 ? {} : await picturesOf(platform, file, folder, most);
  const others = Object.keys(pictures).filter((column) => pictures[column] === null);
  const columns = file.columns.filter((column) => !others.includes(column));
  const take = each(columns, file.names);
  const plain = columns.filter((column) => pictures[column] === undefined);
  const ids = new Set<string>();
  const pictureAt = (column: string, row: number): PictureFile | string => {
    const found = pictures[column]![row] ?? "";
    if (typeof found === "string") return found;
    const id = `${name}/${found.name}`;
    const unique = ids.has(id) ? `${name}/${column}-${row + 1}-${found.name}` : id;
    ids.add(unique);
    return new PictureFile(files.join(folder, found.file), unique);
  };
  let row = 0;
  const add = (values: Readonly<Record<string, unknown>>): void => {
    const cells = columns.map((column) => [
      column,
      pictures[column] === undefined ? plainValue(values[column]) : pictureAt(column, row),
    ]);
    row++;
    take({ line: row, values: Object.fromEntries(cells) } satisfies Row);
  };
  if (plain.length === 0) while (row < Math.min(file.rowCount, most ?? file.rowCount)) add({});
  else for await (const group of file.groups(plain, most)) for (const values of group) add(values);
  const lost = warningText(
    "bytes_left_out",
    message("bytes-left-out", { file: name, ...firstNames(others) }),
  );
  // Without all rows, pictures are not unpacked either.
  return {
    columns,
    isWhole: most === undefined,
    warnings: others.length > 0 ? [lost] : [],
  };
}

/** Returns the pictures of a file, unpacked now or by an earlier run. With `most`, it only finds the columns of pictures. */
async function picturesOf(
  platform: Platform,
  file: ParquetFile,
  folder: string,
  most: number | undefined,
): Promise<Pictures> {
  const { files } = platform;
  if (most !== undefined) {
    const found: Pictures = {};
    for await (const rows of file.groups([...file.binary], Math.min(most, 16))) collect(rows, file, found);
    return found;
  }
  const index = files.join(folder, "index.json");
  return files.withLock(
    folder,
    async () => {
      const known = await readIndex(platform, index);
      if (known) return known;
      // An interrupted run may have left an incomplete folder, or a damaged disk an unreadable index.
      await files.remove(folder);
      await files.ensureDir(folder);
      const found: Pictures = {};
      for await (const rows of file.groups([...file.binary])) {
        for (const { name, bytes } of collect(rows, file, found))
          await files.append(files.join(folder, name), bytes);
      }
      await files.writeAtomic(index, JSON.stringify(found));
      return found;
    },
    { wait: 600_000, what: "the pictures of a Parquet file" },
  );
}

/** Returns the index of unpacked pictures; undefined if there is none, or if it cannot be read. */
async function readIndex({ files }: Platform, path: string): Promise<Pictures | undefined> {
  if (!(await files.stat(path))) return undefined;
  try {
    const index: unknown = JSON.parse(new TextDecoder().decode(await files.read(path)));
    return typeof index === "object" && index !== null ? (index as Pictures) : undefined;
  } catch {
    return undefined;
  }
}

/** Adds the pictures of some rows to `found`. @returns the files to write */
function collect(
  rows: readonly Record<string, unknown>[],
  file: ParquetFile,
  found: Pictures,
): { readonly name: string; readonly bytes: Uint8Array }[] {
  const written: { name: string; bytes: Uint8Array }[] = [];
  for (const [c, column] of [...file.binary].entries()) {
    const cells = rows.map((row) => cellOf(row[column]));
    const first = cells.find(({ bytes }) => bytes !== undefined);
    if (found[column] === undefined)
      found[column] = first?.bytes && endingOf(first.bytes) === undefined ? null : [];
    const its = found[column];
    if (its === null) continue;
    for (const { bytes, path } of cells) {
      if (bytes === undefined) {
        its.push(path);
        continue;
      }
      const name = `${c}-${its.length + 1}.${endingOf(bytes) ?? "bin"}`;
      its.push({ file: name, name: path.split(/[/\\]/).at(-1) || name.replace(/^\d+-/, "") });
      written.push({ name, bytes });
    }
  }
  return written;
}

/** Returns the picture of a cell: bytes, or a struct of bytes and a path. */
function cellOf(value: unknown): { readonly bytes: Uint8Array | undefined; readonly path: string } {
  if (value instanceof Uint8Array) return { bytes: value, path: "" };
  if (typeof value !== "object" || value === null) return { bytes: undefined, path: "" };
  const { bytes, path } = value as { readonly bytes?: unknown; readonly path?: unknown };
  // A text without a logical type is stored as bytes.
  const text = path instanceof Uint8Array ? new TextDecoder().decode(path) : path;
  return {
    bytes: bytes instanceof Uint8Array ? bytes : undefined,
    path: typeof text === "string" ? text : "",
  };
}
