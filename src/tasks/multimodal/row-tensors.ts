import type { RowLayout } from "../../bases/joined/joined-inputs.js";
import { EngraftError, stopIf } from "../../core/errors.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import { float32, type Tensor } from "../../core/tensor.js";
import { ByteStore, type OpenScratch } from "../../data/byte-store.js";
import { isMissing } from "../../data/column.js";
import { pixelLoader } from "../../data/images/load-pixels.js";
import { type ItemInputs, type TableColumn, uniformInputs } from "../../data/index.js";
import { isEncoded, otherColumns } from "../../data/tables/choose-inputs.js";
import { encodeRows, type TableEncoding } from "../../data/tables/table-encoding.js";
import { tokenTable } from "../../data/texts/token-table.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import type { Platform } from "../../platform/platform.js";

/** How cells become the inputs of a model. */
export interface RowReader {
  readonly columns: readonly TableColumn[];
  readonly encoding: TableEncoding;
  readonly layout: RowLayout;
  /** Missing: rows have no text. */
  readonly tokenizer?: Tokenizer;
}

/** An input of rows, with the places of its cells. */
export interface PlacedInput {
  readonly name: string;
  readonly places: readonly number[];
}

/** Returns the inputs of rows, in the order of the model: the picture, the text, and all other columns together. */
export function placedInputs(columns: readonly TableColumn[]): readonly PlacedInput[] {
  const at = (passes: (column: TableColumn) => boolean): number[] =>
    columns.flatMap((column, i) => (passes(column) ? [i] : []));
  const own = [...at(({ kind }) => kind === "picture"), ...at(({ kind }) => kind === "text")];
  const others = at(isEncoded);
  return [
    ...own.map((place) => ({ name: columns[place]!.name, places: [place] })),
    ...(others.length > 0 ? [{ name: otherColumns, places: others }] : []),
  ];
}

/** Rows per batch. */
const atOnce = 32;
/** Pictures that are decoded between two progress events. */
const picturesAtOnce = 64;

/** A row: its cells in the order of the columns. A picture's is the path of its file. */
interface Row {
  readonly sha256: string;
  readonly cells: readonly string[];
}

/** Reads pictures, texts and columns of rows as the rows of numbers that `withRows` takes. Pictures are decoded now. */
export async function rowTensors(
  items: readonly Row[],
  { columns, encoding, layout, tokenizer }: RowReader,
  {
    platform,
    scratch,
    signal,
    onEvent,
  }: {
    readonly platform: Platform;
    readonly scratch?: OpenScratch;
    readonly signal?: AbortSignal | undefined;
    readonly onEvent?: OnProgress;
  },
): Promise<ItemInputs> {
  const rows = [...new Map(items.map((item) => [item.sha256, item])).values()];
  const placeOf = new Map(rows.map(({ sha256 }, i) => [sha256, i]));
  const kinds = columns.map(({ kind }) => kind);
  const names = columns.map(({ name }) => name);
  const encoded = encodeRows(
    encoding,
    names,
    rows.map(({ cells }) => cells),
  );
  const inputs = placedInputs(columns);
  const marks = rows.flatMap(({ cells }) =>
    inputs.map(({ name, places }) => {
      const isEmpty = name === otherColumns ? isMissing : (cell: string) => cell === "";
      return Number(places.every((place) => isEmpty(cells[place]!)));
    }),
  );
  const text = kinds.indexOf("text");
  const tokens =
    tokenizer &&
    tokenTable(
      rows.map(({ sha256, cells }) => ({ sha256, text: cells[text]! })),
      tokenizer,
      { ...(signal && { signal }), ...(scratch && { scratch }) },
    );
  const paths = rows.map(({ cells }) => cells[kinds.indexOf("picture")] ?? "");
  const readPicture = await decodedPictures(paths, layout.picture, { platform, scratch, signal, onEvent });
  const { height = 0, width = 0 } = layout.picture ?? {};
  const pixels = height * width * 3;
  const before = layout.inputs + layout.columns + pixels;
  const tensor = (some: readonly { readonly sha256: string }[], size: number): Tensor => {
    const length = size - before;
    const x = new Float32Array(some.length * size);
    const ids = tokens?.tensor(some, length).data as Int32Array | undefined;
    some.forEach(({ sha256 }, i) => {
      const place = placeOf.get(sha256)!;
      x.set(marks.slice(place * layout.inputs, (place + 1) * layout.inputs), i * size);
      const columnsAt = i * size + layout.inputs;
      x.set(encoded.subarray(place * layout.columns, (place + 1) * layout.columns), columnsAt);
      const picture = readPicture(place);
      if (picture) x.set(picture, columnsAt + layout.columns);
      const own = ids?.subarray(i * length, (i + 1) * length);
      if (own) x.set(own, i * size + before);
    });
    return float32([some.length, size], x);
  };
  if (!tokens) return uniformInputs(items, { unit: "rows", atOnce, tensor: (some) => tensor(some, before) });
  const { longest, fixed, cut } = tokens;
  return {
    unit: "rows",
    atOnce,
    longest: before + longest,
    ...(fixed !== undefined && { fixed: before + fixed }),
    fill: -1,
    cut,
    lengthOf: (item) => before + tokens.lengthOf(item),
    sizeOf: (item) => before + tokens.sizeOf(item),
    tensor,
  };
}

/** Decodes pictures, and returns a function that reads the pixels of one: undefined for a row without a picture. */
async function decodedPictures(
  paths: readonly string[],
  size: RowLayout["picture"],
  { platform, scratch, signal, onEvent }: Omit<Parameters<typeof rowTensors>[2], "reader">,
): Promise<(place: number) => Uint8Array | undefined> {
  if (!size) return () => undefined;
  const store = new ByteStore(scratch);
  const bytes = size.height * size.width * 3;
  const load = pixelLoader(platform, signal ? { signal } : {});
  const firsts = new Map<string, number>();
  const distinct = [...new Set(paths)].filter((path) => path !== "");
  for (let first = 0; first < distinct.length; first += picturesAtOnce) {
    stopIf(signal);
    const some = distinct.slice(first, first + picturesAtOnce);
    const pictures = await Promise.all(
      some.map((path) =>
        load({ path, sha256: path }, size).catch((error: unknown) => {
          stopIf(signal);
          throw unreadableRow(error, path, paths.indexOf(path));
        }),
      ),
    );
    for (const [i, { data }] of pictures.entries()) firsts.set(some[i]!, store.append(data));
    onEvent?.({
      event: "progress",
      phase: "scan",
      done: first + some.length,
      total: distinct.length,
      unit: "pictures",
    });
  }
  return (place) => {
    const at = firsts.get(paths[place]!);
    if (at === undefined) return undefined;
    const pixels = new Uint8Array(bytes);
    store.read(at, pixels);
    return pixels;
  };
}

/** Returns the error of a picture that cannot be read, with its row. */
function unreadableRow(error: unknown, path: string, row: number): EngraftError {
  const { kind, details, message } = error as EngraftError;
  return new EngraftError(
    kind === "FileError" ? kind : "DataError",
    `the picture of row ${row + 1}: ${message}`,
    {
      at: path,
      help: "correct it, or leave the cell empty: it then counts as missing",
      details: { ...details, row: row + 1 },
      cause: error,
    },
  );
}
