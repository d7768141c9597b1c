import { EngraftError, messageOf } from "../../core/errors.js";
import { parseJson } from "../../core/parse-json.js";
import { count } from "../split/found.js";
import type { ColumnNames, NamesByColumn } from "./columns.js";
import { listError } from "./list-bytes.js";

/** Largest numbers of rows of a file, values of a column in a row group, and bytes of an unpacked page. */
const [maxRows, maxValues, maxPageBytes] = [2 ** 22, 2 ** 25, 2 ** 28];

/** An open Parquet file. */
export interface ParquetFile {
  readonly columns: readonly string[];
  /** Columns of bytes, or of Hugging Face's struct of bytes and a path. */
  readonly binary: ReadonlySet<string>;
  /** ClassLabel names from Hugging Face's metadata. */
  readonly names: NamesByColumn;
  readonly rowCount: number;
  /** Yields the values of columns, one row group at a time. */
  groups(columns: readonly string[], most?: number): AsyncGenerator<readonly Record<string, unknown>[]>;
}

type Metadata = import("hyparquet").FileMetaData;

/** Loads the packages that read Parquet. */
async function library() {
  const [reader, { parquetHeader }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet/src/column.js"),
    import("hyparquet-compressors"),
  ]);
  return { reader, parquetHeader, compressors };
}

/** Opens a Parquet file and reads its footer. @throws DataError for other formats, damaged files and exceeded limits */
export async function openParquet(bytes: Uint8Array, name: string): Promise<ParquetFile> {
  const begin = String.fromCharCode(...bytes.subarray(0, 4));
  if (begin === "PARE")
    throw listError(name, "is an encrypted Parquet file", undefined, "write it without encryption");
  if (begin !== "PAR1")
    throw listError(
      name,
      "is no Parquet file: it does not begin with PAR1",
      undefined,
      "download or write it again; a file of another format needs the ending of that format",
    );
  const { reader, parquetHeader, compressors } = await library();
  const file = {
    byteLength: bytes.length,
    slice: (from: number, to?: number) => bytes.slice(from, to).buffer,
  };
  const { metadata, children } = await withDamageError(name, async () => {
    const read = await reader.parquetMetadataAsync(file);
    checkFooter(read, name);
    // A damaged number of children ends behind the last element.
    return { metadata: read, children: reader.parquetSchema(read).children };
  });
  // pandas writes the index of a DataFrame as a column with this name.
  const fields = children.filter(({ element }) => !/^__index_level_\d+__$/.test(element.name));
  const binary = fields.filter(({ element, children: inside }) =>
    inside.length > 0
      ? inside.some(({ element: { name, type } }) => name === "bytes" && type === "BYTE_ARRAY")
      : element.type === "BYTE_ARRAY" && !element.converted_type && !element.logical_type,
  );
  const limited = Object.fromEntries(
    Object.entries(compressors).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number) => unpack(input, checkPageSize(length)),
    ]),
  );
  return {
    columns: fields.map(({ element }) => element.name),
    binary: new Set(binary.map(({ element }) => element.name)),
    names: namesIn(metadata, name),
    rowCount: Number(metadata.num_rows),
    async *groups(columns, most = Number.POSITIVE_INFINITY) {
      let rowStart = 0;
      for (const group of metadata.row_groups) {
        const rowEnd = Math.min(rowStart + Number(group.num_rows), most);
        if (rowEnd <= rowStart) break;
        yield await withDamageError(name, async () => {
          checkPages(bytes, group, columns, parquetHeader);
          const range = { file, metadata, columns: [...columns], rowStart, rowEnd };
          return reader.parquetReadObjects({ ...range, compressors: limited, utf8: false });
        });
        rowStart = rowEnd;
      }
    },
  };
}

/** Runs a reading function, and turns errors of the package into a DataError about a damaged file. */
async function withDamageError<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EngraftError) throw error;
    const help = "download or write it again, with snappy, gzip, zstd, brotli or no compression";
    throw listError(name, `is a damaged Parquet file: ${messageOf(error)}`, undefined, help, error);
  }
}

function checkPageSize(length: number): number {
  if (length <= maxPageBytes) return length;
  throw new RangeError(`a page of ${count(length, "byte")} is more than the limit of ${maxPageBytes}`);
}

function checkFooter({ num_rows, row_groups }: Metadata, name: string): void {
  if (num_rows > maxRows)
    throw listError(
      name,
      `has ${count(Number(num_rows), "row")}, more than the limit of ${maxRows.toLocaleString("en-US")}`,
      undefined,
      "divide it into several files: train-00000-of-00002.parquet, …",
    );
  const inGroups = row_groups.reduce((sum, group) => sum + group.num_rows, 0n);
  if (inGroups !== num_rows || row_groups.some((group) => group.num_rows < 0n))
    throw new RangeError(`its footer gives ${num_rows} rows, and its row groups ${inGroups}`);
}

/** Checks the headers of all pages before unpacking, since a few bytes may claim billions of values. */
function checkPages(
  bytes: Uint8Array,
  { columns }: Metadata["row_groups"][number],
  wanted: readonly string[],
  parquetHeader: typeof import("hyparquet/src/column.js").parquetHeader,
): void {
  for (const { meta_data } of columns) {
    if (!meta_data || !wanted.includes(meta_data.path_in_schema[0]!)) continue;
    const { dictionary_page_offset, data_page_offset, total_compressed_size, num_values } = meta_data;
    if (num_values > maxValues)
      throw new RangeError(`a column of ${num_values} values is more than the limit of ${maxValues}`);
    const from = Number(dictionary_page_offset || data_page_offset);
    const length = Number(total_compressed_size);
    if (!(from >= 0 && length >= 0 && from + length <= bytes.length))
      throw new RangeError(`column ${meta_data.path_in_schema.join(".")} ends behind the end of the file`);
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset + from, length), offset: 0 };
    while (reader.offset < length - 1) {
      const header = parquetHeader(reader);
      checkPageSize(header.uncompressed_page_size);
      const page = header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header;
      if (
        !(header.compressed_page_size >= 0) ||
        (page && !(page.num_values >= 0 && page.num_values <= num_values))
      )
        throw new RangeError(`column ${meta_data.path_in_schema.join(".")} has a page of impossible size`);
      reader.offset += header.compressed_page_size;
    }
  }
}

interface Feature {
  readonly _type?: unknown;
  readonly names?: unknown;
  readonly feature?: Feature;
}

/** Returns the class names in Hugging Face's metadata. */
function namesIn({ key_value_metadata = [] }: Metadata, name: string): NamesByColumn {
  const named = new Map<string, ColumnNames>();
  let features: Readonly<Record<string, Feature | null>> = {};
  try {
    const text = key_value_metadata.find(({ key }) => key === "huggingface")?.value;
    if (text) {
      const card = parseJson(text) as { readonly info?: { readonly features?: typeof features } } | null;
      features = card?.info?.features ?? {};
    }
  } catch {
    return named;
  }
  for (const [column, feature] of Object.entries(features)) {
    const label = feature?.feature ?? feature;
    if (label?._type === "ClassLabel" && Array.isArray(label.names))
      named.set(column, { names: label.names.map(String), from: `the metadata of ${JSON.stringify(name)}` });
  }
  return named;
}

/** Returns a value as other list formats store it: numbers instead of bigint, dates in ISO 8601. */
export function plainValue(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? "" : value.toISOString().replace("T00:00:00.000Z", "");
  if (Array.isArray(value)) return value.map(plainValue);
  // A group of columns. Bytes are an object of another kind.
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plainValue(one)]));
  return value ?? "";
}
